#pragma once
/// \file
/// A set of CPUs, by the kernel's numbers.

#include <cstdint>      // uint32_t
#include <optional>     // optional
#include <set>          // set
#include <string>       // string
#include <string_view>  // string_view

namespace jackdaw::topology {

using CpuSet = std::set<std::uint32_t>;

[[nodiscard]] CpuSet intersection(const CpuSet& a, const CpuSet& b);

/// As the kernel writes it: "0-3,8".
[[nodiscard]] std::string to_string(const CpuSet& cpus);

/// Reads what to_string writes; nothing if the text is anything else. At most 65536 CPUs.
[[nodiscard]] std::optional<CpuSet> parse_cpu_set(std::string_view text);

}  // namespace jackdaw::topology
