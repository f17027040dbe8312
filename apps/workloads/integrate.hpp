#pragma once
/// \file
/// Adaptive quadrature: intervals are halved where the function is difficult, and nobody knows
/// beforehand where that is.
///
/// Source: Simpson's rule, halved until two levels agree, with Richardson's correction; Lyness,
///         "Notes on the Adaptive Simpson Quadrature Routine", JACM 16 (3), 1969.

#include <cstdint>  // uint32_t, uint64_t

#include "workloads/integrand.hpp"  // Integrand

namespace jackdaw::workloads {

struct Integral {
  double value = 0;
  std::uint64_t evaluations = 0;  ///< of the function
  std::uint32_t depth = 0;        ///< halvings, where there were most

  bool operator==(const Integral&) const = default;
};

/// Below this, the rounding errors of the functions here would be mistaken for difficulty.
inline constexpr double least_tolerance = 1e-11;
/// Above this, a peak might be overlooked.
inline constexpr double most_tolerance = 1e-2;

/// \throws std::invalid_argument  the tolerance is not from least_tolerance to most_tolerance
void check_tolerance(double tolerance);

/// The plain program.
/// \param tolerance  of the absolute error: halves of an interval get half each
/// \throws std::invalid_argument  as check_tolerance
[[nodiscard]] Integral integrate_alone(const Integrand& integrand, double tolerance);

/// One task for each interval that is halved; no cutoff. Sums are taken in the order of the
/// intervals, so that every run, with any number of workers, gives the same value to the last bit.
/// \throws std::invalid_argument  as check_tolerance
[[nodiscard]] Integral integrate_by_fork_join(const Integrand& integrand, double tolerance);

}  // namespace jackdaw::workloads
