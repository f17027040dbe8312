#pragma once
/// \file
/// Which tree the Unbalanced Tree Search searches: the parameters of the public benchmark, and its
/// named trees with their published counts.
///
/// Source: Olivier, Huan, Liu, Prins, Dinan, Sadayappan, Tseng, "UTS: An Unbalanced Tree Search
///         Benchmark", LCPC 2006.

#include <cstdint>      // int32_t, uint8_t, uint32_t, uint64_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view

namespace jackdaw::workloads {

/// The values are the benchmark's own.
enum class TreeType : std::uint8_t {
  binomial = 0,   ///< below the root, m children with probability q, else none
  geometric = 1,  ///< the number of children is geometrically distributed, its mean set by depth
  hybrid = 2,     ///< geometric down to half the depth d, then binomial
};

/// How the mean number of children of a geometric tree follows from depth.
enum class TreeShape : std::uint8_t {
  linear = 0,       ///< falls to 0 at depth d
  exponential = 1,  ///< falls as a power of depth, and never ends it
  cyclic = 2,       ///< goes up and down, with period d, to depth 5 d
  fixed = 3,        ///< stays b to depth d
};

[[nodiscard]] std::string_view name(TreeType type) noexcept;
[[nodiscard]] std::string_view name(TreeShape shape) noexcept;

/// What is found in a tree.
struct Tally {
  std::uint64_t nodes = 0;
  std::uint64_t leaves = 0;
  std::int32_t depth = 0;  ///< of the deepest node; the root's is 0

  bool operator==(const Tally&) const = default;
};

/// Of two parts of a tree, the whole.
[[nodiscard]] inline Tally operator+(const Tally& a, const Tally& b) noexcept {
  return {a.nodes + b.nodes, a.leaves + b.leaves, a.depth < b.depth ? b.depth : a.depth};
}

/// The benchmark's parameters under its own letters, with its own defaults.
struct TreeParameters {
  TreeType t = TreeType::geometric;
  TreeShape a = TreeShape::linear;  ///< of geometric and hybrid trees
  std::int32_t d = 6;               ///< depth, of geometric and hybrid trees; see TreeShape
  double b = 4;                     ///< children of the root; exact in binomial trees, else a mean
  std::uint32_t r = 0;              ///< seed of the root
  double q = 0.234375;              ///< of binomial and hybrid trees
  std::int32_t m = 4;               ///< of binomial and hybrid trees

  bool operator==(const TreeParameters&) const = default;

  [[nodiscard]] bool is_geometric() const noexcept { return t != TreeType::binomial; }
  [[nodiscard]] bool is_binomial() const noexcept { return t != TreeType::geometric; }

  /// Those that shape this tree, as the benchmark's command line has them: "-t 1 -a 3 -d 10 ...".
  [[nodiscard]] std::string text() const;

  /// \throws std::invalid_argument  one is out of range, or the tree may have no end
  void validate() const;
};

/// True if the parameters that count are the same, so that the trees are.
[[nodiscard]] bool is_same_tree(const TreeParameters& one, const TreeParameters& other);

struct NamedTree {
  std::string_view name;
  TreeParameters parameters;
  Tally published;
};

[[nodiscard]] std::span<const NamedTree> named_trees() noexcept;

/// \throws std::invalid_argument  there is no tree of that name; the message lists them
[[nodiscard]] const NamedTree& find_tree(std::string_view name);

/// The named tree with these parameters, or null.
[[nodiscard]] const NamedTree* find_tree(const TreeParameters& parameters);

}  // namespace jackdaw::workloads
