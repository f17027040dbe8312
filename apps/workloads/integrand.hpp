#pragma once
/// \file
/// Functions that are hard to integrate because all the work is in a few places, and whose
/// integrals are known.

#include <span>         // span
#include <string_view>  // string_view

namespace jackdaw::workloads {

struct Integrand {
  std::string_view name;
  std::string_view formula;
  double (*function)(double x);
  double from;
  double to;
  double exact;  ///< the integral, to the last digit or two
};

[[nodiscard]] std::span<const Integrand> integrands();

/// \throws std::invalid_argument  there is none of that name; the message lists them
[[nodiscard]] const Integrand& find_integrand(std::string_view name);

}  // namespace jackdaw::workloads
