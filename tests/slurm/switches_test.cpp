#include <gtest/gtest.h>

#include "neighbourhood.hpp"

// Run by four ranks on four hosts, two below each switch: see switches.sh.

namespace jackdaw::mpi {
namespace {

using topology::Tier;

TEST(Switches, RanksBelowOneAreNearerThanOthers) {
  const auto mine = switch_from_environment();
  const auto found = find_neighbourhood(MPI_COMM_WORLD, {.package = 0, .network_switch = mine});
  ASSERT_EQ(found.size, 4);
  EXPECT_EQ(mine, "top.leaf" + std::to_string(found.rank / 2));
  const int neighbour = found.rank ^ 1;
  EXPECT_EQ(found.network_switch, std::vector{neighbour});
  for (int other = 0; other < found.size; ++other) {
    if (other == found.rank) continue;
    EXPECT_EQ(found.tier_of(other), other == neighbour ? Tier::network_switch : Tier::cluster);
  }
}

}  // namespace
}  // namespace jackdaw::mpi
