#pragma once
/// \file
/// Which jobs to move between workers so that each has about the same to do.

#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint64_t
#include <span>     // span
#include <vector>   // vector

namespace jackdaw::detail {

/// What waits at a worker.
struct Queue {
  std::int64_t jobs = 0;
  std::int64_t ns_per_job = 1;  ///< an estimate
  [[nodiscard]] std::int64_t work() const noexcept { return jobs * ns_per_job; }
};

struct Move {
  std::size_t from, to;
  std::int64_t jobs;
};

/// Nothing unless the fullest has more than `threshold` above the mean, as a share of it. No giver
/// falls below the mean, no receiver rises above it. The fullest give first, to those who have
/// least. O(n log n).
[[nodiscard]] std::vector<Move> plan_moves(std::span<const Queue> queues, double threshold);

}  // namespace jackdaw::detail
