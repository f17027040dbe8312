#include "jackdaw/topology/place.hpp"

#include <gtest/gtest.h>

#include "jackdaw/topology/machine.hpp"

namespace jackdaw::topology {
namespace {

TEST(Tier, IsTheSmallestThingThatTwoPlacesShare) {
  // 2 sockets x 4 NUMA nodes x 2 L3 x 4 cores x 2 hardware threads
  const auto machine = Machine::synthetic("package:2 numa:4 l3:2 core:4 pu:2");
  const auto& places = machine.places();
  EXPECT_EQ(tier_between(places[0], places[0]), Tier::core);
  EXPECT_EQ(tier_between(places[0], places[1]), Tier::core);
  EXPECT_EQ(tier_between(places[0], places[2]), Tier::cache);
  EXPECT_EQ(tier_between(places[0], places[7]), Tier::cache);
  EXPECT_EQ(tier_between(places[0], places[8]), Tier::numa);
  EXPECT_EQ(tier_between(places[0], places[16]), Tier::package);
  EXPECT_EQ(tier_between(places[0], places[63]), Tier::package);
  EXPECT_EQ(tier_between(places[0], places[64]), Tier::machine);
}

TEST(Tier, IsTheSameBothWays) {
  for (const char* description :
       {"package:2 numa:2 l3:2 core:2 pu:2", "numa:2 package:2 core:2 pu:2",
        "package:2 l3:1 numa:2 core:2 pu:1"}) {
    const auto machine = Machine::synthetic(description);
    for (const auto& a : machine.places()) {
      for (const auto& b : machine.places()) EXPECT_EQ(tier_between(a, b), tier_between(b, a));
    }
  }
}

TEST(Tier, PrefersTheSameMemoryWhereOneCacheSpansTwo) {
  constexpr Place here{.numa = 0, .cache = 0, .core = 0};
  static_assert(tier_between(here, {.numa = 0, .cache = 0, .core = 1}) == Tier::cache);
  static_assert(tier_between(here, {.numa = 1, .cache = 0, .core = 2}) == Tier::package);
}

TEST(Tier, PrefersTheSamePackageWhereOneMemorySpansTwo) {
  constexpr Place here{.package = 0, .numa = 0, .cache = 0, .core = 0};
  static_assert(tier_between(here, {.package = 0, .numa = 0, .cache = 1, .core = 1}) == Tier::numa);
  static_assert(tier_between(here, {.package = 1, .numa = 0, .cache = 2, .core = 2}) ==
                Tier::package);
  static_assert(tier_between(here, {.package = 2, .numa = 1, .cache = 3, .core = 3}) ==
                Tier::machine);
}

TEST(Tier, HasAName) {
  EXPECT_EQ(name(Tier::core), "core");
  EXPECT_EQ(name(Tier::network_switch), "switch");
  EXPECT_EQ(name(Tier::cluster), "cluster");
  EXPECT_EQ(static_cast<std::size_t>(Tier::cluster) + 1, tier_count);
  EXPECT_EQ(static_cast<std::size_t>(Tier::machine) + 1, machine_tier_count);
}

}  // namespace
}  // namespace jackdaw::topology
