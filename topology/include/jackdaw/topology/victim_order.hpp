#pragma once
/// \file
/// Whom an idle worker asks for work, nearest first. Knows places; knows neither threads nor ranks.

#include <cstdint>  // uint32_t, uint64_t
#include <span>     // span
#include <vector>   // vector

#include "jackdaw/topology/place.hpp"  // Place, Tier

namespace jackdaw::topology {

/// The victims of one worker, in tiers of equal distance.
///
/// Shape:  tiers[t] holds the workers at Tier t, machine_tier_count tiers. Every worker but `self`
///         stands in exactly one tier; a tier may be empty.
/// Order:  inside a tier a permutation drawn from `seed`, so that thieves spread out.
/// Source: Acar, Blelloch, Blumofe, "The Data Locality of Work Stealing", SPAA 2000.
struct VictimOrder {
  std::vector<std::vector<std::uint32_t>> tiers;
};

/// Orders all workers by their distance from `self`. O(workers).
///
/// \param places  one place per worker, indexed by worker; not empty
/// \param self    index into `places`
/// \param seed    the same seed gives the same order, so a benchmark can be replayed
/// \throws std::out_of_range  `self` is no index into `places`
[[nodiscard]] VictimOrder order_victims(std::span<const Place> places, std::uint32_t self,
                                        std::uint64_t seed);

}  // namespace jackdaw::topology
