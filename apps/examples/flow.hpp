#pragma once
/// \file
/// A swirling flow in the unit square, and the tracer that it carries.
///
/// Source: LeVeque, "High-Resolution Conservative Algorithms for Advection in Incompressible Flow",
/// SIAM J. Numer. Anal. 33, 1996: its deformation flow, which turns a disk into a thin spiral.

#include <cmath>  // cos, exp, sin

#include "jackdaw/kokkos/version.hpp"  // KOKKOS_INLINE_FUNCTION

namespace jackdaw::examples {

struct Point {
  double x, y;
};

/// At time t, in units of the time after which the flow would turn back.
KOKKOS_INLINE_FUNCTION Point velocity(const Point& at, double t) {
  constexpr double pi = 3.14159265358979323846;
  const double sx = std::sin(pi * at.x), sy = std::sin(pi * at.y), turn = std::cos(pi * t);
  return {2 * sx * sx * std::sin(2 * pi * at.y) * turn,
          -2 * sy * sy * std::sin(2 * pi * at.x) * turn};
}

/// Where the tracer was put: smoothly, in a disk.
KOKKOS_INLINE_FUNCTION double tracer_at_start(const Point& at) {
  const double x = at.x - 0.5, y = at.y - 0.75, r = (x * x + y * y) / (0.15 * 0.15);
  return r < 1 ? (1 - r) * (1 - r) : 0.0;
}

/// What the flow has carried here at time 1/2: follows it back, by Runge and Kutta's fourth order.
KOKKOS_INLINE_FUNCTION double tracer(Point at) {
  constexpr int steps = 40;
  constexpr double dt = -0.5 / steps;
  for (int i = 0; i < steps; ++i) {
    const double t = 0.5 + i * dt;
    const Point a = velocity(at, t);
    const Point b = velocity({at.x + a.x * dt / 2, at.y + a.y * dt / 2}, t + dt / 2);
    const Point c = velocity({at.x + b.x * dt / 2, at.y + b.y * dt / 2}, t + dt / 2);
    const Point d = velocity({at.x + c.x * dt, at.y + c.y * dt}, t + dt);
    at.x += dt / 6 * (a.x + 2 * b.x + 2 * c.x + d.x);
    at.y += dt / 6 * (a.y + 2 * b.y + 2 * c.y + d.y);
  }
  return tracer_at_start(at);
}

}  // namespace jackdaw::examples
