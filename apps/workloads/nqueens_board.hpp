#pragma once
/// \file
/// The recursion of the n queens problem, with the fork left open, so that several schedulers can
/// be compared on it.

#include <array>    // array
#include <cstdint>  // uint64_t
#include <cstdlib>  // abs

#include "workloads/nqueens.hpp"  // max_queens

namespace jackdaw::workloads {

using Board = std::array<signed char, max_queens>;  ///< by row: the column of its queen

[[nodiscard]] inline bool is_safe(const Board& board, int row, int column) noexcept {
  for (int above = 0; above < row; ++above) {
    const int other = board[static_cast<std::size_t>(above)];
    if (other == column || std::abs(other - column) == row - above) return false;
  }
  return true;
}

/// The first safe column from `column` on, or `n`.
[[nodiscard]] inline int next_safe(const Board& board, int n, int row, int column) noexcept {
  while (column < n && !is_safe(board, row, column)) ++column;
  return column;
}

[[nodiscard]] inline Board with_queen(const Board& board, int row, int column) noexcept {
  Board next = board;
  next[static_cast<std::size_t>(row)] = static_cast<signed char>(column);
  return next;
}

/// Solutions that begin with the first `row` rows of `board`, one after the other.
[[nodiscard]] std::uint64_t nqueens_below(const Board& board, int n, int row);

template <typename Fork>
class QueensCount {
 public:
  QueensCount(int n, Fork fork) : n_(n), fork_(fork) {}

  /// Solutions that begin with the first `row` rows of `board`.
  [[nodiscard]] std::uint64_t below(const Board& board, int row) const {
    if (row == n_) return 1;
    const int first = next_safe(board, n_, row, 0);
    return first == n_ ? 0 : from(board, row, first);
  }

 private:
  /// With the queen of `row` in `column`, which is safe, or in a later one.
  [[nodiscard]] std::uint64_t from(const Board& board, int row, int column) const {
    const int next = next_safe(board, n_, row, column + 1);
    const auto here = [&] { return below(with_queen(board, row, column), row + 1); };
    if (next == n_) return here();
    const auto [a, b] = fork_(here, [&] { return from(board, row, next); });
    return a + b;
  }

  int n_;
  Fork fork_;
};

/// \param fork  calls two functions, perhaps at once, and returns the pair of their results
template <typename Fork>
[[nodiscard]] std::uint64_t count_queens(int n, Fork fork) {
  return QueensCount<Fork>(n, fork).below({}, 0);
}

}  // namespace jackdaw::workloads
