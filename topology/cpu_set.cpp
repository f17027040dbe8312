#include "jackdaw/topology/cpu_set.hpp"

#include <algorithm>  // set_intersection
#include <charconv>   // from_chars
#include <iterator>   // inserter

namespace jackdaw::topology {
namespace {

constexpr std::uint32_t most_cpus = 65536;

/// Reads a number from the front of `text`, and takes it off.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number >= most_cpus) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char character) {
  if (text.empty() || text.front() != character) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

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

std::optional<CpuSet> parse_cpu_set(std::string_view text) {
  CpuSet cpus;
  while (!text.empty()) {
    const auto first = take_number(text);
    const auto last = take(text, '-') ? take_number(text) : first;
    if (!first || !last || *last < *first) return std::nullopt;
    for (auto cpu = *first; cpu <= *last; ++cpu) cpus.insert(cpus.end(), cpu);
    if (!text.empty() && (!take(text, ',') || text.empty())) return std::nullopt;
  }
  return cpus;
}

}  // namespace jackdaw::topology
