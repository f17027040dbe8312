#pragma once
/// \file
/// Three ways through a tree that nobody knows beforehand: all visit the same nodes.

#include "workloads/uts_parameters.hpp"  // Tally
#include "workloads/uts_tree.hpp"        // UtsTree

namespace jackdaw {
class Pool;
}

namespace jackdaw::workloads {

/// The plain program: depth first, with a stack of nodes, on the calling thread. What the others
/// are compared with.
[[nodiscard]] Tally search_serially(const UtsTree& tree);

/// One job a node, which spawns one for each child. Nothing says where to stop doing so.
/// Blocks, as Pool::wait does, until no job is left in the pool.
[[nodiscard]] Tally search_by_jobs(Pool& pool, const UtsTree& tree);

/// One job for the tree; in it, the children of each node are halved by fork-join down to one.
/// The stack of a worker (Config::stack_bytes) must hold the depth of the tree, 1 to 2 KiB a level.
[[nodiscard]] Tally search_by_tasks(Pool& pool, const UtsTree& tree);

}  // namespace jackdaw::workloads
