#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/cereal.hpp"
#include "jackdaw/fork_join.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

// Results of movable jobs in a pool of its own.

namespace jackdaw {
namespace {

using testing::small_pool;

long square(JobContext&, const long& n) { return n * n; }

std::string text_of(JobContext&, const std::size_t& bytes) { return std::string(bytes, 'x'); }

std::unique_ptr<int> only_moves(JobContext&, const int& n) { return std::make_unique<int>(n); }

int fails_if_odd(JobContext&, const int& n) {
  if (n % 2 != 0) throw std::runtime_error("number " + std::to_string(n) + " is odd");
  return n;
}

int throws_a_number(JobContext&, const int& n) { throw n; }

void does_nothing(JobContext&, const int&) {}

/// Each waits for both of its parts.
long fib(JobContext& job, const int& n) {
  if (n < 2) return n;
  const auto one = job.submit<fib>(n - 1);
  const auto two = job.submit<fib>(n - 2);
  return one.get() + two.get();
}

class Futures : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, Futures, ::testing::Values(1u, 2u, 4u),
                         ::testing::PrintToStringParamName());

TEST_P(Futures, AFutureBringsTheResult) {
  auto future = pool.submit<square>(12);
  EXPECT_TRUE(future);
  const auto copy = future;
  EXPECT_EQ(future.get(), 144);
  EXPECT_TRUE(copy.is_ready());
  EXPECT_EQ(&copy.get(), &future.get());
  EXPECT_EQ(*pool.submit<only_moves>(5).get(), 5);
  static_assert(std::is_void_v<decltype(pool.submit<does_nothing>(1))>);
  pool.submit<does_nothing>(1);
  pool.spawn<square>(3);  // its result is dropped
  pool.wait();
  EXPECT_FALSE(RemoteFuture<int>());
}

TEST_P(Futures, WhatAJobThrowsComesOutOfItsFutureAlone) {
  const auto odd = pool.submit<fails_if_odd>(7);
  try {
    (void)odd.get();
    ADD_FAILURE() << "it did not throw";
  } catch (const RemoteError& error) {
    EXPECT_STREQ(error.what(), "number 7 is odd");
    EXPECT_EQ(error.rank(), 0);
  }
  EXPECT_THROW((void)odd.get(), RemoteError);  // as often as it is asked
  EXPECT_THROW((void)pool.submit<throws_a_number>(7).get(), RemoteError);
  EXPECT_NO_THROW(pool.wait());
  EXPECT_EQ(pool.statistics().jobs_failed, 2u);
  EXPECT_EQ(pool.statistics().jobs_failed_detached, 0u);
  pool.spawn<fails_if_odd>(7);
  EXPECT_THROW(pool.wait(), std::runtime_error);
  EXPECT_EQ(pool.statistics().jobs_failed_detached, 1u);
}

TEST_P(Futures, JobsWaitForTheFuturesOfTheirJobs) {
  EXPECT_EQ(pool.submit<fib>(17).get(), 1597);
  EXPECT_EQ(pool.run([](JobContext& job) { return job.submit<fib>(10).get(); }), 55);
}

TEST_P(Futures, TasksWaitForFuturesToo) {
  const long sum = pool.run([](JobContext& job) {
    const auto [one, two] = fork_join([&] { return job.submit<fib>(12).get(); },
                                      [&] { return job.submit<fib>(11).get(); });
    return one + two;
  });
  EXPECT_EQ(sum, 233);
}

std::atomic<bool> gate{false};
int passes_when_open(JobContext&, const int& n) {
  while (!gate) std::this_thread::yield();
  return n;
}

TEST_P(Futures, ManyThreadsWaitForOneFuture) {
  gate = false;
  const auto future = pool.submit<passes_when_open>(9);
  std::atomic<int> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&, future] { sum += future.get(); });
  EXPECT_FALSE(future.is_ready());
  gate = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sum, 36);
}

/// Waiting outside, over and over: a wake-up that is lost would show as a hang.
TEST_P(Futures, NoWakeUpIsLost) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  long n = 0;
  while (std::chrono::steady_clock::now() < end) {
    ASSERT_EQ(pool.submit<square>(n).get(), n * n);
    ++n;
  }
}

