#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
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

/// A deque whose items go out again and again, each once in a round.
class Deque {
 public:
  /// By a thief, until stop() is called.
  void steal(bool seizes) {
    std::array<Item*, 8> loot{};
    while (!stopped_) {
      std::size_t taken = 0;
      if (seizes) {
        (void)deque_.seize();
      } else {
        deque_.ring();
      }
      if (deque_.steal(loot.data(), loot.size(), taken) != detail::Steal::taken) continue;
      for (std::size_t i = 0; i < taken; ++i) use(*loot.at(i));
    }
  }
  void stop() { stopped_ = true; }

  /// By the owner: every item goes in, some in between go out, and at last all are gone.
  void run_round(std::minstd_rand& random) {
    for (auto& item : items_) {
      item.plain = 1;
      item.taken = 0;
    }
    for (std::size_t next = 0; next < items_.size();) {
      for (auto n = random() % 8; n > 0 && next < items_.size(); --n) put(items_[next++]);
      pop_some(random() % 6);
    }
    pop_some(items_.size());
    for (auto& item : items_) {
      while (item.taken == 0) std::this_thread::yield();  // a thief has it, and is about to say so
    }
  }

 private:
  struct Item {
    long plain = 0;  // written by the owner, read by whoever takes it: ThreadSanitizer looks
    std::atomic<int> taken{0};
  };
  static void use(Item& item) {
    EXPECT_EQ(item.plain, 1);
    item.plain = 2;
    EXPECT_EQ(item.taken.fetch_add(1), 0);
  }
  void put(Item& item) {
    if (!deque_.put(&item) || deque_.answer() != decltype(deque_)::Room::full) return;
    std::array<Item*, 32> block{};
    const auto count = deque_.relieve(block.data(), block.size());
    for (std::size_t i = 0; i < count; ++i) use(*block.at(i));
  }
  void pop_some(std::size_t most) {
    for (; most > 0; --most) {
      if (Item* item = deque_.pop()) use(*item);
    }
  }

  detail::SplitDeque<Item*> deque_{64};
  std::vector<Item> items_{256};
  std::atomic<bool> stopped_{false};
};

TEST(Stress, AnOwnerTwoThievesAndASeizerLoseNothing) {
  Deque deque;
  std::vector<std::thread> thieves;
  for (const bool seizes : {false, false, true})
    thieves.emplace_back([&deque, seizes] { deque.steal(seizes); });
  std::minstd_rand random(1);
  long rounds = 0;
  for (const auto end = Clock::now() + budget; Clock::now() < end; ++rounds)
    deque.run_round(random);
  deque.stop();
  for (auto& thief : thieves) thief.join();
  EXPECT_GT(rounds, 0);
}

/// Jobs of all kinds, many of which have to do with earlier ones.
class Medley {
 public:
  Medley(Pool& pool, std::mt19937& random) : pool_(pool), random_(random) {}

  void add_one() {
    const auto kind = random_() % 6;
    const auto priority = static_cast<Priority>(random_() % 4);
    if (kind == 0) return add([this] { ++started_; }, priority);
    if (kind == 1) return add([this] { fail(); }, priority);
    if (kind == 2 && !handles_.empty()) return add_after_others(priority);
    if (kind == 3 && !handles_.empty()) return add_waiting(priority);
    if (kind == 4 && !handles_.empty()) return (void)any().cancel();
    add(
        [this](JobContext& job) {
          ++started_;
          job.spawn([this] { ++spawned_; });
        },
        priority);
  }

  /// \returns how many jobs there were
  std::uint64_t expect_each_ended_once() {
    int final_states = 0;
    int never_started = 0;
    for (const auto& handle : handles_) {
      handle.wait();
      final_states += is_final(handle.state());
      never_started += handle.state() == JobState::cancelled;
    }
    pool_.wait();
    EXPECT_EQ(final_states, static_cast<int>(handles_.size()));
    EXPECT_EQ(started_ + never_started, static_cast<int>(handles_.size()));
    return handles_.size() + static_cast<std::uint64_t>(spawned_.load());
  }

 private:
  template <typename F>
  void add(F function, Priority priority) {
    handles_.push_back(pool_.submit(std::move(function), {.priority = priority}));
  }
  void fail() {
    ++started_;
    throw std::runtime_error("as planned");
  }
  void add_after_others(Priority priority) {
    std::vector<JobRef> after;
    for (auto n = 1 + random_() % 3; n > 0; --n)
      after.push_back(
          handles_[handles_.size() - 1 - random_() % std::min<std::size_t>(4, handles_.size())]);
    handles_.push_back(pool_.submit(
        [this, after] {
          ++started_;
          for (const auto& earlier : after) EXPECT_TRUE(is_final(earlier.state()));
        },
        {.priority = priority, .after = after}));
  }
  /// A critical one might preempt what it waits for, which its program must not let happen.
  void add_waiting(Priority priority) {
    add(
        [this, other = any()] {
          ++started_;
          other.wait();
        },
        std::max(priority, Priority::high));
  }
  const JobRef& any() { return handles_[random_() % handles_.size()]; }

  Pool& pool_;
  std::mt19937& random_;
  std::atomic<int> started_{0}, spawned_{0};
  std::vector<JobRef> handles_;
};

TEST(Stress, JobsOfAllKindsEndOnce) {
  Pool pool(small_pool(4));
  std::mt19937 random(7);
  std::uint64_t created = 0;
  for (const auto end = Clock::now() + budget; Clock::now() < end;) {
    Medley jobs(pool, random);
    for (int i = 0; i < 200; ++i) jobs.add_one();
    created += jobs.expect_each_ended_once();
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
