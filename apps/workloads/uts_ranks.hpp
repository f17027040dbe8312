#pragma once
/// \file
/// The search of a tree by all ranks of an MPI job.

#include "workloads/resume.hpp"          // Resume
#include "workloads/uts_parameters.hpp"  // Tally
#include "workloads/uts_tree.hpp"        // UtsTree

namespace jackdaw {
class Scheduler;
}

namespace jackdaw::workloads {

/// Collective: one movable job a node, from the root on rank 0, or from where `resume` goes on. The
/// same tree and the same result on every rank.
[[nodiscard]] Tally search_on_ranks(Scheduler& scheduler, const UtsTree& tree,
                                    const Resume& resume = {});

}  // namespace jackdaw::workloads
