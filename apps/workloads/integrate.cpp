#include "workloads/integrate.hpp"

#include <algorithm>  // max
#include <cmath>      // fabs
#include <sstream>    // ostringstream
#include <stdexcept>  // invalid_argument
#include <utility>    // pair

#include "jackdaw/fork_join.hpp"  // fork_join

namespace jackdaw::workloads {
namespace {

constexpr std::uint32_t least_depth = 8;  // so that no narrow peak is overlooked
constexpr std::uint32_t most_depth = 48;  // narrower intervals have no doubles in between

/// An interval, the function at its ends and in its middle, and Simpson's estimate from these.
struct Interval {
  double from, to;
  double at_from, at_middle, at_to;
  double estimate;

  [[nodiscard]] double middle() const noexcept { return from + (to - from) / 2; }
};

double simpson(double width, double at_from, double at_middle, double at_to) noexcept {
  return width / 6 * (at_from + 4 * at_middle + at_to);
}

Interval measure(double (*f)(double), double from, double to, double at_from, double at_to) {
  Interval interval{from, to, at_from, 0, at_to, 0};
  interval.at_middle = f(interval.middle());
  interval.estimate = simpson(to - from, at_from, interval.at_middle, at_to);
  return interval;
}

/// How far the refinement of an interval has come.
struct Progress {
  std::uint32_t depth;
  double tolerance;
  double last_change;  ///< what halving the parent changed

  /// One small change may be an accident, where the function swings faster than it is sampled. A
  /// smooth one changes 32 times less from level to level, so its last change was small too.
  [[nodiscard]] bool is_enough(double change) const noexcept {
    if (depth == most_depth) return true;
    return depth >= least_depth && std::fabs(change) <= 15 * tolerance &&
           std::fabs(last_change) <= 32 * 15 * tolerance;
  }
  [[nodiscard]] Progress after(double change) const noexcept {
    return {depth + 1, tolerance / 2, change};
  }
};

/// \param both  calls two functions, and gives both results
template <typename Both>
Integral refine(double (*f)(double), const Interval& whole, const Progress& progress, Both both) {
  const double middle = whole.middle();
  const Interval left = measure(f, whole.from, middle, whole.at_from, whole.at_middle);
  const Interval right = measure(f, middle, whole.to, whole.at_middle, whole.at_to);
  const double sum = left.estimate + right.estimate;
  const double change = sum - whole.estimate;
  if (progress.is_enough(change)) return {sum + change / 15, 2, progress.depth};
  const Progress next = progress.after(change);
  const auto [a, b] = both([&] { return refine(f, left, next, both); },
                           [&] { return refine(f, right, next, both); });
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
