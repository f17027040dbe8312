#include "jackdaw/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

TEST(Pool, DrainsWhatIsQueuedWhenItEnds) {
  std::atomic<int> ran{0};
  {
    Pool pool(small_pool(2));
    for (int i = 0; i < 5000; ++i) {
      pool.spawn([&](JobContext& job) {
        ++ran;
        job.spawn([&] { ++ran; });
      });
    }
  }
  EXPECT_EQ(ran, 10'000);
}

TEST(Pool, CancelsWhatIsQueuedIfAsked) {
  std::atomic<int> ran{0};
  std::atomic<bool> entered{false};
  std::vector<JobHandle<void>> handles;
  {
    auto config = small_pool(1);
    config.at_exit = AtExit::cancel;
    Pool pool(config);
    pool.spawn([&](JobContext& job) {  // holds the only worker until the pool closes
      entered = true;
      for (JobRef probe; !probe || probe.state() != JobState::cancelled; probe.wait())
        probe = job.submit([] {});
    });
    while (!entered) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) handles.push_back(pool.submit([&] { ++ran; }));
    for (int i = 0; i < 1000; ++i) pool.spawn([&] { ++ran; });
  }
  EXPECT_EQ(ran, 0);
  for (const auto& handle : handles) EXPECT_EQ(handle.state(), JobState::cancelled);
}

/// Each of them makes the next one, for ever.
struct Endless {
  std::atomic<int>& begun;
  void operator()(JobContext& job) const {
    ++begun;
    job.spawn(*this);
  }
};

TEST(Pool, CancelsJobsThatWouldNeverRunOut) {
  for (const unsigned workers : {1U, 2U, 4U}) {
    std::atomic<int> begun{0};
    auto config = small_pool(workers);
    config.at_exit = AtExit::cancel;
    Pool pool(config);
    for (int i = 0; i < 3; ++i) pool.spawn(Endless{begun});
    while (begun < 100) std::this_thread::yield();
  }  // the destructor returns only if it cancels the next ones
}

TEST(Pool, CancelsWhatAJobWaitsForWhileItCloses) {
  for (const unsigned workers : {1U, 2U}) {
    std::atomic<int> begun{0};
    std::atomic<bool> was_told{false};
    {
      auto config = small_pool(workers);
      config.at_exit = AtExit::cancel;
      Pool pool(config);
      pool.spawn([&](JobContext& job) {
        try {
          for (;;) job.submit([&] { ++begun; }).get();  // it starts them itself
        } catch (const Cancelled&) {
          was_told = true;
        }
      });
      while (begun < 100) std::this_thread::yield();
    }
    EXPECT_TRUE(was_told);
  }
}

TEST(Pool, CancelsWhatComesAfterOthersWhileItCloses) {
  std::atomic<bool> entered{false};
  JobHandle<int> second;
  {
    auto config = small_pool(1);
    config.at_exit = AtExit::cancel;
    Pool pool(config);
    pool.spawn([&](JobContext& job) {
      entered = true;
      for (bool cancelled = false; !cancelled;) {
        const auto first = job.submit([] { return 1; });
        second = job.submit([] { return 2; }, {.after = std::vector<JobRef>{first}});
        second.wait();
        cancelled = second.state() == JobState::cancelled;
      }
    });
    while (!entered) std::this_thread::yield();
  }
  EXPECT_EQ(second.state(), JobState::cancelled);
}

TEST(Pool, HandlesMayOutliveIt) {
  JobHandle<std::vector<int>> handle;
  {
    Pool pool(small_pool(2));
    handle = pool.submit([] { return std::vector<int>(1000, 3); });
  }
  EXPECT_EQ(handle.get().size(), 1000u);
  const auto copy = handle;
  handle = {};
  EXPECT_EQ(copy.get()[5], 3);
}

TEST(Pool, TheCallerOfRunIsWorker0) {
  Pool pool(small_pool(2));
  const auto self = std::this_thread::get_id();
  for (int i = 0; i < 100; ++i) {
    pool.run([&](JobContext& job) {
      EXPECT_EQ(std::this_thread::get_id(), self);
      EXPECT_EQ(job.worker(), 0u);
    });
  }
}

