#pragma once
/// \file
/// The n queens problem on all ranks of an MPI job.

#include <cstdint>  // uint64_t

#include "workloads/resume.hpp"  // Resume

namespace jackdaw {
class Scheduler;
}

namespace jackdaw::workloads {

/// Collective: one movable job for each way to fill the first rows, until few are left.
/// \param n  1 to max_queens
[[nodiscard]] std::uint64_t nqueens_on_ranks(Scheduler& scheduler, int n, const Resume& resume);

}  // namespace jackdaw::workloads
