#pragma once
/// \file
/// A tree that is nowhere stored: each node is made from its parent by a hash, and knows from its
/// own hash how many children it has. Nobody can tell how large a subtree is but by searching it.

#include <array>    // array
#include <cstdint>  // int32_t, uint32_t
#include <vector>   // vector

#include "workloads/sha1.hpp"            // Sha1Digest, sha1
#include "workloads/uts_parameters.hpp"  // TreeParameters

namespace jackdaw::workloads {

struct TreeNode {
  Sha1Digest state;
  std::int32_t depth;

  /// The node's random number, below 2^31.
  [[nodiscard]] std::uint32_t random() const noexcept { return state[4] & 0x7fffffff; }
};

/// Thread-safety: constant once it is made.
///
/// The benchmark's formula for the children of a geometric node is
///     floor(ln(1 - random / 2^31) / ln(1 - p)),  p = 1 / (1 + mean at this depth),
/// in doubles. It never falls while `random` grows: neighbouring arguments of the logarithm are
/// 2^-31 apart, so the results differ by at least as much, a million times the error of a
/// logarithm; and a division and a floor keep the order. So for each depth a short list says from
/// which random number on there are 1, 2, ... children, found by the formula itself: exact, and it
/// saves a logarithm and a division a node (15 % of the time to search T2).
class UtsTree {
 public:
  /// No node but the root of a binomial tree has more.
  static constexpr std::uint32_t most_children = 100;

  /// \throws std::invalid_argument  as TreeParameters::validate
  explicit UtsTree(const TreeParameters& parameters);

  [[nodiscard]] TreeNode root() const;

  /// \param i  below children(parent)
  [[nodiscard]] TreeNode child(const TreeNode& parent, std::uint32_t i) const noexcept {
    return {sha1(parent.state, i), parent.depth + 1};
  }

  [[nodiscard]] std::uint32_t children(const TreeNode& node) const noexcept {
    if (node.depth < geometric_depths_) return geometric_children(node);
    if (node.depth == 0) return root_children_;
    return node.random() < parents_below_ ? static_cast<std::uint32_t>(parameters_.m) : 0;
  }

  [[nodiscard]] const TreeParameters& parameters() const noexcept { return parameters_; }

 private:
  /// limits[k]: the least random number with more than k children.
  using Limits = std::array<std::uint32_t, most_children + 1>;

  [[nodiscard]] std::uint32_t geometric_children(const TreeNode& node) const noexcept {
    const auto depth = static_cast<std::size_t>(node.depth);
    if (depth >= limits_.size()) [[unlikely]]
      return children_by_formula(node.random(), scale_at(node.depth));
    const std::uint32_t random = node.random();
    return random < limits_[depth][0] ? 0 : count_children(limits_[depth], random);
  }
  /// Of a node that has some. Apart, so that the many that have none keep their registers.
  [[nodiscard, gnu::noinline]] static std::uint32_t count_children(const Limits& limits,
                                                                   std::uint32_t random) noexcept {
    std::uint32_t children = 1;
    while (random >= limits[children]) ++children;
    return children;
  }
  [[nodiscard]] static std::uint32_t children_by_formula(std::uint32_t random,
                                                         double scale) noexcept;
  [[nodiscard]] static Limits limits_of(double scale) noexcept;
  [[nodiscard]] double mean_at(std::int32_t depth) const noexcept;
  [[nodiscard]] double scale_at(std::int32_t depth) const noexcept;

  TreeParameters parameters_;
  std::int32_t geometric_depths_;  ///< nodes at smaller depths follow the geometric formula
  std::uint32_t root_children_;    ///< of a binomial tree
  std::uint32_t parents_below_;    ///< binomial nodes with a smaller random number have children
  std::vector<Limits> limits_;     ///< of the first depths
};

}  // namespace jackdaw::workloads
