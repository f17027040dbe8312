// Whom a worker steals from, and how much, as its strategy and the machine have it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

/// Where nobody moves jobs but thieves.
Config pool_of(unsigned workers, Strategy strategy) {
  auto config = small_pool(workers);
  config.strategy = strategy;
  config.starvation_age = config.rebalance_interval = std::chrono::milliseconds::zero();
  return config;
}

/// Two packages of two NUMA nodes of two cores: workers 0 and 1 share a node, 0 to 3 a package.
Config on_eight_cores(Strategy strategy, std::uint64_t seed) {
  setenv("HWLOC_SYNTHETIC", "package:2 numa:2 core:2 pu:1", 1);
  auto config = pool_of(8, strategy);
  config.seed = seed;
  return config;
}

/// Of one worker and another: 0 the same node, 1 the same package, 2 neither.
unsigned distance(unsigned a, unsigned b) { return a / 2 == b / 2 ? 0 : a / 4 == b / 4 ? 1 : 2; }

/// A job on each worker, so that all are held. All but one, the thief, make jobs; then the thief
/// is let go, and alone runs all of these.
struct Theft {
  /// \param jobs  how many each of the others makes; for everybody to see, since they are urgent
  Theft(Pool& pool, unsigned thief, unsigned jobs) {
    for (unsigned i = 0; i < pool.workers(); ++i) {
      pool.spawn([&, thief, jobs](JobContext& job) {
        ++held;
        wait_for(job, held, pool.workers());
        if (job.worker() == thief) {
          wait_for(job, loaded, pool.workers() - 1);
          before = pool.statistics().workers[thief];
          return;
        }
        for (unsigned n = 0; n < jobs; ++n) {
          job.spawn([this, by = job.worker()] { makers.push_back(by), ++ran; },
                    {.priority = Priority::high});
        }
        ++loaded;
        wait_for(job, ran, jobs * (pool.workers() - 1));
      });
    }
    pool.wait();
    after = pool.statistics().workers[thief];
  }
  static void wait_for(JobContext& job, const std::atomic<unsigned>& count, unsigned goal) {
    while (count < goal) {
      job.checkpoint();  // those that are not started yet go to other workers
      std::this_thread::yield();
    }
  }
  std::atomic<unsigned> held{0}, loaded{0}, ran{0};
  std::vector<unsigned> makers;  // of the jobs, in the order in which the thief ran them
  WorkerStatistics before, after;
};

/// Whether some thief asked one that is further away before one that is nearer.
bool goes_far_first(Strategy strategy) {
  bool far_first = false;
  for (unsigned round = 0; round < 24; ++round) {
    Pool pool(on_eight_cores(strategy, round));
    const unsigned thief = round % 8;
    const Theft theft(pool, thief, 1);
    EXPECT_EQ(theft.makers.size(), 7u);
    far_first =
        far_first || !std::is_sorted(theft.makers.begin(), theft.makers.end(), [=](auto a, auto b) {
          return distance(thief, a) < distance(thief, b);
        });
  }
  return far_first;
}

TEST(Victims, AreAskedByTheirDistanceIfTheStrategyKnowsIt) {
  EXPECT_FALSE(goes_far_first(Strategy::locality_aware));
  EXPECT_FALSE(goes_far_first(Strategy::adaptive));
}

TEST(Victims, AreAskedAtRandomIfItDoesNot) {
  EXPECT_TRUE(goes_far_first(Strategy::single));
  EXPECT_TRUE(goes_far_first(Strategy::batched));
}

/// How often the thief stole to get 16 jobs of one victim.
std::uint64_t steals_of_sixteen(Strategy strategy, unsigned max_batch) {
  auto config = pool_of(2, strategy);
  config.max_steal_batch = max_batch;
  Pool pool(config);
  const Theft theft(pool, 0, 16);
  EXPECT_EQ(theft.after.jobs_stolen - theft.before.jobs_stolen, 16u);
  return theft.after.steals - theft.before.steals;
}

TEST(Victims, GiveOneJobOrHalfOfWhatTheyHaveOrABatch) {
  EXPECT_EQ(steals_of_sixteen(Strategy::single, 64), 16u);
  EXPECT_EQ(steals_of_sixteen(Strategy::batched, 64), 5u);  // 8, 4, 2, 1, 1
  EXPECT_EQ(steals_of_sixteen(Strategy::locality_aware, 64), 5u);
  EXPECT_EQ(steals_of_sixteen(Strategy::batched, 3), 7u);  // 3, 3, 3, 3, 2, 1, 1
}

}  // namespace
}  // namespace jackdaw
