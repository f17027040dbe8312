#pragma once
/// \file
/// What a steal from another rank costs here, beside the bare MPI operations that it is made of.

#include <string>  // string
#include <vector>  // vector

#include "jackdaw/config.hpp"  // Transport
#include "jackdaw/ranks.hpp"   // Ranks

namespace jackdaw {

/// Of one round; medians, in ns.
struct StealCost {
  double steal_ns = 0;  ///< a batch of 64 jobs, from the shelf of a rank that does nothing else
  double bare_ns = 0;   ///< MPI_Fetch_and_op, then MPI_Get of the same bytes, each completed
  double round_trip_ns = 0;  ///< a message of 8 bytes there, and as many bytes as a batch back
};

struct StealCosts {
  std::string transport;          ///< as in Report::transport
  bool by_windows = false;        ///< false: bare_ns is 0, there is no window
  std::vector<StealCost> rounds;  ///< on the last rank; empty elsewhere
};

/// Collective: the last rank steals from rank 0; the others wait. The variants are taken in turn,
/// steal by steal. \throws std::runtime_error  there is one rank only, or MPI fails
[[nodiscard]] StealCosts measure_steals(Ranks& ranks, Transport transport, int rounds);

}  // namespace jackdaw
