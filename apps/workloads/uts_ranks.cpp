#include "workloads/uts_ranks.hpp"

#include <optional>  // optional

#include "jackdaw/job_context.hpp"  // JobContext
#include "jackdaw/scheduler.hpp"    // Scheduler
#include "workloads/uts_visit.hpp"  // AddTallies, visit

namespace jackdaw::workloads {
namespace {

/// A job that moves carries its node alone; what belongs to the search is the same on every rank.
std::optional<UtsTree> searched;
Reducer<Tally, AddTallies> tally;

/// Computed where the job will run: see JobContext::emplace.
struct Child {
  explicit Child(const TreeNode& root) : node(root) {}
  Child(const TreeNode& parent, std::uint32_t i) : node(searched->child(parent, i)) {}
  TreeNode node;
};

void visit_node(JobContext& job, const Child& child) {
  const std::uint32_t children = visit(*searched, child.node, tally.local());
  for (std::uint32_t i = 0; i < children; ++i) job.spawn<visit_node>(child.node, i);
}

}  // namespace

Tally search_on_ranks(Scheduler& scheduler, const UtsTree& tree, const Resume& resume) {
  searched = tree;
  tally.reset();
  if (resume) scheduler.keep("tally", tally);
  const bool goes_on = resume && resume();
  if (!goes_on && scheduler.rank() == 0) scheduler.submit<visit_node>(tree.root());
  scheduler.run();
  return scheduler.reduce(tally);
}

}  // namespace jackdaw::workloads
