#pragma once
/// \file
/// What part of the machine this process may use: its binding, its cgroup, and who else uses it.

#include <filesystem>   // path
#include <limits>       // numeric_limits
#include <optional>     // optional
#include <string_view>  // string_view

#include "jackdaw/topology/cpu_set.hpp"     // CpuSet
#include "jackdaw/topology/local_rank.hpp"  // LocalRank
#include "jackdaw/topology/machine.hpp"     // Machine

namespace jackdaw::topology {

inline constexpr double no_quota = std::numeric_limits<double>::infinity();

struct Allowance {
  CpuSet cpus;                    ///< the binding and the cgroup's cpuset allow them; not empty
  double quota_cores = no_quota;  ///< CPU time a second that the cgroup allows, in cores
  bool bound = false;             ///< the binding, not the cgroup, keeps some CPUs away
  /// This rank among those of its host that may use some of `cpus` too, itself included; nothing if
  /// unknown. Who knows better, having asked the others, may say so here.
  std::optional<LocalRank> sharers{};
};

/// \throws std::runtime_error  binding and cpuset have no CPU in common
[[nodiscard]] Allowance allowance_of_this_process(const Machine& machine);

/// The smallest quota on the way from a process's cgroup up to the root, versions 1 and 2.
/// \param root   where "/" is, so that tests can show another tree
/// \param cgroup what /proc/self/cgroup says
[[nodiscard]] double cgroup_quota_cores(const std::filesystem::path& root, std::string_view cgroup);

}  // namespace jackdaw::topology
