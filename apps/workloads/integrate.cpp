#include "workloads/integrate.hpp"

#include <algorithm>  // max
#include <sstream>    // ostringstream
#include <stdexcept>  // invalid_argument
#include <utility>    // pair

#include "jackdaw/fork_join.hpp"     // fork_join
#include "workloads/quadrature.hpp"  // Interval, Refinement

namespace jackdaw::workloads {
namespace {

/// \param both  calls two functions, and gives both results
template <typename Both>
Integral refine(double (*f)(double), const Interval& whole, const Refinement& refinement,
                Both both) {
  const Halves halves = halve(f, whole);
  if (refinement.is_enough(halves.change)) return {halves.corrected(), 2, refinement.depth};
  const Refinement next = refinement.after(halves.change);
  const auto [a, b] = both([&] { return refine(f, halves.left, next, both); },
                           [&] { return refine(f, halves.right, next, both); });
  return {a.value + b.value, a.evaluations + b.evaluations + 2, std::max(a.depth, b.depth)};
}

template <typename Both>
Integral integrate(const Integrand& integrand, double tolerance, Both both) {
  check_tolerance(tolerance);
  double (*const f)(double) = integrand.function;
  const double from = integrand.from;
  const double to = integrand.to;
  Integral result = refine(f, measure(f, from, to, f(from), f(to)), {1, tolerance, 0}, both);
  result.evaluations += 3;
  return result;
}

}  // namespace

void check_tolerance(double tolerance) {
  if (tolerance >= least_tolerance && tolerance <= most_tolerance)
    return;  // so that a NaN is refused
  std::ostringstream message;
  message << "the tolerance is " << tolerance << ", but must be " << least_tolerance << " to "
          << most_tolerance;
  throw std::invalid_argument(message.str());
}

Integral integrate_alone(const Integrand& integrand, double tolerance) {
  return integrate(integrand, tolerance, [](auto first, auto second) {
    const Integral a = first();
    return std::pair(a, second());
  });
}

Integral integrate_by_fork_join(const Integrand& integrand, double tolerance) {
  return integrate(integrand, tolerance,
                   [](auto first, auto second) { return fork_join(first, second); });
}

}  // namespace jackdaw::workloads
