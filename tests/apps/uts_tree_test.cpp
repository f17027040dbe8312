#include "workloads/uts_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>  // min
#include <cmath>      // floor, log, pow, sin
#include <cstdint>    // uint32_t
#include <stdexcept>  // invalid_argument
#include <string>     // string

namespace {

using namespace jackdaw::workloads;

/// The benchmark's formulas, written down once more as they stand there.
std::uint32_t children_by_the_book(const TreeParameters& p, int depth, std::uint32_t random) {
  const double u = static_cast<double>(random) / 2147483648.0;
  if (p.t == TreeType::binomial && depth == 0) return static_cast<std::uint32_t>(std::floor(p.b));
  if (p.t == TreeType::binomial || (p.t == TreeType::hybrid && depth >= 0.5 * p.d))
    return u < p.q ? static_cast<std::uint32_t>(p.m) : 0;
  double b_i = p.b;
  if (depth > 0) {
    if (p.a == TreeShape::linear) b_i = p.b * (1.0 - static_cast<double>(depth) / p.d);
    if (p.a == TreeShape::exponential)
      b_i = p.b * std::pow(static_cast<double>(depth), -std::log(p.b) / std::log(p.d));
    if (p.a == TreeShape::cyclic) {
      b_i = depth > 5 * p.d ? 0 : std::pow(p.b, std::sin(2.0 * 3.141592653589793 * depth / p.d));
    }
    if (p.a == TreeShape::fixed) b_i = depth < p.d ? p.b : 0;
  }
  const double count = std::floor(std::log(1.0 - u) / std::log(1.0 - 1.0 / (1.0 + b_i)));
  return static_cast<std::uint32_t>(std::min(count, 100.0));
}

TreeNode node_with(std::uint32_t random, int depth) { return {{1, 2, 3, 4, random}, depth}; }

/// All numbers with the same neighbourhood of a limit, found from outside by halving.
void expect_the_same_limits(const TreeParameters& p, int depth) {
  const UtsTree tree(p);
  const auto book = [&](std::uint32_t random) { return children_by_the_book(p, depth, random); };
  std::uint32_t from = 0;
  while (book(from) != book(0x7fffffff)) {
    std::uint32_t low = from, high = 0x7fffffff;  // book(low) == book(from) < book(high)
    while (high - low > 1) {
      const std::uint32_t middle = low + (high - low) / 2;
      (book(middle) == book(from) ? low : high) = middle;
    }
    ASSERT_EQ(tree.children(node_with(low, depth)), book(low)) << p.text() << " at " << depth;
    ASSERT_EQ(tree.children(node_with(high, depth)), book(high)) << p.text() << " at " << depth;
    from = high;
  }
  ASSERT_EQ(tree.children(node_with(0, depth)), book(0));
  ASSERT_EQ(tree.children(node_with(0x7fffffff, depth)), book(0x7fffffff));
}

TEST(UtsTree, GivesEachNodeTheChildrenThatTheBenchmarkGivesIt) {
  for (const NamedTree& named : named_trees()) {
    const int last = std::min(named.published.depth, 120);
    for (int depth = 0; depth <= last; ++depth) expect_the_same_limits(named.parameters, depth);
  }
}

TEST(UtsTree, FollowsTheFormulaBeyondTheDepthsThatItHasTabulated) {
  TreeParameters p{.a = TreeShape::exponential, .d = 9, .b = 6};
  for (const int depth : {0, 1, 2, 9, 46, 47, 48, 1000}) expect_the_same_limits(p, depth);
  p = {.a = TreeShape::cyclic, .d = 1000, .b = 6};
  for (const int depth : {1, 250, 511, 512, 1250, 5000, 5001}) expect_the_same_limits(p, depth);
}

TEST(UtsTree, HasNoMoreThanAHundredChildrenBelowABinomialRoot) {
  expect_the_same_limits({.a = TreeShape::fixed, .d = 3, .b = 1e9}, 1);
  const UtsTree wide({.a = TreeShape::fixed, .d = 3, .b = 1e9});
  EXPECT_EQ(wide.children(node_with(0x7fffffff, 0)), 100U);
  const UtsTree binomial({.t = TreeType::binomial, .b = 2000.9});
  EXPECT_EQ(binomial.children(binomial.root()), 2000U);
}

TEST(UtsTree, MakesItsNodesByHashing) {
  const UtsTree tree({.r = 0x01020304});
  const TreeNode root = tree.root();
  EXPECT_EQ(root.depth, 0);
  EXPECT_EQ(root.state, sha1(std::string(16, '\0') + "\x01\x02\x03\x04"));
  const TreeNode child = tree.child(root, 7);
  EXPECT_EQ(child.depth, 1);
  EXPECT_EQ(child.state, sha1(root.state, 7));
}

TEST(TreeParameters, KnowThePublishedTrees) {
  EXPECT_EQ(named_trees().size(), 10U);
  EXPECT_EQ(find_tree("T1").parameters.text(), "-t 1 -a 3 -d 10 -b 4 -r 19");
  EXPECT_EQ(find_tree("T3").parameters.text(), "-t 0 -b 2000 -r 42 -q 0.124875 -m 8");
  EXPECT_EQ(find_tree("T4").parameters.text(), "-t 2 -a 0 -d 16 -b 6 -r 1 -q 0.234375 -m 4");
  EXPECT_THROW((void)find_tree("T9"), std::invalid_argument);
}

TEST(TreeParameters, FindTheTreeByWhatShapesIt) {
  TreeParameters p = find_tree("T1").parameters;
  p.q = 0.1;  // means nothing to a geometric tree
  ASSERT_NE(find_tree(p), nullptr);
  EXPECT_EQ(find_tree(p)->name, "T1");
  p.d = 11;
  EXPECT_EQ(find_tree(p), nullptr);
}

TEST(TreeParameters, RefuseWhatIsOutOfRangeOrWithoutEnd) {
  const auto is_refused = [](const TreeParameters& p) {
    try {
      UtsTree tree(p);
      return false;
    } catch (const std::invalid_argument&) {
      return true;
    }
  };
  EXPECT_FALSE(is_refused({}));
  EXPECT_TRUE(is_refused({.d = 0}));
  EXPECT_TRUE(is_refused({.b = 0}));
  EXPECT_TRUE(is_refused({.b = std::nan("")}));
  EXPECT_TRUE(is_refused({.a = TreeShape::exponential, .b = 0.5}));
  EXPECT_TRUE(is_refused({.t = TreeType::binomial, .q = 0.25, .m = 4}));
  EXPECT_TRUE(is_refused({.t = TreeType::binomial, .q = -0.1}));
  EXPECT_TRUE(is_refused({.t = TreeType::hybrid, .m = 101}));
  EXPECT_FALSE(is_refused({.q = 0.5}));  // q and m mean nothing to a geometric tree
  EXPECT_FALSE(is_refused(find_tree("T3L").parameters));
}

}  // namespace
