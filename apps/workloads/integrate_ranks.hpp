#pragma once
/// \file
/// Adaptive quadrature on all ranks of an MPI job.

#include "workloads/integrate.hpp"  // Integral
#include "workloads/resume.hpp"     // Resume

namespace jackdaw {
class Scheduler;
}

namespace jackdaw::workloads {

/// Collective: one movable job for each interval. Each worker adds up what it has found, so the
/// rounding of the last digits differs from run to run. \throws as check_tolerance
[[nodiscard]] Integral integrate_on_ranks(Scheduler& scheduler, const Integrand& integrand,
                                          double tolerance, const Resume& resume);

}  // namespace jackdaw::workloads
