#include "workloads/integrand.hpp"

#include <array>      // array
#include <cmath>      // atan, cos, sin, sqrt
#include <stdexcept>  // invalid_argument
#include <string>     // string

namespace jackdaw::workloads {
namespace {

/// The derivative of x^2 sin(1/x): some 1600 swings on [1e-4, 1], most of them near 0.
double chirp(double x) { return 2 * x * std::sin(1 / x) - std::cos(1 / x); }
double chirp_integral(double x) { return x * x * std::sin(1 / x); }

struct Peak {
  double place;
  double width;
};
constexpr std::array sharp_peaks{Peak{0.1, 1e-3}, Peak{0.3, 1e-4}, Peak{0.7, 1e-5}};

double peaks(double x) {
  double sum = 0;
  for (const Peak& peak : sharp_peaks) {
    const double distance = x - peak.place;
    sum += peak.width / (distance * distance + peak.width * peak.width);
  }
  return sum;
}
double peaks_integral(double x) {
  double sum = 0;
  for (const Peak& peak : sharp_peaks) sum += std::atan((x - peak.place) / peak.width);
  return sum;
}

constexpr double cusp_place = 1.0 / 3;
double cusp(double x) { return std::sqrt(std::fabs(x - cusp_place)); }
double cusp_integral(double x) {
  const double distance = x - cusp_place;
  return 2.0 / 3 * distance * std::sqrt(std::fabs(distance));
}

Integrand make(std::string_view name, std::string_view formula, double (*function)(double),
               double (*integral)(double), double from) {
  return {name, formula, function, from, 1, integral(1) - integral(from)};
}

}  // namespace

std::span<const Integrand> integrands() {
  static const std::array all{
      make("chirp", "2 x sin(1/x) - cos(1/x)", chirp, chirp_integral, 1e-4),
      make("peaks", "the sum of w / ((x - p)^2 + w^2), w = 1e-3, 1e-4, 1e-5 at p = 0.1, 0.3, 0.7",
           peaks, peaks_integral, 0),
      make("cusp", "sqrt(|x - 1/3|)", cusp, cusp_integral, 0),
  };
  return all;
}

const Integrand& find_integrand(std::string_view name) {
  std::string names;
  for (const Integrand& integrand : integrands()) {
    if (integrand.name == name) return integrand;
    names += (names.empty() ? "" : ", ") + std::string(integrand.name);
  }
  throw std::invalid_argument("there is no function named \"" + std::string(name) +
                              "\"; choose one of " + names);
}

}  // namespace jackdaw::workloads
