#include "rebalancing.hpp"

#include <algorithm>  // max, min
#include <vector>     // vector

#include "balance_plan.hpp"  // plan_moves, Move, Queue
#include "loot.hpp"          // Loot

namespace jackdaw::detail {
namespace {

constexpr int fastest = 16, slowest = 8;  // of the configured interval: a part, a multiple

}  // namespace

/// What a worker has not fetched yet of what it was given counts as its own. One that has measured
/// no job is taken to have jobs like those of the others.
std::vector<Queue> Rebalancing::queues() const {
  std::vector<Queue> all;
  std::int64_t known = 0, ns = 0;
  for (std::size_t i = 0; i < engine_.workers.size(); ++i) {
    const Worker& worker = *engine_.workers[i];
    auto jobs = worker.queued();
    for (const auto& gift : engine_.gifts[i]) jobs += gift.jobs();
    all.push_back({jobs, worker.job_ns()});
    if (worker.job_ns() > 0) ++known;
    ns += worker.job_ns();
  }
  const auto usual = std::max<std::int64_t>(known > 0 ? ns / known : 0, 1);
  for (Queue& queue : all) {
    if (queue.ns_per_job == 0) queue.ns_per_job = usual;
  }
  return all;
}

void Rebalancing::look() {
  std::int64_t moved = 0;
  for (const Move& move : plan_moves(queues(), engine_.config.imbalance_threshold))
    moved += carry_out(move);
  const std::chrono::nanoseconds usual = engine_.config.rebalance_interval;
  interval_ = moved > 0 ? std::max(interval_ / 2, usual / fastest)
                        : std::min(interval_ * 2, usual * slowest);
}

/// The most urgent first, and of these the oldest, as a thief would. \returns how many jobs moved
std::int64_t Rebalancing::carry_out(const Move& move) {
  Worker& giver = *engine_.workers[move.from];
  auto left = move.jobs;
  for (std::size_t c = 0; c < priority_count; ++c) {
    while (left > 0) {
      const auto loot = Loot::take(giver.store.deques[c], static_cast<std::size_t>(left));
      if (loot.empty()) break;
      for (JobRecord* job : loot.jobs()) {
        if (!engine_.mark_stolen(*job, giver.store.index)) continue;
        engine_.rebalanced.fetch_add(1, std::memory_order_relaxed);  // a statistic
        engine_.tell(EventKind::rebalanced, *job);
      }
      give(move.to, c, {loot.jobs().begin(), loot.jobs().end()});
      left -= static_cast<std::int64_t>(loot.jobs().size());
    }
  }
  return move.jobs - left;
}

void Rebalancing::give(std::size_t worker, std::size_t job_class, std::vector<JobRecord*> jobs) {
  engine_.gifts[worker][job_class].put(std::move(jobs));
  heavy_barrier();  // first the put, then the pulse: pair (P) of IdleSet
  auto& idle = *engine_.idle;
  if ((idle.pulse() & std::uint64_t{1} << job_class) == 0) idle.set_present(job_class);
  if (job_class == static_cast<std::size_t>(Priority::critical)) engine_.alert_workers();
  if (!idle.wake(worker) && (idle.pulse() & Pulse::hungry) != 0) idle.wake_one();
}

}  // namespace jackdaw::detail
