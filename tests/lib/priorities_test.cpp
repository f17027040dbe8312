#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;
constexpr Priority all[] = {Priority::low, Priority::normal, Priority::high, Priority::critical};

TEST(Priorities, OneWorkerRunsTheMostUrgentFirst) {
  Pool pool(small_pool(1));
  std::atomic<bool> open{false};
  std::atomic<bool> entered{false};
  std::vector<Priority> order;  // one worker: no lock
  pool.spawn([&] {
    entered = true;
    while (!open) std::this_thread::yield();
  });
  while (!entered) std::this_thread::yield();
  for (int round = 0; round < 50; ++round) {
    for (const Priority p : all) pool.spawn([&order, p] { order.push_back(p); }, {.priority = p});
  }
  open = true;
  pool.wait();
  ASSERT_EQ(order.size(), 200u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Priorities, HoldForJobsThatAJobSpawns) {
  Pool pool(small_pool(1));
  std::vector<Priority> order;
  pool.run([&](JobContext& job) {
    for (int round = 0; round < 50; ++round) {
      for (const Priority p : all) job.spawn([&order, p] { order.push_back(p); }, {.priority = p});
    }
  });
  pool.wait();
  ASSERT_EQ(order.size(), 200u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Priorities, AreInheritedUnlessToldOtherwise) {
  Pool pool(small_pool(1));
  auto job = pool.submit(
      [](JobContext& context) {
        const auto child = context.submit([] {});
        const auto other = context.submit([] {}, {.priority = Priority::low});
        return std::pair(child.report().priority, other.report().priority);
      },
      {.priority = Priority::high});
  EXPECT_EQ(job.get(), std::pair(Priority::high, Priority::low));
}

/// Both workers have their deques full of low jobs, and one also has normal ones: nobody may start
/// low ones while those are about. Held until both have spawned.
TEST(Priorities, HoldAcrossWorkers) {
  Pool pool(small_pool(2));
  std::atomic<int> ready{0};
  std::atomic<int> normal_left{400};
  std::atomic<int> too_early{0};
  std::atomic<int> low_done{0};
  const auto low = [&] {
    // One may be under way on the other worker: it has been started, not finished.
    if (normal_left.load() > 1) ++too_early;
    ++low_done;
  };
  const auto normal = [&] {  // long enough for the other worker to run all its low jobs meanwhile
    volatile int spin = 0;
    while (spin < 5000) spin = spin + 1;
    --normal_left;
  };
  for (int w = 0; w < 2; ++w) {
    pool.spawn(
        [&, w](JobContext& job) {
          for (int i = 0; i < 200; ++i) job.spawn(low, {.priority = Priority::low});
          for (int i = 0; i < 400 * w; ++i) job.spawn(normal, {.priority = Priority::normal});
          ++ready;
          while (ready < 2) std::this_thread::yield();
        },
        {.priority = Priority::critical});
  }
  pool.wait();
  EXPECT_EQ(low_done, 400);
  EXPECT_EQ(normal_left, 0);
  // A job that a thief has taken may be on its way to the thief's deque, in nobody's sight, while
  // the system lets the thief wait. Without the rule, a third of the low jobs come too early.
  EXPECT_LE(too_early, 64);
}

}  // namespace
}  // namespace jackdaw
