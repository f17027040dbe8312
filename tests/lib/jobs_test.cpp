#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <system_error>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

class Jobs : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, Jobs, ::testing::Values(1u, 2u, 4u),
                         ::testing::PrintToStringParamName());

/// Keeps a worker busy until told otherwise.
struct Gate {
  std::atomic<bool> entered{false}, open{false};
  void pass() {
    entered = true;
    while (!open) std::this_thread::yield();
  }
  void wait_entered() const {
    while (!entered) std::this_thread::yield();
  }
};

/// All workers of the pool, each held by a gate.
struct Blockade {
  explicit Blockade(Pool& pool) : gates(pool.workers()) {
    for (auto& gate : gates)
      jobs.push_back(pool.submit([&gate] { gate.pass(); }, {.priority = Priority::critical}));
    for (auto& gate : gates) gate.wait_entered();
  }
  void open() {
    for (auto& gate : gates) gate.open = true;
    for (auto& job : jobs) job.wait();  // they look at the gates
  }
  std::vector<Gate> gates;
  std::vector<JobHandle<void>> jobs;
};

TEST_P(Jobs, AHandleBringsTheResult) {
  auto job = pool.submit([] { return 6 * 7; });
  EXPECT_EQ(job.get(), 42);
  EXPECT_EQ(job.state(), JobState::completed);
}

TEST_P(Jobs, AHandleBringsTheException) {
  auto job = pool.submit([]() -> int { throw std::runtime_error("no"); });
  job.wait();
  EXPECT_EQ(job.state(), JobState::failed);
  EXPECT_THROW(job.get(), std::runtime_error);
  EXPECT_EQ(job.report().error, "no");
  pool.wait();  // an exception that a handle brings is not brought again
}

TEST_P(Jobs, WhatASpawnedJobThrowsComesOutOfWaitOnce) {
  pool.spawn([] { throw std::runtime_error("lost?"); });
  EXPECT_THROW(pool.wait(), std::runtime_error);
  EXPECT_NO_THROW(pool.wait());
  EXPECT_EQ(pool.statistics().jobs_failed, 1u);
}

TEST_P(Jobs, KnowWhatTheyAreCalled) {
  std::uint64_t inside = 0;
  auto job = pool.submit(
      [&](JobContext& context) {
        inside = context.id();
        EXPECT_EQ(context.name(), "relax");
        EXPECT_EQ(context.priority(), Priority::low);
        EXPECT_LT(context.worker(), GetParam());
      },
      {.name = "relax", .priority = Priority::low});
  job.wait();
  EXPECT_EQ(job.id(), inside);
  const auto report = job.report();
  EXPECT_EQ(report.name, "relax");
  EXPECT_EQ(report.priority, Priority::low);
  EXPECT_EQ(report.state, JobState::completed);
}

TEST_P(Jobs, StatesCanBeReadWhileTheyLast) {
  Blockade blockade(pool);
  Gate gate;
  auto job = pool.submit([&] { gate.pass(); });
  EXPECT_EQ(job.state(), JobState::pending);
  blockade.open();
  gate.wait_entered();
  EXPECT_EQ(job.state(), JobState::running);
  gate.open = true;
  job.wait();
  EXPECT_EQ(job.state(), JobState::completed);
}

TEST_P(Jobs, ACancelledJobThatHasNotStartedNeverDoes) {
  Blockade blockade(pool);
  std::atomic<bool> ran{false};
  auto job = pool.submit([&] { ran = true; });
  EXPECT_TRUE(job.cancel());
  EXPECT_FALSE(job.cancel());
  EXPECT_EQ(job.state(), JobState::cancelled);
  EXPECT_THROW(job.get(), Cancelled);
  blockade.open();
  pool.wait();
  EXPECT_FALSE(ran);
  EXPECT_EQ(pool.statistics().jobs_cancelled, 1u);
}

TEST_P(Jobs, ARunningJobIsCancelledAtItsNextCheckpoint) {
  Gate gate;
  std::stop_token token;
  auto job = pool.submit([&](JobContext& context) {
    token = context.stop_token();
    gate.entered = true;
    for (;;) context.checkpoint();
  });
  gate.wait_entered();
  EXPECT_FALSE(job.cancel());  // it had started
  job.wait();
  EXPECT_EQ(job.state(), JobState::cancelled);
  EXPECT_TRUE(token.stop_requested());
}

TEST_P(Jobs, ARunningJobThatTakesNoNoticeCompletes) {
  Gate gate;
  auto job = pool.submit([&] {
    gate.pass();
    return 5;
  });
  gate.wait_entered();
  EXPECT_FALSE(job.cancel());
  gate.open = true;
  EXPECT_EQ(job.get(), 5);
}

TEST_P(Jobs, ThrowingCancelledWithoutBeingAskedIsAFailure) {
  auto job = pool.submit([] { throw Cancelled("of my own accord"); });
  job.wait();
  EXPECT_EQ(job.state(), JobState::failed);
}

TEST_P(Jobs, AJobComesAfterOthers) {
  std::atomic<int> done{0};
  std::vector<JobRef> first;
  for (int i = 0; i < 10; ++i) first.push_back(pool.submit([&] { ++done; }));
  auto second = pool.submit([&] { return done.load(); }, {.after = first});
  auto third =
      pool.submit([&] { return second.get() + 1; }, {.after = std::vector<JobRef>{second}});
  EXPECT_EQ(second.get(), 10);
  EXPECT_EQ(third.get(), 11);
}

