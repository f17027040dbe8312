#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/courier_world.hpp"

// Checkpoints in simulated worlds: the words that begin them and call them off, among all others.

namespace jackdaw::mpi {
namespace {

using namespace testing;

/// Checkpoints, also some that are called off, and some that come when all was over. What was set
/// aside runs after the restart, or in the next run; each job runs once.
TEST(CourierCheckpoints, WhatIsSetAsideRunsOnceInTheEnd) {
  int saved = 0, resumed = 0, runs = 0;
  for (std::uint64_t seed = 1; seed <= 3000 && !HasFailure(); ++seed) {
    const Shape shape{1 + static_cast<int>(seed % 9), static_cast<int>(seed % 4), ways[seed % 3]};
    const std::string where = "seed " + std::to_string(seed);
    Story story(seed, shape, 100);
    story.ledger.makes_checkpoints = true;
    if (seed % 2 == 1) story.ledger.calls_off_at = static_cast<int>(seed / 2 % 100);
    for (std::size_t left = 1; left > 0; ++runs) {
      ASSERT_TRUE(story.around.world.run(1'000'000'000)) << "no end; " << where;
      ASSERT_TRUE(story.all_over()) << where;
      std::uint64_t round = 0;
      for (const auto& rank : story.all) round = std::max(round, rank->save_round());
      left = 0;
      for (auto& rank : story.all) left += rank->go_on(round);
      for (auto& rank : story.all) story.around.world.add([&rank] { rank->live(); });
    }
    for (std::size_t job = 0; job < story.ledger.runs.size(); ++job)
      ASSERT_EQ(story.ledger.runs[job], 1) << "job " << job << ", " << where;
    saved += story.ledger.saved;
    resumed += story.ledger.resumed;
  }
  EXPECT_GT(saved, 10'000);
  EXPECT_GT(resumed, 1000);
  EXPECT_GT(runs, 4000);
}

}  // namespace
}  // namespace jackdaw::mpi
