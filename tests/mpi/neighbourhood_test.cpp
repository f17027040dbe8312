#include "neighbourhood.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

// Run by several ranks of one host: see support/mpi_main.cpp.

namespace jackdaw::mpi {
namespace {

using topology::Tier;

std::vector<int> all_but(int self, int size, int step = 1) {
  std::vector<int> ranks;
  for (int rank = self % step; rank < size; rank += step) {
    if (rank != self) ranks.push_back(rank);
  }
  return ranks;
}

TEST(Neighbourhood, RanksOfAHostWhoseWorkersLieInOnePackageAreNearest) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const auto found = find_neighbourhood(MPI_COMM_WORLD, {.package = 0, .network_switch = ""});
  EXPECT_EQ(found.package, all_but(rank, found.size));
  EXPECT_TRUE(found.machine.empty());
  EXPECT_TRUE(found.network_switch.empty());
}

TEST(Neighbourhood, ThoseOfAnotherPackageOrOfSeveralShareTheMachine) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const auto found = find_neighbourhood(
      MPI_COMM_WORLD, {.package = static_cast<unsigned>(rank) % 2, .network_switch = "top.leaf"});
  EXPECT_EQ(found.package, all_but(rank, found.size, 2));
  for (int other = 0; other < found.size; ++other) {
    if (other == rank) continue;
    EXPECT_EQ(found.tier_of(other), other % 2 == rank % 2 ? Tier::package : Tier::machine);
  }
  EXPECT_TRUE(found.network_switch.empty()) << "they are nearer than that";

  const auto several = find_neighbourhood(MPI_COMM_WORLD, {});
  EXPECT_TRUE(several.package.empty());
  EXPECT_EQ(several.machine, all_but(rank, found.size));
}

TEST(Neighbourhood, SlurmTellsTheSwitch) {
  setenv("SLURM_TOPOLOGY_ADDR", "top.leaf1.node7", 1);
  EXPECT_EQ(switch_from_environment(), "top.leaf1");
  setenv("SLURM_TOPOLOGY_ADDR", "node7", 1);
  EXPECT_EQ(switch_from_environment(), "");
  unsetenv("SLURM_TOPOLOGY_ADDR");
  EXPECT_EQ(switch_from_environment(), "");
}

}  // namespace
}  // namespace jackdaw::mpi
