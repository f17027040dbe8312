#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "lib/balance_plan.hpp"
#include "support/pools.hpp"

// Work goes from those who have much to those who have little: by plan, and never more than needed.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using detail::Move;
using detail::plan_moves;
using detail::Queue;
using testing::small_pool;

template <typename Done>
void await(Done done) {
  while (!done()) std::this_thread::sleep_for(100us);
}

TEST(BalancePlan, DoesNothingBelowTheThreshold) {
  EXPECT_TRUE(plan_moves({}, 0.3).empty());
  EXPECT_TRUE(plan_moves(std::vector<Queue>{{0}, {0}}, 0.3).empty());
  EXPECT_TRUE(plan_moves(std::vector<Queue>{{10}, {10}, {10}}, 0.3).empty());
  EXPECT_TRUE(plan_moves(std::vector<Queue>{{13}, {7}}, 0.3).empty());  // 30 % above the mean
  EXPECT_FALSE(plan_moves(std::vector<Queue>{{14}, {6}}, 0.3).empty());
  EXPECT_TRUE(plan_moves(std::vector<Queue>{{1}, {0}}, 0.3).empty());  // nothing to split
}

TEST(BalancePlan, FillsTheHungriestUpToTheMean) {
  const auto moves = plan_moves(std::vector<Queue>{{100}, {0}, {20}, {0}}, 0.3);
  std::vector<std::int64_t> after{100, 0, 20, 0};
  for (const Move& move : moves) {
    after[move.from] -= move.jobs;
    after[move.to] += move.jobs;
  }
  EXPECT_EQ(after, (std::vector<std::int64_t>{30, 30, 30, 30}));
}

/// It is work that is moved, not numbers: one long job weighs as much as many short ones.
TEST(BalancePlan, CountsWork) {
  const auto moves = plan_moves(std::vector<Queue>{{4, 1000}, {1000, 1}}, 0.3);
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves[0].from, 0U);
  EXPECT_EQ(moves[0].jobs, 1);  // 3000 beside 2000; a second would be more than needed
}

TEST(BalancePlan, NeverMovesMoreThanNeeded) {
  std::mt19937 random(1);
  const auto draw = [&](unsigned below) { return static_cast<std::int64_t>(random() % below); };
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Queue> queues(1 + random() % 9);
    for (Queue& queue : queues) queue = {draw(50), 1 + draw(20)};
    std::vector<std::int64_t> work, jobs;
    for (const Queue& queue : queues) {
      work.push_back(queue.work());
      jobs.push_back(queue.jobs);
    }
    const auto before = work;
    const auto mean = std::accumulate(work.begin(), work.end(), std::int64_t{0}) /
                      static_cast<std::int64_t>(work.size());
    for (const Move& move : plan_moves(queues, 0.3)) {
      ASSERT_GT(move.jobs, 0);
      ASSERT_NE(move.from, move.to);
      jobs[move.from] -= move.jobs;
      work[move.from] -= move.jobs * queues[move.from].ns_per_job;
      work[move.to] += move.jobs * queues[move.from].ns_per_job;
      ASSERT_GE(jobs[move.from], 0);
      ASSERT_GE(work[move.from], mean);  // the giver stays above,
      ASSERT_LE(work[move.to], mean);    // the receiver below
      ASSERT_GT(before[move.from], mean);
      ASSERT_LT(before[move.to], mean);
    }
  }
}

// --- the doing -----------------------------------------------------------------------------------

Config balancing_pool(unsigned workers) {
  auto config = small_pool(workers);
  config.rebalance_interval = 1ms;
  return config;
}

/// All workers but one are in long jobs: nobody steals, but the work is spread all the same.
TEST(Rebalancing, MovesJobsToWorkersByName) {
  Pool pool(balancing_pool(3));
  std::atomic<int> busy{0}, ran{0};
  std::atomic<bool> go_on{false};
  std::atomic<std::uint64_t> moved{0};
  auto heard = pool.subscribe([&](const Event& event) {
    if (event.kind == EventKind::rebalanced) ++moved;
  });
  for (int i = 0; i < 2; ++i) {
    pool.spawn([&] {
      ++busy;
      await([&] { return go_on.load(); });
    });
  }
  await([&] { return busy == 2; });
  pool.spawn([&](JobContext& job) {
    for (int i = 0; i < 300; ++i) job.spawn([&] { ++ran; });
    await([&] { return pool.statistics().jobs_rebalanced >= 150; });
    std::this_thread::sleep_for(50ms);  // as many looks as may be: what was moved stays to be done
    go_on = true;
  });
  pool.wait();
  heard.flush();
  EXPECT_EQ(ran, 300);
  EXPECT_EQ(moved, pool.statistics().jobs_rebalanced);
  EXPECT_GE(moved, 150U);
  EXPECT_LE(moved, 200U);  // each has 100 then
}

/// What was put aside for a worker that does not come is run by others.
TEST(Rebalancing, StrandsNothing) {
  Pool pool(balancing_pool(2));
  std::atomic<bool> is_busy{false}, go_on{false};
  std::atomic<int> ran{0};
  pool.spawn([&] {
    is_busy = true;
    await([&] { return go_on.load(); });
  });
  await([&] { return is_busy.load(); });
  pool.spawn([&](JobContext& job) {
    for (int i = 0; i < 100; ++i) job.spawn([&] { ++ran; });
    await([&] { return pool.statistics().jobs_rebalanced > 0; });
  });
  await([&] { return ran == 100; });  // while the other is still busy
  EXPECT_FALSE(go_on);
  go_on = true;
  pool.wait();
}

TEST(Rebalancing, LosesNothingAndRunsNothingTwice) {
  Pool pool(balancing_pool(4));
  constexpr std::size_t jobs = 20'000;
  std::vector<std::atomic<int>> runs(jobs);
  pool.spawn([&](JobContext& job) {
    for (std::size_t i = 0; i < jobs; ++i) {
      job.spawn([&runs, i] {
        ++runs[i];
        if (i % 500 == 0) std::this_thread::sleep_for(1ms);
      });
    }
  });
  std::vector<JobRef> handles;
  for (int i = 0; i < 1000; ++i) handles.push_back(pool.submit([] {}));
  for (std::size_t i = 0; i < handles.size(); i += 3) handles[i].cancel();
  pool.wait();
  for (std::size_t i = 0; i < jobs; ++i) ASSERT_EQ(runs[i], 1);
  for (const JobRef& job : handles) ASSERT_TRUE(is_final(job.state()));
  EXPECT_EQ(pool.statistics().jobs_created, pool.statistics().jobs_finished);
}

}  // namespace
}  // namespace jackdaw
