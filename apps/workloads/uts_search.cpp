#include "workloads/uts_search.hpp"

#include <algorithm>  // max
#include <vector>     // vector

#include "jackdaw/fork_join.hpp"    // fork_join
#include "jackdaw/job_context.hpp"  // JobContext
#include "jackdaw/pool.hpp"         // Pool
#include "jackdaw/reducer.hpp"      // Reducer

namespace jackdaw::workloads {
namespace {

/// Counts a node, and tells how many children it has.
std::uint32_t visit(const UtsTree& tree, const TreeNode& node, Tally& tally) noexcept {
  const std::uint32_t children = tree.children(node);
  ++tally.nodes;
  tally.leaves += children == 0;
  tally.depth = std::max(tally.depth, node.depth);
  return children;
}

struct AddTallies {
  Tally operator()(const Tally& a, const Tally& b) const noexcept { return a + b; }
};

/// A search by jobs: what its jobs share.
class JobSearch {
 public:
  explicit JobSearch(const UtsTree& tree) : tree_(tree) {}

  /// The body of each job. What a job carries is the node and a pointer: 32 bytes.
  void run(JobContext& job, const TreeNode& node) {
    const std::uint32_t children = visit(tree_, node, tally_.local());
    for (std::uint32_t i = 0; i < children; ++i) {
      job.spawn([this, child = tree_.child(node, i)](JobContext& context) { run(context, child); });
    }
  }
  [[nodiscard]] Tally tally() const { return tally_.value(); }

 private:
  const UtsTree& tree_;
  Reducer<Tally, AddTallies> tally_;
};

Tally search_children(const UtsTree& tree, const TreeNode& parent, std::uint32_t first,
                      std::uint32_t last);

Tally search_below(const UtsTree& tree, const TreeNode& node) {
  Tally tally;
  const std::uint32_t children = visit(tree, node, tally);
  return children == 0 ? tally : tally + search_children(tree, node, 0, children);
}

/// The subtrees of children [first, last) of `parent`, at least one.
Tally search_children(const UtsTree& tree, const TreeNode& parent, std::uint32_t first,
                      std::uint32_t last) {
  if (last - first == 1) return search_below(tree, tree.child(parent, first));
  const std::uint32_t middle = first + (last - first) / 2;
  const auto [low, high] = fork_join([&] { return search_children(tree, parent, first, middle); },
                                     [&] { return search_children(tree, parent, middle, last); });
  return low + high;
}

}  // namespace

Tally search_serially(const UtsTree& tree) {
  Tally tally;
  std::vector<TreeNode> open{tree.root()};
  while (!open.empty()) {
    const TreeNode node = open.back();
    open.pop_back();
    const std::uint32_t children = visit(tree, node, tally);
    for (std::uint32_t i = 0; i < children; ++i) open.push_back(tree.child(node, i));
  }
  return tally;
}

Tally search_by_jobs(Pool& pool, const UtsTree& tree) {
  JobSearch search(tree);
  pool.spawn([&search, root = tree.root()](JobContext& job) { search.run(job, root); });
  pool.wait();
  return search.tally();
}

Tally search_by_tasks(Pool& pool, const UtsTree& tree) {
  return pool.submit([&tree] { return search_below(tree, tree.root()); }).get();
}

}  // namespace jackdaw::workloads