TEST_P(Jobs, AfterMeansFinalHoweverItEnded) {
  Blockade blockade(pool);
  auto failed = pool.submit([] { throw std::runtime_error("x"); });
  auto cancelled = pool.submit([] {});
  auto after = pool.submit([] { return 1; }, {.after = std::vector<JobRef>{failed, cancelled}});
  EXPECT_EQ(after.state(), JobState::pending);
  cancelled.cancel();
  blockade.open();
  EXPECT_EQ(after.get(), 1);
}

TEST_P(Jobs, AChainOfJobsWaitsItsWholeLength) {
  std::vector<int> order;
  JobRef last;
  for (int i = 0; i < 500; ++i) {
    const std::vector<JobRef> before = last ? std::vector<JobRef>{last} : std::vector<JobRef>{};
    last = pool.submit([&order, i] { order.push_back(i); }, {.after = before});
  }
  last.wait();
  ASSERT_EQ(order.size(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST_P(Jobs, ABlockedJobCanBeCancelled) {
  Gate gate;
  auto first = pool.submit([&] { gate.pass(); });
  auto second = pool.submit([] {}, {.after = std::vector<JobRef>{first}});
  EXPECT_TRUE(second.cancel());
  gate.open = true;
  pool.wait();
  EXPECT_EQ(second.state(), JobState::cancelled);
}

TEST_P(Jobs, AJobWaitsForAJobThatItMade) {
  std::function<int(JobContext&, int)> nest = [&](JobContext& job, int depth) -> int {
    if (depth == 0) return 1;
    auto left = job.submit([&, depth](JobContext& inner) { return nest(inner, depth - 1); });
    auto right = job.submit([&, depth](JobContext& inner) { return nest(inner, depth - 1); });
    return left.get() + right.get();
  };
  EXPECT_EQ(pool.submit([&](JobContext& job) { return nest(job, 8); }).get(), 256);
}

TEST_P(Jobs, AJobWaitsForOneThatComesAfterOthers) {
  const int sum = pool.run([&](JobContext& job) {
    auto a = job.submit([] { return 1; });
    auto b = job.submit([&] { return a.get() + 1; }, {.after = std::vector<JobRef>{a}});
    auto c = job.submit([&] { return b.get() + 1; }, {.after = std::vector<JobRef>{b}});
    return c.get();
  });
  EXPECT_EQ(sum, 3);
}

TEST_P(Jobs, AJobThatWaitsForItselfIsTold) {
  JobHandle<void> self;
  Gate gate;
  self = pool.submit([&] {
    gate.pass();
    self.wait();
  });
  gate.wait_entered();
  gate.open = true;
  self.wait();
  EXPECT_EQ(self.state(), JobState::failed);
  EXPECT_THROW(self.get(), std::system_error);
}

TEST_P(Jobs, WaitingForThePoolInsideItIsRefused) {
  EXPECT_THROW(pool.run([&] { pool.wait(); }), std::logic_error);
}

TEST_P(Jobs, ABatchHasAHandleForEach) {
  std::vector<std::function<int()>> functions;
  for (int i = 0; i < 3000; ++i) functions.push_back([i] { return i; });
  const auto handles = pool.submit_batch(functions);
  ASSERT_EQ(handles.size(), 3000u);
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(handles[static_cast<std::size_t>(i)].get(), i);
}

TEST_P(Jobs, ClosuresAreDestroyedWhicheverWayTheyEnd) {
  const auto alive = std::make_shared<int>(0);
  {
    Blockade blockade(pool);
    auto cancelled = pool.submit([alive] {});
    auto failed = pool.submit([alive] { throw std::runtime_error("x"); });
    auto kept = pool.submit([alive] { return alive; });
    pool.spawn([alive] {});
    cancelled.cancel();
    blockade.open();
    pool.wait();
    EXPECT_EQ(kept.get(), alive);
    kept.wait();
  }
  pool.wait();
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_P(Jobs, WhatACancelledJobHoldsIsGoneOnceThePoolIsQuietThoughItsHandleIsNot) {
  Blockade blockade(pool);
  auto held = std::make_shared<int>(1);
  const auto pending = pool.submit([held] {});
  const auto blocked = pool.submit([held] {}, {.after = std::vector<JobRef>{pending}});
  const auto past = std::chrono::system_clock::now() - std::chrono::seconds(1);
  const auto late = pool.submit([held] {}, {.deadline = past});
  late.wait();
  EXPECT_EQ(late.state(), JobState::timed_out);
  EXPECT_EQ(held.use_count(), 4);
  EXPECT_TRUE(blocked.cancel());
  EXPECT_TRUE(pending.cancel());
  blockade.open();
  pool.wait();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_P(Jobs, ClosuresMayBeLargeOrStrictlyAligned) {
  struct alignas(64) Large {
    std::array<char, 2000> bytes{};
  };
  Large large;
  large.bytes[1999] = 7;
  auto job = pool.submit([large] {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&large) % 64, 0u);
    return static_cast<int>(large.bytes[1999]);
  });
  EXPECT_EQ(job.get(), 7);
  pool.spawn([large] { EXPECT_EQ(large.bytes[1999], 7); });
  pool.wait();
}

TEST_P(Jobs, AClosureThatCannotBeCopiedLeavesNoJob) {
  struct Bad {
    Bad() = default;
    Bad(const Bad&) { throw std::runtime_error("no copies"); }
    void operator()() const {}
  };
  const Bad bad;
  EXPECT_THROW(pool.spawn(bad), std::runtime_error);
  EXPECT_THROW((void)pool.submit(bad), std::runtime_error);
  pool.wait();
  EXPECT_EQ(pool.statistics().jobs_created, 0u);
}

}  // namespace
}  // namespace jackdaw
