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

/// A periodic checkpoint waits for a long job when a signal comes on another rank: from then on
/// that job has the whole grace time, for if it does not end within that, all is lost since the
/// last checkpoint.
TEST(CourierCheckpoints, TheGraceTimeBeginsAgainWhenTheRanksMustLeave) {
  constexpr std::int64_t late = 29'000'000'000;
  Surroundings around(1, {.ranks = 2});
  Ledger ledger;
  SimulatedRank first(around, ledger, 0), other(around, ledger, 1);
  std::int64_t asked = 0;
  around.world.add([&] {
    first.courier().save(first, false);
    EXPECT_EQ(first.courier().saving_since_ns(), around.world.now());
    while (!first.courier().will_leave()) {
      around.world.wait(1'000'000);
      first.courier().serve(first);
    }
  });
  around.world.add([&] {
    around.world.wait(late);
    other.courier().serve(other);
    EXPECT_TRUE(other.courier().is_saving());
    asked = around.world.now();
    other.courier().save(other, true);
    EXPECT_EQ(other.courier().saving_since_ns(), asked);
  });
  ASSERT_TRUE(around.world.run(2 * late));
  EXPECT_GE(first.courier().saving_since_ns(), asked);
}

}  // namespace
}  // namespace jackdaw::mpi
