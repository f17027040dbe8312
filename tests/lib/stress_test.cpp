#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "jackdaw/detail/split_deque.hpp"
#include "jackdaw/fork_join.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;
using Clock = std::chrono::steady_clock;

/// Each of these runs for this long, not for so many rounds, so that a busy machine changes how
/// much is tried and not whether it passes.
constexpr std::chrono::milliseconds budget{1500};

TEST(Stress, AnOwnerTwoThievesAndASeizerLoseNothing) {
  struct Item {
    long plain = 0;  // written by the owner, read by whoever takes it: ThreadSanitizer looks
    std::atomic<int> taken{0};
  };
  detail::SplitDeque<Item*> deque(64);
  std::vector<Item> items(256);
  std::atomic<bool> stop{false};
  std::atomic<long> rounds{0};
  const auto use = [&](Item* item) {
    EXPECT_EQ(item->plain, 1);
    item->plain = 2;
    EXPECT_EQ(item->taken.fetch_add(1), 0);
  };
  const auto thief = [&](bool seizes) {
    std::array<Item*, 8> loot{};
    while (!stop) {
      std::size_t taken = 0;
      if (seizes) {
        (void)deque.seize();
      } else {
        deque.ring();
      }
      if (deque.steal(loot.data(), loot.size(), taken) != detail::Steal::taken) continue;
      for (std::size_t i = 0; i < taken; ++i) use(loot.at(i));
    }
  };
  std::vector<std::thread> thieves;
  for (const bool seizes : {false, false, true}) thieves.emplace_back(thief, seizes);
  std::minstd_rand random(1);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end) {
    for (auto& item : items) {
      item.plain = 1;
      item.taken = 0;
    }
    for (std::size_t next = 0; next < items.size();) {
      for (auto n = random() % 8; n > 0 && next < items.size(); --n) {
        if (deque.put(&items[next++]) && deque.answer() == decltype(deque)::Room::full) {
          std::array<Item*, 32> block{};
          const auto count = deque.relieve(block.data(), block.size());
          for (std::size_t i = 0; i < count; ++i) use(block.at(i));
        }
      }
      for (auto n = random() % 6; n > 0; --n) {
        if (Item* item = deque.pop()) use(item);
      }
    }
    while (Item* item = deque.pop()) use(item);
    for (auto& item : items) {
      while (item.taken == 0) std::this_thread::yield();  // a thief has it, and is about to say so
    }
    ++rounds;
  }
  stop = true;
  for (auto& t : thieves) t.join();
  EXPECT_GT(rounds, 0);
}

TEST(Stress, JobsOfAllKindsEndOnce) {
  Pool pool(small_pool(4));
  std::mt19937 random(7);
  std::uint64_t created = 0;
  const auto end = Clock::now() + budget;
  while (Clock::now() < end) {
    std::atomic<int> started{0};
    std::vector<JobRef> handles;
    constexpr int jobs = 200;
    std::atomic<int> spawned{0};
    for (int i = 0; i < jobs; ++i) {
      const auto kind = random() % 6;
      const JobOptions options{.priority = static_cast<Priority>(random() % 4)};
      if (kind == 0) {
        handles.push_back(pool.submit([&] { ++started; }, options));
      } else if (kind == 1) {
        handles.push_back(pool.submit(
            [&] {
              ++started;
              throw std::runtime_error("as planned");
            },
            options));
      } else if (kind == 2 && !handles.empty()) {
        const std::vector<JobRef> after{handles[random() % handles.size()]};
        handles.push_back(
            pool.submit([&] { ++started; }, {.priority = options.priority, .after = after}));
      } else if (kind == 3 && !handles.empty()) {
        const JobRef other = handles[random() % handles.size()];
        handles.push_back(pool.submit(
            [&, other] {
              ++started;
              other.wait();
            },
            options));
      } else if (kind == 4 && !handles.empty()) {
        (void)handles[random() % handles.size()].cancel();
      } else {
        handles.push_back(pool.submit(
            [&](JobContext& job) {
              ++started;
              job.spawn([&] { ++spawned; });
            },
            options));
      }
    }
    int final_states = 0;
    int never_started = 0;
    for (const auto& handle : handles) {
      handle.wait();
      final_states += is_final(handle.state());
      never_started += handle.state() == JobState::cancelled;
    }
    pool.wait();
    EXPECT_EQ(final_states, static_cast<int>(handles.size()));
    EXPECT_EQ(started + never_started, static_cast<int>(handles.size()));
    created += handles.size() + static_cast<std::uint64_t>(spawned.load());
  }
  EXPECT_EQ(pool.statistics().jobs_finished, created);
  EXPECT_EQ(pool.statistics().jobs_created, created);
}

long fib(int n) {
  if (n < 2) return n;
  const auto [a, b] = fork_join([=] { return fib(n - 1); }, [=] { return fib(n - 2); });
  return a + b;
}

TEST(Stress, ForkJoinBesideJobs) {
  Pool pool(small_pool(3));
  const auto end = Clock::now() + budget;
  while (Clock::now() < end) {
    std::atomic<int> small{0};
    std::vector<JobHandle<long>> handles;
    for (int i = 0; i < 20; ++i) handles.push_back(pool.submit([] { return fib(14); }));
    for (int i = 0; i < 100; ++i) pool.spawn([&] { ++small; });
    EXPECT_EQ(pool.run([] { return fib(16); }), 987);
    for (const auto& handle : handles) EXPECT_EQ(handle.get(), 377);
    pool.wait();
    EXPECT_EQ(small, 100);
  }
}

/// Sleeps and wake-ups at every speed: a lost wake-up hangs, and the test's timeout tells.
TEST(Stress, SleepersAreWoken) {
  Pool pool(small_pool(3));
  std::mt19937 random(3);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end) {
    pool.submit([] {}).wait();
    const auto pause = Clock::now() + std::chrono::microseconds(random() % 300);
    while (Clock::now() < pause) std::this_thread::yield();
  }
}

TEST(Stress, PoolsComeAndGo) {
  const auto end = Clock::now() + budget;
  std::atomic<int> ran{0};
  int expected = 0;
  for (unsigned i = 0; Clock::now() < end; ++i) {
    Pool pool(small_pool(1 + i % 4));
    for (unsigned j = 0; j < i % 7; ++j) pool.spawn([&] { ++ran; });
    expected += static_cast<int>(i % 7);
  }
  EXPECT_EQ(ran, expected);
}

}  // namespace
}  // namespace jackdaw
