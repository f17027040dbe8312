#pragma once
/// \file
/// Which of the processes on this host, started together by one launcher, this one is. Knows
/// launchers by what they leave in the environment; knows nothing of MPI.

#include <filesystem>   // path
#include <optional>     // optional
#include <span>         // span
#include <string_view>  // string_view
#include <vector>       // vector

#include "jackdaw/topology/cpu_set.hpp"  // CpuSet

namespace jackdaw::topology {

/// One of the ranks on this host.
struct LocalRank {
  unsigned index = 0;
  unsigned count = 1;
};

/// What the launcher says in the environment: Open MPI, MPICH and its kin, MVAPICH, Slurm. Else 0
/// of 1.
[[nodiscard]] LocalRank local_rank_from_environment();

/// How many tasks Slurm starts on one node: entry `node` of "2(x3),1".
/// \returns 0 if the text says nothing of that node
[[nodiscard]] unsigned tasks_on_node(std::string_view tasks_per_node, unsigned node);

/// Rank `self` among those of its host that may use some of the same CPUs. Launchers often bind
/// several ranks to one socket: these have to share it out.
/// \param cpus  what each rank of the host may use
/// \throws std::out_of_range  `self` is no index into `cpus`
[[nodiscard]] LocalRank rank_among_sharers(std::span<const CpuSet> cpus, unsigned self);

/// What each rank on this host is bound to, by local rank, as the system shows the processes that
/// this one's launcher has started. Complete once MPI_Init has returned.
/// \param root  where "/" is, so that tests can show other processes
/// \returns     nothing if this is no rank, if the system does not tell, or if not all are there
[[nodiscard]] std::optional<std::vector<CpuSet>> bindings_of_local_ranks(
    const std::filesystem::path& root);

}  // namespace jackdaw::topology
