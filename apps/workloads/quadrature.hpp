#pragma once
/// \file
/// One step of adaptive quadrature, whoever takes the next ones.

#include <cmath>    // fabs
#include <cstdint>  // uint32_t

namespace jackdaw::workloads {

inline constexpr std::uint32_t least_depth = 8;  // so that no narrow peak is overlooked
inline constexpr std::uint32_t most_depth = 48;  // narrower intervals have no doubles in between

/// An interval, the function at its ends and in its middle, and Simpson's estimate from these.
struct Interval {
  double from, to;
  double at_from, at_middle, at_to;
  double estimate;

  [[nodiscard]] double middle() const noexcept { return from + (to - from) / 2; }
};

inline double simpson(double width, double at_from, double at_middle, double at_to) noexcept {
  return width / 6 * (at_from + 4 * at_middle + at_to);
}

inline Interval measure(double (*f)(double), double from, double to, double at_from, double at_to) {
  Interval interval{from, to, at_from, 0, at_to, 0};
  interval.at_middle = f(interval.middle());
  interval.estimate = simpson(to - from, at_from, interval.at_middle, at_to);
  return interval;
}

/// An interval in two, and what that changes of the estimate.
struct Halves {
  Interval left, right;
  double change;

  /// By Richardson's rule.
  [[nodiscard]] double corrected() const noexcept {
    return left.estimate + right.estimate + change / 15;
  }
};

inline Halves halve(double (*f)(double), const Interval& whole) {
  const double middle = whole.middle();
  const Interval left = measure(f, whole.from, middle, whole.at_from, whole.at_middle);
  const Interval right = measure(f, middle, whole.to, whole.at_middle, whole.at_to);
  return {left, right, left.estimate + right.estimate - whole.estimate};
}

/// How far the refinement of an interval has come.
struct Refinement {
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
  [[nodiscard]] Refinement after(double change) const noexcept {
    return {depth + 1, tolerance / 2, change};
  }
};

}  // namespace jackdaw::workloads
