#include "workloads/nqueens.hpp"

#include <array>    // array
#include <cstdlib>  // abs

#include "jackdaw/fork_join.hpp"  // fork_join

namespace jackdaw::workloads {
namespace {

using Board = std::array<signed char, max_queens>;  // by row: the column of its queen

bool is_safe(const Board& board, int row, int column) noexcept {
  for (int above = 0; above < row; ++above) {
    const int other = board[static_cast<std::size_t>(above)];
    if (other == column || std::abs(other - column) == row - above) return false;
  }
  return true;
}

int next_safe(const Board& board, int n, int row, int column) noexcept {
  while (column < n && !is_safe(board, row, column)) ++column;
  return column;
}

Board with_queen(const Board& board, int row, int column) noexcept {
  Board next = board;
  next[static_cast<std::size_t>(row)] = static_cast<signed char>(column);
  return next;
}

std::uint64_t count_alone(const Board& board, int n, int row) {
  if (row == n) return 1;
  std::uint64_t count = 0;
  for (int c = next_safe(board, n, row, 0); c < n; c = next_safe(board, n, row, c + 1))
    count += count_alone(with_queen(board, row, c), n, row + 1);
  return count;
}

std::uint64_t count_forked(const Board& board, int n, int row);

/// With the queen of `row` in `column`, which is safe, or in a later one.
std::uint64_t count_from(const Board& board, int n, int row, int column) {
  const int next = next_safe(board, n, row, column + 1);
  const auto here = [&] { return count_forked(with_queen(board, row, column), n, row + 1); };
  if (next == n) return here();
  const auto [a, b] = fork_join(here, [&] { return count_from(board, n, row, next); });
  return a + b;
}

std::uint64_t count_forked(const Board& board, int n, int row) {
  if (row == n) return 1;
  const int first = next_safe(board, n, row, 0);
  return first == n ? 0 : count_from(board, n, row, first);
}

}  // namespace

std::uint64_t nqueens_alone(int n) { return count_alone({}, n, 0); }
std::uint64_t nqueens_by_fork_join(int n) { return count_forked({}, n, 0); }

std::uint64_t nqueens_published(int n) noexcept {
  constexpr std::array<std::uint64_t, max_queens + 1> counts{
      0,      1,       0,        0,        2,         10,         4,
      40,     92,      352,      724,      2680,      14200,      73712,
      365596, 2279184, 14772512, 95815104, 666090624, 4968057848, 39029188884};
  return n < 1 || n > max_queens ? 0 : counts[static_cast<std::size_t>(n)];
}

}  // namespace jackdaw::workloads
