#pragma once
/// \file
/// What part of the machine this process may use: its binding, its cgroup, its share among the
/// ranks of the same host.

#include <filesystem>   // path
#include <limits>       // numeric_limits
#include <string_view>  // string_view

#include "jackdaw/topology/cpu_set.hpp"  // CpuSet
#include "jackdaw/topology/machine.hpp"  // Machine

namespace jackdaw::topology {

inline constexpr double no_quota = std::numeric_limits<double>::infinity();

struct Allowance {
  CpuSet cpus;                    ///< the binding and the cgroup's cpuset allow them; not empty
  double quota_cores = no_quota;  ///< CPU time a second that the cgroup allows, in cores
  bool bound = false;             ///< the binding, not the cgroup, keeps some CPUs away
};

/// \throws std::runtime_error  binding and cpuset have no CPU in common
[[nodiscard]] Allowance allowance_of_this_process(const Machine& machine);

/// The smallest quota on the way from a process's cgroup up to the root, versions 1 and 2.
/// \param root   where "/" is, so that tests can show another tree
/// \param cgroup what /proc/self/cgroup says
[[nodiscard]] double cgroup_quota_cores(const std::filesystem::path& root, std::string_view cgroup);

/// One of the ranks on this host.
struct LocalRank {
  unsigned index = 0;
  unsigned count = 1;
};

/// What the launcher says in the environment: Open MPI, MPICH and its kin, Slurm. Else 0 of 1.
[[nodiscard]] LocalRank local_rank_from_environment();

/// How many tasks Slurm starts on one node: entry `node` of "2(x3),1".
/// \returns 0 if the text says nothing of that node
[[nodiscard]] unsigned tasks_on_node(std::string_view tasks_per_node, unsigned node);

}  // namespace jackdaw::topology
