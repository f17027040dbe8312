#include "workloads/uts_tree.hpp"

#include <algorithm>    // min
#include <cmath>        // ceil, exp, floor, log, pow, sin
#include <limits>       // numeric_limits
#include <string_view>  // string_view

namespace jackdaw::workloads {
namespace {

constexpr double random_end = 2147483648.0;  // 2^31
constexpr std::uint32_t none = 0x80000000;   // a limit that no random number reaches
constexpr std::int32_t most_limits = 512;    // depths, 200 KiB; few trees are deeper

/// The first depth at which nodes no longer follow the geometric formula.
std::int32_t geometric_depths_of(const TreeParameters& p) {
  if (p.t == TreeType::binomial) return 0;
  if (p.t == TreeType::geometric) return std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::ceil(0.5 * p.d));
}

}  // namespace

UtsTree::UtsTree(const TreeParameters& parameters)
    : parameters_((parameters.validate(), parameters)),
      geometric_depths_(geometric_depths_of(parameters)),
      root_children_(static_cast<std::uint32_t>(parameters.b)),
      parents_below_(static_cast<std::uint32_t>(std::ceil(parameters.q * random_end))) {
  const std::int64_t last = std::int64_t{5} * parameters_.d + 2;
  const auto count = std::min({last, std::int64_t{geometric_depths_}, std::int64_t{most_limits}});
  for (std::int32_t depth = 0; depth < count; ++depth)
    limits_.push_back(limits_of(scale_at(depth)));
}

TreeNode UtsTree::root() const {
  std::array<char, 20> message{};
  for (unsigned i = 0; i < 4; ++i)
    message[16 + i] = static_cast<char>(parameters_.r >> (24 - 8 * i) & 0xff);
  return {sha1(std::string_view(message.data(), message.size())), 0};
}

/// The mean number of children of a geometric node.
double UtsTree::mean_at(std::int32_t depth) const noexcept {
  const double b = parameters_.b;
  const double d = parameters_.d;
  if (depth == 0) return b;
  switch (parameters_.a) {
    case TreeShape::linear: return b * (1 - depth / d);
    case TreeShape::exponential: return b * std::pow(depth, -std::log(b) / std::log(d));
    case TreeShape::cyclic:
      if (depth > 5 * std::int64_t{parameters_.d}) return 0;
      return std::pow(b, std::sin(2 * 3.141592653589793 * depth / d));
    case TreeShape::fixed: return depth < parameters_.d ? b : 0;
  }
  return 0;
}

/// ln(1 - p), where p is the parameter of the geometric distribution with the mean at `depth`; the
/// logarithm of 0, minus infinity, where there are no children.
double UtsTree::scale_at(std::int32_t depth) const noexcept {
  const double mean = mean_at(depth);
  return std::log(1 - 1 / (1 + (mean > 0 ? mean : 0)));
}

std::uint32_t UtsTree::children_by_formula(std::uint32_t random, double scale) noexcept {
  const double count = std::floor(std::log(1 - random / random_end) / scale);
  return count < most_children ? static_cast<std::uint32_t>(count) : most_children;
}

/// Each limit is estimated by turning the formula round, then moved to where the formula puts it.
UtsTree::Limits UtsTree::limits_of(double scale) noexcept {
  Limits limits;
  limits.fill(none);
  for (std::uint32_t k = 0; k < most_children; ++k) {
    const double estimate = (1 - std::exp((k + 1) * scale)) * random_end;
    auto limit = static_cast<std::uint32_t>(std::min(estimate, random_end - 1));
    while (limit > 0 && children_by_formula(limit - 1, scale) > k) --limit;
    while (limit < none && children_by_formula(limit, scale) <= k) ++limit;
    limits[k] = limit;
    if (limit == none) break;
  }
  return limits;
}

}  // namespace jackdaw::workloads
