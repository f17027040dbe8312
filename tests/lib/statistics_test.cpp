#include "jackdaw/statistics.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "jackdaw/detail/time_account.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

TEST(Statistics, CountWhatHappened) {
  Pool pool(small_pool(2));
  for (int i = 0; i < 100; ++i) pool.spawn([] {});
  pool.submit([] {}).wait();
  pool.wait();
  const auto statistics = pool.statistics();
  EXPECT_EQ(statistics.jobs_created, 101u);
  EXPECT_EQ(statistics.jobs_finished, 101u);
  std::uint64_t run = 0;
  for (const auto& worker : statistics.workers) run += worker.jobs_run;
  EXPECT_EQ(run, 101u);
}

TEST(Statistics, TimeSlicesAddUpToTheWhole) {
  detail::TimeAccount account;
  std::chrono::nanoseconds last{0};
  for (int i = 0; i < 1000; ++i) {
    account.enter(static_cast<detail::Slice>(i % 4));
    const auto before = std::chrono::steady_clock::now();
    const auto total = account.snapshot().total();
    EXPECT_GE(total, last);
    last = total;
    const auto grown = account.snapshot().total() - total;
    EXPECT_LE(grown, std::chrono::steady_clock::now() - before);
  }
}

/// What the workers did between two moments that the clock has told.
struct Reading {
  explicit Reading(const Pool& pool)
      : before(Clock::now()), workers(pool.statistics().workers), after(Clock::now()) {}
  using Clock = std::chrono::steady_clock;
  Clock::time_point before;
  std::vector<WorkerStatistics> workers;
  Clock::time_point after;
};

/// Forks, jobs that are stolen, jobs that wait for others, and sleep.
void keep_busy(Pool& pool) {
  pool.run([](JobContext& job) {
    for (int i = 0; i < 50; ++i) {
      job.spawn([] {
        std::atomic<int> sum{0};
        parallel_for(0, 1000, [&](int n) { sum += n; });
      });
    }
    job.submit([](JobContext& other) { other.submit([] {}).wait(); }).wait();
  });
  pool.wait();
}

TEST(Statistics, TheSlicesOfAWorkerAddUpToTheTimeThatHasPassed) {
  const auto before = Reading::Clock::now();
  Pool pool(small_pool(3));
  const auto made = Reading::Clock::now();
  Reading last(pool);
  for (int round = 0; round < 100; ++round) {
    keep_busy(pool);
    const Reading now(pool);
    for (std::size_t i = 0; i < now.workers.size(); ++i) {
      const auto total = now.workers[i].slices.total();
      EXPECT_GE(total, now.before - made);
      EXPECT_LE(total, now.after - before);
      const auto grown = total - last.workers[i].slices.total();
      EXPECT_GE(grown, now.before - last.after);
      EXPECT_LE(grown, now.after - last.before);
    }
    last = now;
  }
}

TEST(Statistics, ASnapshotTakenByAnotherThreadNeverGoesBack) {
  detail::TimeAccount account;
  std::atomic<bool> stop{false};
  std::thread owner([&] {
    for (int i = 0; !stop; ++i) account.enter(static_cast<detail::Slice>(i % 4));
  });
  std::chrono::nanoseconds last{0};
  for (int i = 0; i < 20'000; ++i) {
    const auto total = account.snapshot().total();
    EXPECT_GE(total, last);
    last = total;
  }
  stop = true;
  owner.join();
}

TEST(Statistics, WorkersOfAQuietPoolGoIdle) {
  Pool pool(small_pool(3));
  pool.spawn([] {});
  pool.wait();
  for (;;) {  // bounded by the test's timeout
    bool all_idle = true;
    for (const auto& worker : pool.statistics().workers)
      all_idle = all_idle && worker.state == WorkerState::idle;
    if (all_idle) break;
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace jackdaw
