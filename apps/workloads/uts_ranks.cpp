#include "workloads/uts_ranks.hpp"

#include "jackdaw/job_context.hpp"  // JobContext
#include "jackdaw/scheduler.hpp"    // Scheduler
#include "workloads/uts_visit.hpp"  // AddTallies, visit

namespace jackdaw::workloads {
namespace {

/// A job that moves carries its node alone; what belongs to the search is the same on every rank.
const UtsTree* searched = nullptr;
Reducer<Tally, AddTallies> tally;

void visit_node(JobContext& job, const TreeNode& node) {
  const std::uint32_t children = visit(*searched, node, tally.local());
  for (std::uint32_t i = 0; i < children; ++i) job.spawn<visit_node>(searched->child(node, i));
}

}  // namespace

Tally search_on_ranks(Scheduler& scheduler, const UtsTree& tree) {
  searched = &tree;
  tally.reset();
  if (scheduler.rank() == 0) scheduler.submit<visit_node>(tree.root());
  scheduler.run();
  return scheduler.reduce(tally);
}

}  // namespace jackdaw::workloads