RemoteFuture<long> own_future;
std::atomic<bool> has_own_future{false};
long waits_for_itself(JobContext&, const int&) {
  while (!has_own_future) std::this_thread::yield();
  return own_future.get();
}

TEST_P(Futures, AJobThatWaitsForItselfIsTold) {
  has_own_future = false;
  own_future = pool.submit<waits_for_itself>(0);
  has_own_future = true;
  try {
    (void)own_future.get();
    ADD_FAILURE() << "it did not throw";
  } catch (const RemoteError& error) {
    EXPECT_NE(std::string(error.what()).find("waits for its own future"), std::string::npos);
  }
  own_future = {};
}

/// Each job lies on the stack of the one before.
long nest(JobContext& job, const int& depth) {
  return depth == 0 ? 0 : 1 + job.submit<nest>(depth - 1).get();
}

TEST(FuturesOfAPool, AStackThatIsUsedUpIsAnErrorAndNoCrash) {
  Config config = small_pool(1);
  config.stack_bytes = std::size_t{1} << 20;
  Pool pool(config);
  EXPECT_EQ(pool.submit<nest>(20).get(), 20);
  try {
    (void)pool.submit<nest>(100'000).get();
    ADD_FAILURE() << "it fitted";
  } catch (const RemoteError& error) {
    EXPECT_NE(std::string(error.what()).find("raise stack_bytes"), std::string::npos)
        << error.what();
  }
}

TEST(FuturesOfAPool, AFutureOutlivesItsPool) {
  RemoteFuture<std::string> done;
  RemoteFuture<int> failed;
  {
    Pool pool(small_pool(2));
    done = pool.submit<text_of>(5000u);
    failed = pool.submit<fails_if_odd>(1);
  }
  EXPECT_EQ(done.get().size(), 5000u);
  EXPECT_THROW((void)failed.get(), RemoteError);
}

TEST(FuturesOfAPool, AFutureWhoseJobIsCancelledIsTold) {
  Config config = small_pool(1);
  config.at_exit = AtExit::cancel;
  RemoteFuture<long> future;
  RemoteFuture<long> inner;
  {
    std::atomic<bool> entered{false}, closing{false};
    Pool pool(config);  // last: its jobs use the others
    pool.spawn([&](JobContext& job) {
      entered = true;
      while (!closing) std::this_thread::yield();
      inner = job.submit<square>(3);
    });
    while (!entered) std::this_thread::yield();
    future = pool.submit<square>(2);
    closing = true;
  }  // what has not started by now never will
  try {
    const bool ran = future.get() == 4;
    EXPECT_TRUE(ran);
  } catch (const RemoteError& error) {
    EXPECT_STREQ(error.what(), "the job was cancelled");
  }
  inner.wait();
}

/// What is waited for inside a job must be told as well, or the pool could not end.
TEST(FuturesOfAPool, AJobThatWaitsForACancelledOneGoesOn) {
  Config config = small_pool(1);
  config.at_exit = AtExit::cancel;
  std::atomic<bool> entered{false};
  std::string told;
  std::thread waiter;
  {
    Pool pool(config);
    pool.spawn([&](JobContext& job) {
      entered = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(30));  // the pool closes meanwhile
      try {
        (void)job.submit<square>(3).get();
        told = "nothing";
      } catch (const RemoteError& error) {
        told = error.what();
      }
    });
    while (!entered) std::this_thread::yield();
  }
  EXPECT_TRUE(told == "the job was cancelled" || told == "nothing") << told;
}

TEST(FuturesOfAPool, AbandonedFuturesFail) {
  Pool pool(small_pool(1));
  PackedJob packed;
  Bytes payload;
  const auto future = pool.pack<square>(packed, payload, 3);  // and never started
  EXPECT_FALSE(future.is_ready());
  pool.abandon_futures("nobody comes");
  try {
    (void)future.get();
    ADD_FAILURE() << "it did not throw";
  } catch (const RemoteError& error) {
    EXPECT_STREQ(error.what(), "nobody comes");
  }
}

}  // namespace
}  // namespace jackdaw
