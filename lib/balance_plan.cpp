#include "balance_plan.hpp"

#include <algorithm>  // max_element, min, sort
#include <numeric>    // accumulate, iota

namespace jackdaw::detail {

std::vector<Move> plan_moves(std::span<const Queue> queues, double threshold) {
  std::vector<Move> moves;
  if (queues.empty()) return moves;
  std::vector<std::int64_t> work;
  for (const Queue& queue : queues) work.push_back(queue.work());
  const auto mean = std::accumulate(work.begin(), work.end(), std::int64_t{0}) /
                    static_cast<std::int64_t>(work.size());
  const auto most = *std::max_element(work.begin(), work.end());
  if (static_cast<double>(most) <= static_cast<double>(mean) * (1 + threshold)) return moves;
  std::vector<std::size_t> order(queues.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return work[a] > work[b]; });
  auto giver = order.begin();
  auto receiver = order.end() - 1;
  while (giver < receiver) {
    const auto each = queues[*giver].ns_per_job;
    const auto spare = (work[*giver] - mean) / each;
    const auto room = (mean - work[*receiver]) / each;
    if (spare <= 0) {
      ++giver;
    } else if (room <= 0) {
      --receiver;
    } else {
      const auto jobs = std::min(spare, room);
      moves.push_back({*giver, *receiver, jobs});
      work[*giver] -= jobs * each;
      work[*receiver] += jobs * each;
    }
  }
  return moves;
}

}  // namespace jackdaw::detail
