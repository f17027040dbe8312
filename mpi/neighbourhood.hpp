#pragma once
/// \file
/// Which ranks are near a rank.

#include <mpi.h>

#include <optional>  // optional
#include <string>    // string
#include <vector>    // vector

#include "jackdaw/topology/place.hpp"  // Tier

namespace jackdaw::mpi {

/// Bounded, however many ranks there are: a host has so many, and of a switch 256 are enough.
struct Neighbourhood {
  int rank = 0;
  int size = 1;
  /// Other ranks, each in one of the three, ascending: of the same package, the same machine, the
  /// same switch. All that are in none are elsewhere in the cluster.
  std::vector<int> package, machine, network_switch;

  /// O(log ranks of a host).
  [[nodiscard]] topology::Tier tier_of(int other) const;
};

/// What a rank knows of the place it is at.
struct Address {
  std::optional<unsigned> package;  ///< that all its workers lie in
  std::string network_switch;       ///< its name; empty: unknown
};

/// The switch of this host, if Slurm's topology plug-in tells: "top.leaf1" of
/// SLURM_TOPOLOGY_ADDR=top.leaf1.node7. Empty if not.
[[nodiscard]] std::string switch_from_environment();

/// Collective over `comm`, in O(log ranks) steps; takes O(ranks of a switch) memory meanwhile.
[[nodiscard]] Neighbourhood find_neighbourhood(MPI_Comm comm, const Address& mine);

}  // namespace jackdaw::mpi
