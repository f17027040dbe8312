#include "jackdaw/statistics.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "jackdaw/detail/time_account.hpp"
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
