#include <gtest/gtest.h>

#include <algorithm>
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

/// Its workers, once asleep, sleep for a minute if nobody wakes them: so a lost wake-up shows.
Config patient_pool(unsigned workers) {
  auto config = small_pool(workers);
  config.backoff_min = config.backoff_max = std::chrono::minutes(1);
  return config;
}
constexpr std::chrono::seconds too_long{20};

/// Spins, with other threads let in, until `done` or for too long.
template <typename Done>
void expect_soon(Done done) {
  const auto end = Clock::now() + too_long;
  while (!done() && Clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(done()) << "nobody was woken";
}
void pause_up_to(std::mt19937& random, unsigned microseconds) {
  const auto end = Clock::now() + std::chrono::microseconds(random() % microseconds);
  while (Clock::now() < end) std::this_thread::yield();
}

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
        std::vector<JobRef> after;
        for (auto n = 1 + random() % 3; n > 0; --n)
          after.push_back(
              handles[handles.size() - 1 - random() % std::min<std::size_t>(4, handles.size())]);
        handles.push_back(pool.submit(
            [&started, after] {
              ++started;
              for (const auto& earlier : after) EXPECT_TRUE(is_final(earlier.state()));
            },
            {.priority = options.priority, .after = after}));
      } else if (kind == 3 && !handles.empty()) {
        const JobRef other = handles[random() % handles.size()];
        // A critical one might preempt what it waits for, which its program must not let happen.
        const auto at_most_high = std::max(*options.priority, Priority::high);
        handles.push_back(pool.submit(
            [&, other] {
              ++started;
              other.wait();
            },
            {.priority = at_most_high}));
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

/// Those that it comes after end while it is being made.
TEST(Stress, AJobStartsAfterAllThatItComesAfter) {
  Pool pool(small_pool(3));
  std::mt19937 random(17);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end && !::testing::Test::HasFailure()) {
    std::vector<JobRef> earlier;
    std::atomic<int> starts{0};
    for (int i = 0; i < 40; ++i) earlier.push_back(pool.submit([] {}));
    pause_up_to(random, 30);
    const auto last = pool.submit(
        [&] {
          ++starts;
          for (const auto& one : earlier) EXPECT_TRUE(is_final(one.state()));
        },
        {.after = earlier});
    last.wait();
    pool.wait();
    EXPECT_EQ(starts, 1);
  }
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

/// Sleeps and wake-ups at every speed.
TEST(Stress, SleepersAreWoken) {
  Pool pool(patient_pool(3));
  std::mt19937 random(3);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end && !::testing::Test::HasFailure()) {
    const auto handle = pool.submit([] {});
    expect_soon([&] { return is_final(handle.state()); });
    pause_up_to(random, 300);
  }
}

/// A job that waits for another one, which was pushed while somebody searched: whoever finds work
/// passes on what is left, or one of the two is alone for a minute.
TEST(Stress, JobsThatNeedEachOtherRunAtOnce) {
  Pool pool(patient_pool(3));
  std::mt19937 random(5);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end && !::testing::Test::HasFailure()) {
    std::atomic<int> here{0};
    const auto meet = [&] {
      ++here;
      expect_soon([&] { return here == 3; });
    };
    if (random() % 2 == 0) {
      for (int i = 0; i < 3; ++i) pool.spawn(meet);
    } else {
      pool.spawn([&](JobContext& job) {
        job.spawn(meet);
        pause_up_to(random, 30);
        job.spawn(meet);
        meet();
      });
    }
    pool.wait();
    EXPECT_EQ(here, 3);
    pause_up_to(random, random() % 4 == 0 ? 3000 : 200);
  }
}

/// The forker needs its thief: it waits for it, and then falls asleep about when it is done.
TEST(Stress, AForkerThatSleepsIsToldThatItsThiefIsDone) {
  Pool pool(patient_pool(2));
  std::mt19937 random(9);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end && !::testing::Test::HasFailure()) {
    pool.run([&] {
      std::atomic<bool> stolen{false};
      fork_join([&] { expect_soon([&] { return stolen.load(); }); },
                [&] {
                  stolen = true;
                  pause_up_to(random, 100);
                });
    });
    pause_up_to(random, 300);  // the thief is about to lie down, or has
  }
}

TEST(Stress, WaitComesBackWhenTheLastJobHasEnded) {
  struct Link {
    std::atomic<int>& left;
    void operator()(JobContext& job) const {
      if (left.fetch_sub(1) > 1) job.spawn(Link{left});
    }
  };
  Pool pool(patient_pool(3));
  std::mt19937 random(21);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end && !::testing::Test::HasFailure()) {
    std::atomic<int> left{static_cast<int>(1 + random() % 40)};
    pool.spawn(Link{left});
    if (random() % 2 == 0) pause_up_to(random, 60);
    pool.wait();
    EXPECT_EQ(left, 0) << "wait() came back too early";
    expect_soon([&] { return left == 0; });
  }
}

TEST(Stress, WhatAGuestLeavesBehindIsRunAtOnce) {
  Pool pool(patient_pool(1));
  std::mt19937 random(13);
  const auto end = Clock::now() + budget;
  while (Clock::now() < end && !::testing::Test::HasFailure()) {
    std::atomic<bool> ran{false};
    pool.run([&](JobContext& job) { job.spawn([&] { ran = true; }); });
    expect_soon([&] { return ran.load(); });
    pause_up_to(random, 200);
  }
}

TEST(Stress, PoolsComeAndGo) {
  const auto end = Clock::now() + budget;
  std::mt19937 random(11);
  std::atomic<int> ran{0};
  int expected = 0;
  for (unsigned i = 0; Clock::now() < end; ++i) {
    const auto begin = Clock::now();
    {
      Pool pool(patient_pool(1 + i % 4));
      for (unsigned j = 0; j < i % 7; ++j) pool.spawn([&] { ++ran; });
      expected += static_cast<int>(i % 7);
      if (i % 2 == 0) pause_up_to(random, 300);
    }
    ASSERT_LT(Clock::now() - begin, too_long) << "a worker slept when the pool closed";
  }
  EXPECT_EQ(ran, expected);
}

}  // namespace
}  // namespace jackdaw
