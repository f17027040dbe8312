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

/// Locality tier: how far apart two places, or two ranks, are. Nearest first; each lies in the
/// next.
enum class Tier : std::uint8_t {
  core,     ///< hardware threads of one core
  cache,    ///< one last-level cache, and one memory domain
  numa,     ///< one memory domain of one package
  package,  ///< one package; or packages that are one memory domain
  machine,
  network_switch,
  cluster
};
inline constexpr std::size_t tier_count = 7;
inline constexpr std::size_t machine_tier_count = 5;  ///< those between places of one machine

[[nodiscard]] constexpr std::string_view name(Tier tier) noexcept {
  constexpr std::array<std::string_view, tier_count> names{"core",    "cache",  "numa",   "package",
                                                           "machine", "switch", "cluster"};
  return names[static_cast<std::size_t>(tier)];
}

/// Of two places of one machine. Memory domains may lie inside a last-level cache (sub-NUMA
/// clustering), and packages inside a memory domain (virtual machines): the smaller one is nearer.
[[nodiscard]] constexpr Tier tier_between(const Place& a, const Place& b) noexcept {
  if (a.core == b.core) return Tier::core;
  const bool one_package = a.package == b.package;
  const bool one_numa = a.numa == b.numa;
  if (one_numa && a.cache == b.cache) return Tier::cache;
  if (one_numa && one_package) return Tier::numa;
  return one_numa || one_package ? Tier::package : Tier::machine;
}

}  // namespace jackdaw::topology
