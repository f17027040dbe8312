#include "jackdaw/topology/victim_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "jackdaw/topology/machine.hpp"

namespace jackdaw::topology {
namespace {

std::size_t at(Tier tier) { return static_cast<std::size_t>(tier); }

TEST(VictimOrder, NearVictimsStandBeforeFarOnes) {
  // 2 sockets x 4 NUMA nodes x 8 cores x 2 hardware threads, on any laptop: the machine is a
  // string.
  const auto machine = Machine::synthetic("package:2 numa:4 l3:1 core:8 pu:2");
  const auto order = order_victims(machine.places(), /*self=*/0, /*seed=*/1);

  ASSERT_EQ(order.tiers.size(), machine_tier_count);
  EXPECT_EQ(order.tiers[at(Tier::core)].size(), 1u);      // the hyperthread on the core of worker 0
  EXPECT_EQ(order.tiers[at(Tier::cache)].size(), 14u);    // 7 other cores below the L3
  EXPECT_EQ(order.tiers[at(Tier::numa)].size(), 0u);      // which is all of the NUMA node
  EXPECT_EQ(order.tiers[at(Tier::package)].size(), 48u);  // 3 other nodes of the socket
  EXPECT_EQ(order.tiers[at(Tier::machine)].size(), 64u);  // the other socket
}

TEST(VictimOrder, EveryoneElseStandsInExactlyOneTier) {
  const auto machine = Machine::synthetic("package:2 l3:2 core:3 pu:1");
  const auto order = order_victims(machine.places(), 5, 7);
  std::multiset<std::uint32_t> all;
  for (const auto& tier : order.tiers) all.insert(tier.begin(), tier.end());
  EXPECT_EQ(all, (std::multiset<std::uint32_t>{0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11}));
}

TEST(VictimOrder, OneSeedGivesOneOrderAndSeedsDiffer) {
  const auto places = Machine::synthetic("package:1 l3:1 core:32 pu:1").places();
  EXPECT_EQ(order_victims(places, 3, 1).tiers, order_victims(places, 3, 1).tiers);
  EXPECT_NE(order_victims(places, 3, 1).tiers, order_victims(places, 3, 2).tiers);
}

TEST(VictimOrder, RefusesAWorkerThatDoesNotExist) {
  const auto machine = Machine::synthetic("package:1 core:2 pu:1");
  EXPECT_THROW((void)order_victims(machine.places(), 2, 1), std::out_of_range);
}

}  // namespace
}  // namespace jackdaw::topology