TEST(Pool, IfWorker0IsBusyAnotherOneRuns) {
  Pool pool(small_pool(2));
  std::thread outer([&] {
    pool.run([&] {
      std::thread inner([&] { EXPECT_EQ(pool.run([] { return 5; }), 5); });
      inner.join();  // while worker 0 is taken
    });
  });
  outer.join();
}

TEST(Pool, WhatAGuestLeavesBehindIsRun) {
  Pool pool(small_pool(1));
  std::atomic<int> ran{0};
  pool.run([&](JobContext& job) {
    for (int i = 0; i < 100; ++i) job.spawn([&] { ++ran; });
  });
  pool.wait();
  EXPECT_EQ(ran, 100);
}

TEST(Pool, RunInsideAJobIsAPlainCall) {
  Pool pool(small_pool(1));
  EXPECT_EQ(pool.run([&] { return pool.run([] { return 9; }); }), 9);
}

TEST(Pool, APoolInsideAPool) {
  Pool outer(small_pool(2));
  const long sum = outer.run([] {
    const auto [a, b] = fork_join(
        [] {
          Pool inner(small_pool(2));
          return inner.run([] {
            const auto [x, y] = fork_join([] { return 1L; }, [] { return 2L; });
            return x + y;
          });
        },
        [] {
          Pool inner(small_pool(1));
          return inner.submit([] { return 4L; }).get();
        });
    return a + b;
  });
  EXPECT_EQ(sum, 7);
}

TEST(Pool, ManyThreadsSubmitAtOnce) {
  Pool pool(small_pool(2));
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        if (i % 3 == 0) {
          pool.submit([&] { ++ran; }).wait();
        } else {
          pool.spawn([&] { ++ran; });
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  pool.wait();
  EXPECT_EQ(ran, 12'000);
}

TEST(Pool, WaitReturnsAtOnceIfThereIsNothing) {
  Pool pool(small_pool(2));
  pool.wait();
  pool.wait();
}

TEST(Pool, OneWorkerIsEnoughForAsynchronousJobs) {
  Pool pool(small_pool(1));
  std::atomic<bool> done{false};
  pool.spawn([&] { done = true; });
  while (!done) std::this_thread::yield();  // nobody helps
}

TEST(Pool, ADequeMovesItsOldestHalfToTheListWhenItsCapacityIsReached) {
  for (const unsigned capacity : {2U, 64U, 1024U, 16384U}) {
    auto config = small_pool(1);
    config.deque_capacity = capacity;
    Pool pool(config);
    std::atomic<unsigned> ran{0};
    pool.run([&](JobContext& job) {
      for (unsigned i = 1; i < capacity; ++i) job.spawn([&] { ++ran; });
      EXPECT_EQ(pool.statistics().jobs_overflowed, 0u) << capacity;
      job.spawn([&] { ++ran; });
      EXPECT_EQ(pool.statistics().jobs_overflowed, capacity / 2);
    });
    pool.wait();
    EXPECT_EQ(ran, capacity);
  }
}

TEST(Pool, RefusesASettingOutOfRange) {
  auto config = small_pool(1);
  config.max_steal_batch = 100;
  EXPECT_THROW(Pool{config}, ConfigError);
}

TEST(Pool, EveryStrategyRunsEverything) {
  for (const auto strategy :
       {Strategy::single, Strategy::batched, Strategy::locality_aware, Strategy::adaptive}) {
    auto config = small_pool(4);
    config.strategy = strategy;
    Pool pool(config);
    std::atomic<int> ran{0};
    pool.spawn([&](JobContext& job) {
      for (int i = 0; i < 3000; ++i) job.spawn([&] { ++ran; });
    });
    pool.wait();
    EXPECT_EQ(ran, 3000) << name(strategy);
  }
}

}  // namespace
}  // namespace jackdaw
