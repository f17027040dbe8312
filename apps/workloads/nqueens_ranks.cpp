#include "workloads/nqueens_ranks.hpp"

#include "jackdaw/job_context.hpp"      // JobContext
#include "jackdaw/scheduler.hpp"        // Scheduler
#include "workloads/nqueens_board.hpp"  // Board, next_safe, with_queen

namespace jackdaw::workloads {
namespace {

constexpr int rows_of_a_job = 7;  // some 10 us: a job costs little beside that

Sum<std::uint64_t> solutions;

/// Queens stand in the first rows.
struct Start {
  Board board;
  std::int32_t n;
  std::int32_t row;
};

void place_queens(JobContext& job, const Start& start) {
  const auto& [board, n, row] = start;
  if (n - row <= rows_of_a_job) {
    solutions += nqueens_below(board, n, row);
    return;
  }
  for (int c = next_safe(board, n, row, 0); c < n; c = next_safe(board, n, row, c + 1))
    job.spawn<place_queens>(with_queen(board, row, c), n, row + 1);
}

}  // namespace

std::uint64_t nqueens_on_ranks(Scheduler& scheduler, int n, const Resume& resume) {
  solutions.reset();
  if (resume) scheduler.keep("solutions", solutions);
  const bool goes_on = resume && resume();
  if (!goes_on && scheduler.rank() == 0) scheduler.submit<place_queens>(Board{}, n, 0);
  scheduler.run();
  return scheduler.reduce(solutions);
}

}  // namespace jackdaw::workloads
