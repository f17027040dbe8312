#pragma once
/// \file
/// Which worker sits where.

#include <cstdint>  // uint8_t
#include <string>   // string
#include <vector>   // vector

#include "jackdaw/topology/allowance.hpp"   // Allowance
#include "jackdaw/topology/local_rank.hpp"  // LocalRank
#include "jackdaw/topology/machine.hpp"     // Machine
#include "jackdaw/topology/place.hpp"       // Place

namespace jackdaw::topology {

enum class Order : std::uint8_t {
  compact,  ///< neighbours first
  scatter,  ///< round robin over packages, NUMA nodes, caches; hardware threads of one core last
};

struct LayoutOptions {
  unsigned workers = 0;  ///< 0: one for each core (or PU, with smt) that the process may use
  Order order = Order::compact;
  bool smt = false;  ///< use all hardware threads of a core, not one
  LocalRank rank{};  ///< unbound ranks of one host share it out; so do all with a cgroup's quota
};

struct Layout {
  std::vector<Place> places;       ///< by worker; not empty
  std::vector<std::string> notes;  ///< what the user may want to know: sentences, mostly none
};

/// Powerful cores come before efficient ones. Ranks that are known to share CPUs
/// (Allowance::sharers) share them out; of others nothing is known if they are bound, and a binding
/// is used as it is. If more workers are asked for than there are cores, a core's other hardware
/// threads are used too; beyond those places repeat. Notes say so.
/// \throws std::invalid_argument  the allowance has no place on the machine; there is no such rank
[[nodiscard]] Layout lay_out(const Machine& machine, const Allowance& allowance,
                             const LayoutOptions& options);

}  // namespace jackdaw::topology
