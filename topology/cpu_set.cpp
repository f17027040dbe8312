#include "jackdaw/topology/cpu_set.hpp"

#include <algorithm>  // set_intersection
#include <iterator>   // inserter

namespace jackdaw::topology {

CpuSet intersection(const CpuSet& a, const CpuSet& b) {
  CpuSet both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

std::string to_string(const CpuSet& cpus) {
  std::string text;
  for (auto it = cpus.begin(); it != cpus.end();) {
    const auto first = *it;
    auto last = first;
    for (++it; it != cpus.end() && *it == last + 1; ++it) last = *it;
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last != first) text += "-" + std::to_string(last);
  }
  return text;
}

}  // namespace jackdaw::topology
