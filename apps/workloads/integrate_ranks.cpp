#include "workloads/integrate_ranks.hpp"

#include <algorithm>  // max

#include "jackdaw/job_context.hpp"   // JobContext
#include "jackdaw/scheduler.hpp"     // Scheduler
#include "workloads/quadrature.hpp"  // Interval, measure, Refinement

namespace jackdaw::workloads {
namespace {

struct AddIntegrals {
  Integral operator()(const Integral& a, const Integral& b) const {
    return {a.value + b.value, a.evaluations + b.evaluations, std::max(a.depth, b.depth)};
  }
};

/// What belongs to the integral is the same on every rank.
double (*integrated)(double) = nullptr;
Reducer<Integral, AddIntegrals> sum;

struct Piece {
  Interval interval;
  Refinement refinement;
};

void add(const Integral& part) { sum.local() = AddIntegrals{}(sum.local(), part); }

void refine_piece(JobContext& job, const Piece& piece) {
  const Halves halves = halve(integrated, piece.interval);
  if (piece.refinement.is_enough(halves.change)) {
    return add({halves.corrected(), 2, piece.refinement.depth});
  }
  add({0, 2, 0});
  const Refinement next = piece.refinement.after(halves.change);
  job.spawn<refine_piece>(halves.left, next);
  job.spawn<refine_piece>(halves.right, next);
}

}  // namespace

Integral integrate_on_ranks(Scheduler& scheduler, const Integrand& integrand, double tolerance,
                            const Resume& resume) {
  check_tolerance(tolerance);
  integrated = integrand.function;
  sum.reset();
  if (resume) scheduler.keep("sum", sum);
  const bool goes_on = resume && resume();
  if (!goes_on && scheduler.rank() == 0) {
    add({0, 3, 0});
    scheduler.submit<refine_piece>(measure(integrated, integrand.from, integrand.to,
                                           integrated(integrand.from), integrated(integrand.to)),
                                   Refinement{1, tolerance, 0});
  }
  scheduler.run();
  return scheduler.reduce(sum);
}

}  // namespace jackdaw::workloads
