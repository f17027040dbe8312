#pragma once
/// \file
/// Where a worker can sit, and how far apart two such places are.

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // uint8_t, uint32_t
#include <string_view>  // string_view

namespace jackdaw::topology {

/// One hardware thread (PU). Indices are logical, in hwloc's order, counted over the whole machine;
/// what the machine does not have counts as one.
struct Place {
  std::uint32_t package = 0;  ///< socket
  std::uint32_t numa = 0;     ///< memory domain
  std::uint32_t cache = 0;    ///< last-level cache (L3, else a shared L2, else the core's own)
  std::uint32_t core = 0;
  std::uint32_t pu = 0;
  std::uint32_t os_index = 0;  ///< the kernel's number of the PU
  std::uint32_t kind = 0;      ///< of core: 0 the least powerful (hwloc's efficiency)

  bool operator==(const Place&) const = default;
};

/// Locality tier: the closest thing that two places, or two ranks, share. Nearest first.
enum class Tier : std::uint8_t { core, cache, numa, package, machine, network_switch, cluster };
inline constexpr std::size_t tier_count = 7;
inline constexpr std::size_t machine_tier_count = 5;  ///< those between places of one machine

[[nodiscard]] constexpr std::string_view name(Tier tier) noexcept {
  constexpr std::array<std::string_view, tier_count> names{"core",    "cache",  "numa",   "package",
                                                           "machine", "switch", "cluster"};
  return names[static_cast<std::size_t>(tier)];
}

/// Of two places of one machine.
[[nodiscard]] constexpr Tier tier_between(const Place& a, const Place& b) noexcept {
  if (a.core == b.core) return Tier::core;
  if (a.cache == b.cache) return Tier::cache;
  if (a.numa == b.numa) return Tier::numa;
  if (a.package == b.package) return Tier::package;
  return Tier::machine;
}

}  // namespace jackdaw::topology
