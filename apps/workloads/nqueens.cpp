#include "workloads/nqueens.hpp"

#include <array>  // array

#include "jackdaw/fork_join.hpp"        // fork_join
#include "workloads/nqueens_board.hpp"  // count_queens, next_safe, with_queen

namespace jackdaw::workloads {

std::uint64_t nqueens_below(const Board& board, int n, int row) {
  if (row == n) return 1;
  std::uint64_t count = 0;
  for (int c = next_safe(board, n, row, 0); c < n; c = next_safe(board, n, row, c + 1))
    count += nqueens_below(with_queen(board, row, c), n, row + 1);
  return count;
}

std::uint64_t nqueens_alone(int n) { return nqueens_below({}, n, 0); }
std::uint64_t nqueens_by_fork_join(int n) {
  return count_queens(n, [](auto first, auto second) { return fork_join(first, second); });
}

std::uint64_t nqueens_published(int n) noexcept {
  constexpr std::array<std::uint64_t, max_queens + 1> counts{
      0,      1,       0,        0,        2,         10,         4,
      40,     92,      352,      724,      2680,      14200,      73712,
      365596, 2279184, 14772512, 95815104, 666090624, 4968057848, 39029188884};
  return n < 1 || n > max_queens ? 0 : counts[static_cast<std::size_t>(n)];
}

}  // namespace jackdaw::workloads
