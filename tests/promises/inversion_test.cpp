#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pool_network.hpp"
#include "support/pools.hpp"

// Who waits lends its priority to what it waits for, down the whole chain, and takes it back.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::PoolNetwork;
using testing::small_pool;

template <typename Done>
void await(Done done) {
  while (!done()) std::this_thread::sleep_for(100us);
}

// --- futures: the job is queued behind others ----------------------------------------------------

std::vector<std::string>* story = nullptr;  // of one worker

int tell(JobContext&, const int& what) {
  story->push_back("job " + std::to_string(what));
  return what;
}
int wait_for_a_low_one(JobContext& job, const int& what) {
  auto low = job.submit<tell>({.priority = Priority::low}, what + 1);
  story->push_back("job " + std::to_string(what) + " waits");
  return low.get() + what;
}

TEST(Inversion, AWaitForAFutureBringsItsJobBeforeOthers) {
  Pool pool(small_pool(1));
  std::vector<std::string> told;
  story = &told;
  pool.spawn(
      [&](JobContext& job) {
        for (int i = 0; i < 3; ++i)
          job.spawn([&] { told.emplace_back("other"); }, {.priority = Priority::normal});
        auto low = job.submit<tell>({.priority = Priority::low}, 1);
        EXPECT_EQ(low.get(), 1);
        told.emplace_back("high goes on");
      },
      {.priority = Priority::high});
  pool.wait();
  EXPECT_EQ(told, (std::vector<std::string>{"job 1", "high goes on", "other", "other", "other"}));
}

TEST(Inversion, GoesDownAChainOfFutures) {
  Pool pool(small_pool(1));
  std::vector<std::string> told;
  story = &told;
  pool.spawn(
      [&](JobContext& job) {
        for (int i = 0; i < 3; ++i)
          job.spawn([&] { told.emplace_back("other"); }, {.priority = Priority::normal});
        auto middle = job.submit<wait_for_a_low_one>({.priority = Priority::low}, 1);
        EXPECT_EQ(middle.get(), 3);
      },
      {.priority = Priority::high});
  pool.wait();
  EXPECT_EQ(told, (std::vector<std::string>{"job 1 waits", "job 2", "other", "other", "other"}));
}

// --- handles: the job runs elsewhere -------------------------------------------------------------

