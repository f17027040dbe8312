#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/race.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

class Races : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, Races, ::testing::Values(1u, 2u, 4u),
                         ::testing::PrintToStringParamName());

void wait_until(const std::atomic<bool>& flag) {
  while (!flag) std::this_thread::yield();
}

/// Keeps all workers of a pool busy until it is opened.
class Blockade {
 public:
  explicit Blockade(Pool& pool) {
    for (unsigned i = 0; i < pool.workers(); ++i) {
      jobs_.push_back(pool.submit([this] {
        ++entered_;
        wait_until(open_);
      }));
    }
    while (entered_ < pool.workers()) std::this_thread::yield();
  }
  ~Blockade() { open(); }
  void open() {
    open_ = true;
    for (const auto& job : jobs_) job.wait();
  }

 private:
  std::atomic<bool> open_{false};
  std::atomic<unsigned> entered_{0};
  std::vector<JobHandle<void>> jobs_;
};

int run_until_cancelled(JobContext& job) {
  for (;;) job.checkpoint();
}

TEST(Race, GivesTheResultOfTheFirstThatCompletes) {
  Pool pool(small_pool(2));
  const auto won = race(pool, run_until_cancelled, [] { return 7; });
  EXPECT_EQ(won.index, 1u);
  EXPECT_EQ(won.value, 7);
}

TEST(Race, CancelsThoseThatRunAtTheirNextCheckpoint) {
  Pool pool(small_pool(3));
  std::atomic<int> running{0};
  const auto loser = [&](JobContext& job) {
    ++running;
    return run_until_cancelled(job);
  };
  const auto won = race(pool, loser, loser, [&] {
    while (running < 2) std::this_thread::yield();
    return 1;
  });
  EXPECT_EQ(won.index, 2u);
  pool.wait();
  EXPECT_EQ(pool.statistics().jobs_cancelled, 2u);
}

TEST(Race, CancelsThoseThatRunByTheirStopToken) {
  Pool pool(small_pool(2));
  std::atomic<bool> has_token{false}, was_stopped{false};
  const auto won = race(
      pool,
      [&](JobContext& job) {
        const auto token = job.stop_token();
        has_token = true;
        while (!token.stop_requested()) std::this_thread::yield();
        was_stopped = true;
      },
      [&] { wait_until(has_token); });
  EXPECT_EQ(won.index, 1u);
  pool.wait();
  EXPECT_TRUE(was_stopped);
}

TEST(Race, ThoseThatHaveNotStartedNeverDo) {
  Pool pool(small_pool(1));
  std::atomic<int> started{0};
  const std::vector<std::function<int()>> functions(100, [&] { return ++started; });
  EXPECT_EQ(race(pool, functions).index, 0u);
  pool.wait();
  EXPECT_EQ(started, 1);
  EXPECT_EQ(pool.statistics().jobs_cancelled, 99u);
}

/// It is asked to stop, and completes while whoever has won still cancels the others.
TEST(Race, ALoserThatCompletesAllTheSameDoesNotWin) {
  Pool pool(small_pool(2));
  std::atomic<bool> ready{false}, asked{false};
  const auto until_it_has_ended = [&] {
    asked = true;
    while (pool.statistics().jobs_finished < 1) std::this_thread::yield();
  };
  std::optional<std::stop_callback<decltype(until_it_has_ended)>> callback;
  const auto won = race(
      pool,
      [&] {
        wait_until(ready);
        return 0;
      },
      [&](JobContext& job) {
        callback.emplace(job.stop_token(), until_it_has_ended);
        ready = true;
        wait_until(asked);
        return 1;
      });
  EXPECT_EQ(won.index, 0u);
  EXPECT_EQ(won.value, 0);
}

TEST_P(Races, OneFailsAndAnotherWins) {
  const auto won = race(
      pool, []() -> int { throw std::runtime_error("no"); }, [] { return 3; });
  EXPECT_EQ(won.index, 1u);
  EXPECT_EQ(won.value, 3);
  EXPECT_NO_THROW(pool.wait());
}

