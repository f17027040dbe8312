#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/race.hpp"
#include "support/pools.hpp"

// Races that a job holds, whose worker runs contenders while it waits.

namespace jackdaw {
namespace {

using testing::small_pool;

class RacesInJobs : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, RacesInJobs, ::testing::Values(1u, 2u, 4u),
                         ::testing::PrintToStringParamName());

void wait_until(const std::atomic<bool>& flag) {
  while (!flag) std::this_thread::yield();
}

TEST(RaceInAJob, ThoseThatHaveNotStartedNeverDo) {
  Pool pool(small_pool(1));
  std::atomic<int> started{0};
  const std::vector<std::function<int()>> functions(100, [&] { return ++started; });
  EXPECT_EQ(pool.run([&](JobContext& job) { return race(job, functions).index; }), 0u);
  pool.wait();
  EXPECT_EQ(started, 1);
  EXPECT_EQ(pool.statistics().jobs_cancelled, 99u);
}

TEST(RaceInAJob, IsCancelledByAPoolThatCancels) {
  std::atomic<bool> entered{false}, was_told{false};
  {
    auto config = small_pool(1);
    config.at_exit = AtExit::cancel;
    Pool pool(config);
    pool.spawn([&](JobContext& job) {
      entered = true;
      try {
        for (;;)
          (void)race(
              job, [] { return 1; }, [] { return 2; });
      } catch (const Cancelled&) {
        was_told = true;
      }
    });
    wait_until(entered);
  }
  EXPECT_TRUE(was_told);
}

TEST_P(RacesInJobs, GoOnToTheNextThatNobodyHasStarted) {
  const auto fails = []() -> int { throw std::runtime_error("no"); };
  const auto index =
      pool.run([&](JobContext& job) { return race(job, fails, fails, [] { return 1; }).index; });
  EXPECT_EQ(index, 2u);
}

/// The caller's worker runs one contender, which fails; others run the other two. Of these, the
/// first does not end before the race does.
TEST(RaceInAJob, ItSeesAnyOfThoseThatRunElsewhere) {
  std::atomic<bool> failed{false}, open{false};
  std::atomic<int> elsewhere{0}, here{-1};
  Pool pool(small_pool(3));  // the losers look at those
  pool.run([&](JobContext& caller) {
    const unsigned own = caller.worker();
    const auto contender = [&](int place) {
      return [&, place](JobContext& job) {
        if (job.worker() == own) {
          while (elsewhere < 2) std::this_thread::yield();
          here = place;
          failed = true;
          throw std::runtime_error("no");
        }
        ++elsewhere;
        wait_until(failed);
        if (place == (here == 0 ? 1 : 0)) wait_until(open);
        return place;
      };
    };
    const auto won = race(caller, contender(0), contender(1), contender(2));
    EXPECT_EQ(won.value, here == 2 ? 1 : 2);
    EXPECT_EQ(won.index, static_cast<std::size_t>(won.value));
    open = true;
  });
}

TEST(RaceInAJob, ALoserThatDoesNotLookIsNotWaitedFor) {
  std::atomic<bool> entered{false}, open{false};
  Pool pool(small_pool(2));  // the loser looks at those
  pool.run([&](JobContext& caller) {
    const unsigned own = caller.worker();
    const auto contender = [&](JobContext& job) {
      if (job.worker() == own) return wait_until(entered);
      entered = true;
      wait_until(open);
    };
    race(caller, contender, contender);
    open = true;
  });
}

TEST(RaceInAJob, ItHelpsWithTheTasksOfContenders) {
  Pool pool(small_pool(2));
  std::atomic<bool> entered{false};
  pool.run([&](JobContext& caller) {
    const unsigned own = caller.worker();
    const auto contender = [&](JobContext& job) {
      if (job.worker() == own) {
        wait_until(entered);
        throw std::runtime_error("no");
      }
      entered = true;
      std::atomic<bool> helped{false};
      unsigned by = ~0u;
      fork_join([&] { wait_until(helped); },
                [&] {
                  by = job.worker();
                  helped = true;
                });
      return by;
    };
    const auto won = race(caller, contender, contender);
    EXPECT_EQ(won.value, own);
  });
}

TEST_P(RacesInJobs, WaitForWhatTheyComeAfter) {
  std::atomic<int> done{0};
  const auto won = pool.run([&](JobContext& job) {
    const std::vector<JobRef> after{job.submit([&] { done = 9; })};
    const std::vector<std::function<int()>> functions(3, [&] { return done.load(); });
    return race(job, functions, {.after = after}).value;
  });
  EXPECT_EQ(won, 9);
  pool.wait();
}

TEST_P(RacesInJobs, OfJobsThatComeAfterTheCallerAreRefused) {
  JobHandle<void> self;
  std::atomic<bool> known{false};
  std::atomic<int> started{0};
  self = pool.submit([&](JobContext& job) {
    wait_until(known);
    const std::vector<JobRef> after{self};
    const auto function = [&] { ++started; };
    race(job, {.after = after}, function, function);
  });
  known = true;
  EXPECT_THROW(self.get(), std::system_error);
  pool.wait();
  EXPECT_EQ(started, 0);
}

TEST_P(RacesInJobs, MayHoldRaces) {
  std::function<int(JobContext&, int)> nest = [&](JobContext& job, int depth) -> int {
    if (depth == 0) return 1;
    const auto deeper = [&nest, depth](JobContext& inner) { return nest(inner, depth - 1); };
    return race(job, deeper, deeper).value + 1;
  };
  // The losers use `nest`, so they are waited for.
  EXPECT_EQ(race(pool, [&](JobContext& job) { return nest(job, 6); }).value, 7);
  pool.wait();
}

}  // namespace
}  // namespace jackdaw