/// A job that runs, on a worker of its own, until it is let go.
class Runner {
 public:
  Runner(Pool& pool, Priority priority)
      : job_(pool.submit(
            [this] {
              runs_ = true;
              await([this] { return let_go_.load(); });
            },
            {.priority = priority})) {
    await([this] { return runs_.load(); });
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { let_go(); }
  void let_go() {
    let_go_ = true;
    job_.wait();
  }
  [[nodiscard]] const JobRef& job() const { return job_; }
  [[nodiscard]] Priority priority() const { return job_.report().priority; }

 private:
  std::atomic<bool> runs_{false}, let_go_{false};
  JobHandle<void> job_;
};

TEST(Inversion, WhatRunsIsLentThePriorityOfWhoWaitsAndGivesItBack) {
  Pool pool(small_pool(2));
  Runner low(pool, Priority::low);
  std::atomic<bool> give_up{false};
  auto high = pool.submit(
      [&] {
        while (!give_up) EXPECT_FALSE(low.job().wait_for(1ms));
      },
      {.priority = Priority::high});
  await([&] { return low.priority() == Priority::high; });
  give_up = true;
  high.get();
  EXPECT_EQ(low.priority(), Priority::low);
}

/// Z runs; K waits for Z; then H waits for K: Z has the priority of H, then of K, then its own.
TEST(Inversion, GoesDownAChainThatWaitsAlready) {
  Pool pool(small_pool(3));
  Runner z(pool, Priority::low);
  std::atomic<bool> k_gives_up{false}, h_gives_up{false};
  auto k = pool.submit(
      [&] {
        while (!k_gives_up) (void)z.job().wait_for(1h);
      },
      {.priority = Priority::normal});
  await([&] { return z.priority() == Priority::normal; });
  auto h = pool.submit(
      [&] {
        while (!h_gives_up) EXPECT_FALSE(k.wait_for(20ms));
      },
      {.priority = Priority::critical});
  await([&] { return z.priority() == Priority::critical; });
  EXPECT_EQ(k.report().priority, Priority::critical);
  h_gives_up = true;
  h.get();
  EXPECT_EQ(k.report().priority, Priority::normal);
  EXPECT_EQ(z.priority(), Priority::normal);
  k_gives_up = true;
  z.let_go();
  k.get();
}

TEST(Inversion, TheHighestOfSeveralCounts) {
  Pool pool(small_pool(4));
  Runner low(pool, Priority::low);
  std::atomic<bool> gives_up[2] = {false, false};
  const auto wait = [&](int who) {
    return [&, who] {
      while (!gives_up[who]) (void)low.job().wait_for(1ms);
    };
  };
  auto normal = pool.submit(wait(0), {.priority = Priority::normal});
  auto high = pool.submit(wait(1), {.priority = Priority::high});
  await([&] { return low.priority() == Priority::high; });
  gives_up[1] = true;
  high.get();
  await([&] { return low.priority() == Priority::normal; });
  gives_up[0] = true;
  normal.get();
  EXPECT_EQ(low.priority(), Priority::low);
}

TEST(Inversion, WhatComesAfterAnotherLendsItsPriorityUntilItIsCancelled) {
  Pool pool(small_pool(1));
  Runner low(pool, Priority::low);
  auto later = pool.submit([] {}, {.priority = Priority::high, .after = std::span(&low.job(), 1)});
  EXPECT_EQ(low.priority(), Priority::high);
  EXPECT_TRUE(later.cancel());
  EXPECT_EQ(low.priority(), Priority::low);
}

/// It is as if it were cancelled.
TEST(Inversion, WhatComesTooLateTakesItsLoanBack) {
  Pool pool(small_pool(1));
  Runner low(pool, Priority::low);
  const auto soon = std::chrono::system_clock::now() + 10ms;
  auto later = pool.submit(
      [] {}, {.priority = Priority::high, .after = std::span(&low.job(), 1), .deadline = soon});
  later.wait();
  EXPECT_EQ(later.state(), JobState::timed_out);
  await([&] { return low.priority() == Priority::low; });
}

/// The one has not given its loan back when the other lends in its turn.
TEST(Inversion, TwoThatWaitForEachOtherForAWhileBothGoOn) {
  for (const auto second : {Priority::normal, Priority::high}) {
    Pool pool(small_pool(3));
    std::array<JobRef, 2> jobs;
    std::atomic<bool> are_known{false}, are_done{false};
    const auto poll = [&](std::size_t other) {
      return [&, other] {
        await([&] { return are_known.load(); });
        for (int i = 0; i < 300; ++i) (void)jobs[other].wait_for(20us);
      };
    };
    jobs[0] = pool.submit(poll(1), {.priority = Priority::normal});
    jobs[1] = pool.submit(poll(0), {.priority = second});
    auto third = pool.submit(  // and one whose loans come and go
        [&] {
          await([&] { return are_known.load(); });
          while (!are_done) (void)jobs[0].wait_for(10us);
        },
        {.priority = Priority::high});  // a critical one might run on top of what it waits for
    are_known = true;
    for (const JobRef& job : jobs) job.wait();
    are_done = true;
    third.get();
    for (const JobRef& job : jobs) EXPECT_EQ(job.state(), JobState::completed);
  }
}

/// Nor does it matter that it lends its priority to itself.
TEST(Inversion, AJobThatWaitsForItselfForAWhileGoesOn) {
  Pool pool(small_pool(1));
  JobRef self;
  std::atomic<bool> is_known{false};
  auto job = pool.submit([&] {
    await([&] { return is_known.load(); });
    EXPECT_FALSE(self.wait_for(1ms));
  });
  self = job;
  is_known = true;
  job.get();
}

/// A job that had to give its priority back waits where it belongs, though its entry is elsewhere.
TEST(Inversion, AJobThatGaveItsPriorityBackHasNoAdvantage) {
  Pool pool(small_pool(2));
  Runner first(pool, Priority::normal);
  std::vector<std::string> told;
  JobHandle<void> low;
  pool.submit(
          [&](JobContext& job) {
            // The timed wait does not start it.
            low = job.submit([&] { told.emplace_back("low"); }, {.priority = Priority::low});
            EXPECT_FALSE(low.wait_for(5ms));
            for (int i = 0; i < 3; ++i)
              job.spawn([&] { told.emplace_back("normal"); }, {.priority = Priority::normal});
          },
          {.priority = Priority::high})
      .get();
  low.wait();
  first.let_go();
  pool.wait();
  EXPECT_EQ(told, (std::vector<std::string>{"normal", "normal", "normal", "low"}));
}

/// A job that has two entries, and is cancelled, is one job.
TEST(Inversion, ACancelledJobWithTwoEntriesCountsOnce) {
  Pool pool(small_pool(1));
  {
    Runner first(pool, Priority::normal);
    const JobRef low = pool.submit([] {}, {.priority = Priority::low});
    const JobRef later =
        pool.submit([] {}, {.priority = Priority::high, .after = std::span(&low, 1)});
    EXPECT_EQ(low.report().priority, Priority::high);
    EXPECT_TRUE(low.cancel());
  }
  pool.wait();
  const auto all = pool.statistics();
  EXPECT_EQ(all.jobs_created, 3U);
  EXPECT_EQ(all.jobs_finished, 3U);
  EXPECT_EQ(all.jobs_cancelled, 1U);
}

TEST(Inversion, WhatAJobMakesHasItsOwnPriorityNotTheLentOne) {
  Pool pool(small_pool(2));
  std::atomic<bool> runs{false};
  auto child = Priority::critical;
  auto low = pool.submit(
      [&](JobContext& job) {
        runs = true;
        await([&] { return job.priority() == Priority::high; });
        job.submit([&](JobContext& inner) { child = inner.priority(); }).wait();
      },
      {.priority = Priority::low});
  await([&] { return runs.load(); });
  pool.submit([&] { low.wait(); }, {.priority = Priority::high}).get();
  EXPECT_EQ(child, Priority::high);  // it was waited for in its turn
  pool.wait();
}

// --- ranks ---------------------------------------------------------------------------------------

std::atomic<bool> one_is_on_rank_1{false}, lent_on_rank_1{false};

int stay_on_rank_1(JobContext&, const int& what) {
  if (detail::this_worker->engine().rank() == 1) {
    one_is_on_rank_1 = true;
    await([] { return lent_on_rank_1.load(); });
  } else {
    await([] { return one_is_on_rank_1.load(); });
  }
  return what;
}
void wait_for_them(JobContext& job, const int& count) {
  std::vector<RemoteFuture<int>> low;
  for (int i = 0; i < count; ++i)
    low.push_back(job.submit<stay_on_rank_1>({.priority = Priority::low}, i));
  for (int i = 0; i < count; ++i) EXPECT_EQ(low[static_cast<std::size_t>(i)].get(), i);
}

/// The job that is waited for is told of it where it is.
TEST(Inversion, ReachesAJobOnAnotherRank) {
  for (int repetition = 0; repetition < 20; ++repetition) {
    one_is_on_rank_1 = lent_on_rank_1 = false;
    PoolNetwork net({1, 1});
    auto heard = net.pool(1).subscribe([](const Event& event) {
      if (event.kind == EventKind::lent && event.priority == Priority::high) lent_on_rank_1 = true;
    });
    net.submit<wait_for_them>(0, JobOptions{.priority = Priority::high}, 8);
    net.run();
    EXPECT_TRUE(lent_on_rank_1);
    EXPECT_GT(net.wishes_sent(), 0u);
    net.pool(0).wait();
    net.pool(1).wait();
  }
}

std::vector<RemoteFuture<int>> shown;
std::atomic<bool> has_come_back{false};

int give_back(JobContext&, const int& what) { return what; }
void keep_busy(JobContext&, const int&) {
  await([] { return has_come_back.load(); });
}
void wait_for_the_first(JobContext&, const int&) {
  EXPECT_EQ(shown[0].get(), 0);
  has_come_back = true;
}
void show_some(JobContext& job, const int& count) {
  for (int i = 0; i < count; ++i)
    shown.push_back(job.submit<give_back>({.priority = Priority::low}, i));
  job.spawn<wait_for_the_first>({.priority = Priority::normal}, 0);
}

/// It lies where other ranks could take it, and none does.
TEST(Inversion, BringsAJobBackThatIsShownToOtherRanks) {
  shown.clear();
  has_come_back = false;
  PoolNetwork net({1, 1});
  net.submit<keep_busy>(1, 0);
  net.submit<show_some>(0, JobOptions{.priority = Priority::high}, 8);
  net.run();
  EXPECT_TRUE(has_come_back);
  shown.clear();
}

// --- nothing is lost -----------------------------------------------------------------------------

std::atomic<int> runs{0};
int count_run(JobContext&, const int& what) {
  ++runs;
  return what;
}
void lend_and_wait(JobContext& job, const int& depth) {
  std::vector<RemoteFuture<int>> all;
  for (const auto priority : {Priority::low, Priority::normal, Priority::high})
    all.push_back(job.submit<count_run>({.priority = priority}, depth));
  if (depth > 0) {
    for (const auto priority : {Priority::normal, Priority::high, Priority::critical})
      job.spawn<lend_and_wait>({.priority = priority}, depth - 1);
  }
  for (auto& future : all) EXPECT_EQ(future.get(), depth);
}

/// Several entries of a job, on their way through deques, thieves and ranks, are one job.
TEST(Inversion, EachJobStillRunsOnce) {
  for (const unsigned workers : {1u, 2u, 3u}) {
    runs = 0;
    PoolNetwork net({workers, 1, workers});
    net.submit<lend_and_wait>(0, 5);
    net.run();
    EXPECT_EQ(runs, 3 * (1 + 3 + 9 + 27 + 81 + 243));
    for (std::size_t rank = 0; rank < 3; ++rank) {
      net.pool(rank).wait();
      const auto all = net.pool(rank).statistics();
      EXPECT_EQ(all.jobs_created, all.jobs_finished);
    }
  }
}

}  // namespace
}  // namespace jackdaw
