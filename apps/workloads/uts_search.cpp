#include "workloads/uts_search.hpp"

#include <vector>  // vector

#include "jackdaw/fork_join.hpp"    // fork_join
#include "jackdaw/job_context.hpp"  // JobContext
#include "jackdaw/pool.hpp"         // Pool
#include "jackdaw/reducer.hpp"      // Reducer
#include "workloads/uts_visit.hpp"  // AddTallies, visit

namespace jackdaw::workloads {
namespace {

/// A search by jobs: what its jobs share.
struct JobSearch {
  const UtsTree tree;  // a copy: one pointer less to follow, in each job
  Reducer<Tally, AddTallies> tally{};
};

/// One of them: 32 bytes, computed in place.
class VisitJob {
 public:
  explicit VisitJob(JobSearch& search) : node_(search.tree.root()), search_(search) {}
  VisitJob(const VisitJob& parent, std::uint32_t i)
      : node_(parent.search_.tree.child(parent.node_, i)), search_(parent.search_) {}

  void operator()(JobContext& job) const {
    const std::uint32_t children = visit(search_.tree, node_, search_.tally.local());
    for (std::uint32_t i = 0; i < children; ++i) job.emplace<VisitJob>(*this, i);
  }

 private:
  TreeNode node_;
  JobSearch& search_;
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
  JobSearch search{tree};
  pool.spawn(VisitJob(search));
  pool.wait();
  return search.tally.value();
}

Tally search_by_tasks(Pool& pool, const UtsTree& tree) {
  return pool.submit([&tree] { return search_below(tree, tree.root()); }).get();
}

}  // namespace jackdaw::workloads
