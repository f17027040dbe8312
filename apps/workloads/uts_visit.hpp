#pragma once
/// \file
/// What every search of a tree does at a node.

#include <algorithm>  // max
#include <cstdint>    // uint32_t

#include "workloads/uts_parameters.hpp"  // Tally
#include "workloads/uts_tree.hpp"        // TreeNode, UtsTree

namespace jackdaw::workloads {

/// Counts a node, and tells how many children it has.
inline std::uint32_t visit(const UtsTree& tree, const TreeNode& node, Tally& tally) noexcept {
  const std::uint32_t children = tree.children(node);
  ++tally.nodes;
  tally.leaves += children == 0;
  tally.depth = std::max(tally.depth, node.depth);
  return children;
}

struct AddTallies {
  Tally operator()(const Tally& a, const Tally& b) const noexcept { return a + b; }
};

}  // namespace jackdaw::workloads
