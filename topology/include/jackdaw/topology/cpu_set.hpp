#pragma once
/// \file
/// A set of CPUs, by the kernel's numbers.

#include <cstdint>  // uint32_t
#include <set>      // set
#include <string>   // string

namespace jackdaw::topology {

using CpuSet = std::set<std::uint32_t>;

[[nodiscard]] CpuSet intersection(const CpuSet& a, const CpuSet& b);

/// As the kernel writes it: "0-3,8".
[[nodiscard]] std::string to_string(const CpuSet& cpus);

}  // namespace jackdaw::topology
