#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

// What makes it fast, counted, not timed: what does not happen on the usual path.

namespace jackdaw {
namespace {

using testing::small_pool;

int fib(int n) {
  if (n < 2) return n;
  const auto [a, b] = fork_join([=] { return fib(n - 1); }, [=] { return fib(n - 2); });
  return a + b;
}

/// A task that nobody steals is a call: no job, no steal, no sleep, no wake-up.
TEST(Performance, ForksOnOneWorkerTouchNothingShared) {
  Pool pool(small_pool(1));
  const auto before = pool.statistics();
  EXPECT_EQ(pool.run([] { return fib(22); }), 17711);
  const auto after = pool.statistics();
  EXPECT_EQ(after.jobs_created, before.jobs_created + 1);  // run() itself
  EXPECT_EQ(after.jobs_overflowed, 0U);
  EXPECT_EQ(after.workers[0].steals, 0U);
  EXPECT_EQ(after.workers[0].wakes, before.workers[0].wakes);
  EXPECT_EQ(after.workers[0].preemptions, 0U);
}

/// Jobs go to thieves in batches.
TEST(Performance, FineJobsAreStolenInBatches) {
  Pool pool(small_pool(4));
  std::atomic<int> ran{0};
  constexpr int jobs = 200'000;
  pool.spawn([&](JobContext& job) {
    for (int i = 0; i < jobs; ++i) job.spawn([&] { ++ran; });
  });
  pool.wait();
  EXPECT_EQ(ran, jobs);
  std::uint64_t stolen = 0, steals = 0;
  for (const auto& worker : pool.statistics().workers) {
    stolen += worker.jobs_stolen;
    steals += worker.steals;
  }
  if (stolen > 1000) {
    EXPECT_GT(stolen, 2 * steals);  // on a busy machine there may be no thieves
  }
}

/// A loop splits when somebody asks, not by a fixed number of pieces.
TEST(Performance, ALoopOnOneWorkerDoesNotSplit) {
  Pool pool(small_pool(1));
  std::vector<int> visits(100'000, 0);
  pool.run(
      [&] { parallel_for(std::size_t{0}, visits.size(), [&](std::size_t i) { ++visits[i]; }); });
  for (const int count : visits) ASSERT_EQ(count, 1);
  EXPECT_EQ(pool.statistics().workers[0].steals, 0U);
}

/// Workers that have nothing to do sleep: an idle pool makes few steps.
TEST(Performance, AnIdlePoolStandsStill) {
  Pool pool(small_pool(4));
  pool.submit([] {}).wait();
  pool.wait();
  const auto sleeping = [&] {
    unsigned asleep = 0;
    for (const auto& worker : pool.statistics().workers)
      asleep += worker.state == WorkerState::idle ? 1U : 0U;
    return asleep == 4;
  };
  while (!sleeping()) std::this_thread::yield();
  EXPECT_EQ(pool.statistics().jobs_created, pool.statistics().jobs_finished);
}

/// As many workers as a large node has cores, and more than this machine has.
TEST(Performance, ManyWorkersShareOneNode) {
  for (const unsigned workers : {16U, 32U, 128U}) {
    auto config = small_pool(workers);
    Pool pool(config);
    std::atomic<int> ran{0};
    pool.spawn([&](JobContext& job) {
      for (int i = 0; i < 2000; ++i) job.spawn([&] { ran += fib(8) == 21 ? 1 : 0; });
    });
    pool.wait();
    EXPECT_EQ(pool.workers(), workers);
    EXPECT_EQ(ran, 2000);
    EXPECT_EQ(pool.run([] { return fib(16); }), 987);
  }
}

}  // namespace
}  // namespace jackdaw
