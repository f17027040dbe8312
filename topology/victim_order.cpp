#include "jackdaw/topology/victim_order.hpp"

#include <algorithm>  // shuffle
#include <random>     // mt19937_64
#include <stdexcept>  // out_of_range
#include <string>     // to_string

namespace jackdaw::topology {

VictimOrder order_victims(std::span<const Place> places, std::uint32_t self, std::uint64_t seed) {
  if (self >= places.size()) {
    throw std::out_of_range("order_victims: self is " + std::to_string(self) +
                            ", but there are only " + std::to_string(places.size()) + " workers");
  }
  VictimOrder order{.tiers = std::vector<std::vector<std::uint32_t>>(machine_tier_count)};
  for (std::uint32_t other = 0; other < places.size(); ++other) {
    if (other == self) continue;
    const auto tier = static_cast<std::size_t>(tier_between(places[self], places[other]));
    order.tiers[tier].push_back(other);
  }
  std::mt19937_64 random(seed);
  for (auto& tier : order.tiers) std::shuffle(tier.begin(), tier.end(), random);
  return order;
}

}  // namespace jackdaw::topology