TEST_P(Races, IfAllFailOneOfThemIsThrown) {
  const auto fails = [] { throw std::out_of_range("no way"); };
  EXPECT_THROW(race(pool, fails, fails, fails), std::out_of_range);
  EXPECT_THROW(pool.run([&](JobContext& job) { race(job, fails, fails, fails); }),
               std::out_of_range);
  EXPECT_NO_THROW(pool.wait());
}

TEST(Race, IfAllFailTheFirstFailureIsThrown) {
  Pool pool(small_pool(1));  // which starts them in their order
  std::vector<std::function<void()>> functions;
  for (const char* way : {"a", "b", "c"})
    functions.push_back([way] { throw std::runtime_error(way); });
  try {
    race(pool, functions);
    ADD_FAILURE() << "nobody has won";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "a");
  }
}

/// A race of two, of which each may be cancelled on its own. The last one throws.
struct OpenRace {
  explicit OpenRace(Pool& pool) : engine(detail::RaceState::engine_of(pool)) {
    detail::Engine::Submission submission(engine);
    const auto fails = []() -> int { throw std::out_of_range("no"); };
    race->make<int>(submission, engine, [] { return 1; }, {});
    race->make<int>(submission, engine, fails, {});
    race->push_all(submission, {});
  }
  ~OpenRace() { race->leave(); }
  bool cancel(std::size_t place) { return engine.cancel(race->contender(place)); }

  detail::Engine& engine;
  std::shared_ptr<detail::RaceState> race = std::make_shared<detail::RaceState>();
};

TEST(Race, IfAllAreCancelledItSaysSo) {
  Pool pool(small_pool(1));
  Blockade blockade(pool);
  OpenRace open(pool);
  EXPECT_TRUE(open.cancel(0));
  EXPECT_FALSE(open.race->is_over());
  EXPECT_TRUE(open.cancel(1));
  open.race->wait(open.engine);
  EXPECT_THROW((void)open.race->winner(), Cancelled);
}

TEST(Race, AFailureIsToldRatherThanACancellation) {
  Pool pool(small_pool(1));
  Blockade blockade(pool);
  OpenRace open(pool);
  EXPECT_TRUE(open.cancel(0));
  blockade.open();
  open.race->wait(open.engine);
  EXPECT_THROW((void)open.race->winner(), std::out_of_range);
}

TEST_P(Races, FunctionsAndResultsMayBeMoveOnly) {
  auto number = std::make_unique<int>(5);
  const auto function = [&] {
    return [number = std::move(number)]() mutable { return std::move(number); };
  };
  EXPECT_EQ(*race(pool, function()).value, 5);

  std::vector<decltype(function())> functions;
  number = std::make_unique<int>(6);
  functions.push_back(function());
  EXPECT_EQ(*race(pool, std::move(functions)).value, 6);
}

TEST_P(Races, ARangeThatIsKeptIsCopied) {
  const auto text = std::make_shared<std::string>("x");
  std::vector<std::function<std::string()>> functions(3, [text] { return *text; });
  EXPECT_EQ(race(pool, functions).value, "x");
  EXPECT_EQ(race(pool, functions).value, "x");
  EXPECT_EQ(race(pool, std::span(functions)).value, "x");  // a view gives nothing away
  EXPECT_EQ(race(pool, functions).value, "x");
}

TEST_P(Races, OfNobodyAreRefused) {
  const std::vector<std::function<int()>> none;
  EXPECT_THROW(race(pool, none), std::invalid_argument);
  EXPECT_THROW(pool.run([&](JobContext& job) { race(job, none); }), std::invalid_argument);
  pool.wait();
}

