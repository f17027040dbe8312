#pragma once
/// \file
/// In how many ways n queens stand on a board of n by n without attacking each other: the classic
/// of task benchmarks, since the Cilk papers. Boards are copied from row to row.

#include <cstdint>  // uint64_t

#include "jackdaw/pool.hpp"  // Pool

namespace jackdaw::workloads {

inline constexpr int max_queens = 20;

/// \param n  1 to max_queens
[[nodiscard]] std::uint64_t nqueens_alone(int n);
/// One task for each safe square but the last of a row; no cutoff. Inside a pool only.
[[nodiscard]] std::uint64_t nqueens_by_fork_join(int n);

/// The published count (OEIS A000170); 0 if n is not from 1 to max_queens.
[[nodiscard]] std::uint64_t nqueens_published(int n) noexcept;

}  // namespace jackdaw::workloads
