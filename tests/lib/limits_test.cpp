#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"
#include "support/sanitizers.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

/// Bytes of memory that this process has in use now.
std::size_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t pages = 0;
  in >> pages >> pages;
  return pages * 4096;
}

constexpr bool under_sanitizer = JACKDAW_UNDER_ASAN || JACKDAW_UNDER_TSAN;

TEST(Limits, TenMillionQueuedJobsTakeAtMost64BytesEachBesideTheirClosures) {
  Pool pool(small_pool(1));
  std::atomic<bool> open{false};
  std::atomic<bool> entered{false};
  pool.spawn([&] {
    entered = true;
    while (!open) std::this_thread::yield();
  });
  while (!entered) std::this_thread::yield();
  const std::size_t jobs = under_sanitizer ? 200'000 : 10'000'000;
  std::uint64_t sum = 0;  // one worker
  struct Closure {
    std::uint64_t* sum;
    std::uint64_t term;
    void operator()() const { *sum += term; }
  };
  const auto before = resident_bytes();
  for (std::size_t i = 0; i < jobs; ++i) pool.spawn(Closure{&sum, i});
  const auto used = resident_bytes() - before;
  if (!under_sanitizer) {
    EXPECT_LE(used / jobs, sizeof(Closure) + 64);
  }
  open = true;
  pool.wait();
  EXPECT_EQ(sum, jobs * (jobs - 1) / 2);
  EXPECT_GT(pool.statistics().jobs_overflowed, 0u);
}

TEST(Limits, AJobThatSpawnsAMillionOverflowsItsDequeAndLosesNone) {
  auto config = small_pool(2);
  config.deque_capacity = 2;
  for (const unsigned capacity : {2u, 1024u}) {
    config.deque_capacity = capacity;
    Pool pool(config);
    std::atomic<std::uint64_t> sum{0};
    const std::uint64_t jobs = under_sanitizer ? 20'000 : 1'000'000;
    pool.run([&](JobContext& job) {
      for (std::uint64_t i = 0; i < jobs; ++i) job.spawn([&sum, i] { sum += i; });
    });
    pool.wait();
    EXPECT_EQ(sum, jobs * (jobs - 1) / 2);
  }
}

TEST(Limits, SixtyFiveWorkersAreMoreThanOneWordOfSleepers) {
  Pool pool(small_pool(65));
  std::atomic<int> ran{0};
  for (int i = 0; i < 10'000; ++i) pool.spawn([&] { ++ran; });
  pool.wait();
  EXPECT_EQ(ran, 10'000);
}

}  // namespace
}  // namespace jackdaw