TEST_P(Races, AFunctionThatCannotBeCopiedCallsItOff) {
  struct Fragile {
    std::atomic<int>* started;
    int copies_left;
    Fragile(std::atomic<int>& count, int copies) : started(&count), copies_left(copies) {}
    Fragile(const Fragile& other) : started(other.started), copies_left(other.copies_left - 1) {
      if (copies_left < 0) throw std::runtime_error("a copy");
    }
    void operator()() const { ++*started; }
  };
  std::atomic<int> started{0};
  const Fragile good(started, 1), bad(started, 0);
  EXPECT_THROW(race(pool, good, good, bad), std::runtime_error);
  EXPECT_THROW(pool.run([&](JobContext& job) { race(job, good, bad, good); }), std::runtime_error);
  pool.wait();
  EXPECT_EQ(started, 0);
}

TEST_P(Races, OptionsAreThoseOfEach) {
  std::vector<int> order;
  Blockade blockade(pool);
  const auto before = pool.submit([&] { order.push_back(0); });
  const std::vector<JobRef> after{before};
  std::thread opener([&] { blockade.open(); });
  const auto won =
      race(pool, {.name = "way", .priority = Priority::high, .after = after}, [&](JobContext& job) {
        order.push_back(1);
        EXPECT_EQ(job.priority(), Priority::high);
        return std::string(job.name());
      });
  opener.join();
  EXPECT_EQ(won.value, "way");
  EXPECT_EQ(order, (std::vector<int>{0, 1}));
}

TEST_P(Races, FromAnotherThreadWaitForBusyWorkers) {
  Blockade blockade(pool);
  std::atomic<int> started{0};
  std::atomic<bool> asks{false};
  std::thread caller([&] {
    asks = true;
    EXPECT_EQ(race(
                  pool, [&] { return ++started, 4; }, [&] { return ++started, 4; })
                  .value,
              4);
  });
  wait_until(asks);
  EXPECT_EQ(started, 0);
  blockade.open();
  caller.join();
  pool.wait();
  EXPECT_GE(started, 1);
}

// --- many ----------------------------------------------------------------------------------------

/// One race: who starts and who completes is counted by each contender.
struct Heat {
  struct Lane {
    std::atomic<int> starts{0};
    int mark = 0;  // plain, written by who completes, read by the caller: ThreadSanitizer looks
  };
  std::array<Lane, 5> lanes;

  auto contender(std::size_t place, unsigned salt) {
    return [this, place, salt](JobContext& job) {
      Lane& lane = lanes[place];
      ++lane.starts;
      const auto way = (salt + place) % 4;
      if (way == 0) throw std::runtime_error("lost the way");
      for (unsigned i = 0; i < way * 50; ++i) job.checkpoint();
      lane.mark = 1;
      return std::make_unique<std::size_t>(place);
    };
  }
  template <typename Host>
  void run(Host& host, unsigned salt) {
    std::vector<decltype(contender(0, 0))> functions;
    for (std::size_t i = 0; i < lanes.size(); ++i) functions.push_back(contender(i, salt));
    const auto won = race(host, functions);
    EXPECT_EQ(*won.value, won.index);
    EXPECT_EQ(lanes[won.index].mark, 1);
  }
};

TEST_P(Races, ManyAtOnceHaveOneWinnerEachAndStartNobodyTwice) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  for (unsigned round = 0; std::chrono::steady_clock::now() < end; ++round) {
    std::array<Heat, 6> heats;
    std::thread outside([&] { heats[0].run(pool, round); });
    heats[1].run(pool, round + 1);
    std::vector<JobHandle<void>> jobs;
    for (unsigned i = 2; i < heats.size(); ++i)
      jobs.push_back(pool.submit([&, i](JobContext& job) { heats[i].run(job, round + i); }));
    for (const auto& job : jobs) EXPECT_NO_THROW(job.get());
    outside.join();
    pool.wait();
    for (const auto& heat : heats) {
      for (const auto& lane : heat.lanes) EXPECT_LE(lane.starts, 1);
    }
    const auto statistics = pool.statistics();
    EXPECT_EQ(statistics.jobs_created, statistics.jobs_finished);
  }
}

}  // namespace
}  // namespace jackdaw
