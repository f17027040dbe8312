#include "workloads/uts_search.hpp"

#include <gtest/gtest.h>

#include <ostream>  // ostream
#include <vector>   // vector

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw::workloads {

void PrintTo(const Tally& tally, std::ostream* out) {
  *out << tally.nodes << " nodes, " << tally.leaves << " leaves, depth " << tally.depth;
}

namespace {

using jackdaw::testing::small_pool;

TreeParameters small_t1() {
  TreeParameters p = find_tree("T1").parameters;
  p.d = 5;
  return p;
}
TreeParameters small_t3() {
  TreeParameters p = find_tree("T3").parameters;
  p.b = 20;
  return p;
}

/// One of each kind, of some thousand nodes.
std::vector<TreeParameters> small_trees() {
  using enum TreeType;
  using enum TreeShape;
  return {small_t1(),
          small_t3(),
          {.t = geometric, .a = linear, .d = 9, .b = 4, .r = 34},
          {.t = geometric, .a = exponential, .d = 8, .b = 4, .r = 1},
          {.t = geometric, .a = cyclic, .d = 6, .b = 6, .r = 502},
          {.t = hybrid, .a = linear, .d = 8, .b = 6, .r = 1},
          {.t = hybrid, .a = fixed, .d = 7, .b = 4, .r = 19, .q = 0.2, .m = 3},
          {.t = binomial, .b = 1, .r = 3}};
}

/// The definition: no stack of ours, no jobs.
Tally count_below(const UtsTree& tree, const TreeNode& node) {
  Tally tally{1, 0, node.depth};
  const auto children = tree.children(node);
  if (children == 0) tally.leaves = 1;
  for (std::uint32_t i = 0; i < children; ++i)
    tally = tally + count_below(tree, tree.child(node, i));
  return tally;
}

TEST(UtsSearch, FindsThePublishedCountsOfTheSmallTrees) {
  EXPECT_EQ(search_serially(UtsTree(small_t1())), (Tally{3987, 3232, 5}));
  EXPECT_EQ(search_serially(UtsTree(small_t3())), (Tally{6213, 5438, 67}));
}

TEST(UtsSearch, AgreesWithTheDefinitionWhicheverWayItGoes) {
  for (const auto& parameters : small_trees()) {
    const UtsTree tree(parameters);
    const Tally expected = count_below(tree, tree.root());
    EXPECT_EQ(search_serially(tree), expected) << parameters.text();
    for (const unsigned workers : {1U, 2U, 4U}) {
      Pool pool(small_pool(workers));
      EXPECT_EQ(search_by_jobs(pool, tree), expected) << parameters.text();
      EXPECT_EQ(search_by_tasks(pool, tree), expected) << parameters.text();
    }
  }
}

TEST(UtsSearch, MakesOneJobANodeUnderEveryStrategy) {
  const UtsTree tree(small_t3());
  for (const auto strategy :
       {Strategy::single, Strategy::batched, Strategy::locality_aware, Strategy::adaptive}) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      Config config = small_pool(workers);
      config.strategy = strategy;
      config.deque_capacity = 16;  // so that the overflow list has its part in it
      Pool pool(config);
      EXPECT_EQ(search_by_jobs(pool, tree), (Tally{6213, 5438, 67})) << name(strategy);
      EXPECT_EQ(pool.statistics().jobs_created, 6213U) << name(strategy);
      EXPECT_EQ(pool.statistics().jobs_finished, 6213U) << name(strategy);
    }
  }
}

TEST(UtsSearch, MayUseAPoolAgain) {
  const UtsTree tree(small_t1());
  Pool pool(small_pool(2));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(search_by_jobs(pool, tree), (Tally{3987, 3232, 5}));
}

}  // namespace
}  // namespace jackdaw::workloads
