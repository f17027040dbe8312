#pragma once
/// \file
/// What a benchmark measures, and how it tells.

#include <algorithm>  // minmax_element, sort
#include <chrono>     // steady_clock
#include <string>     // string
#include <vector>     // vector

#include <nlohmann/json_fwd.hpp>

namespace jackdaw::apps::bench {

/// Several measurements of one thing.
class Sample {
 public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] double median() const {
    auto sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    const auto n = sorted.size();
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }
  /// Greatest less least.
  [[nodiscard]] double spread() const {
    const auto [least, greatest] = std::minmax_element(values_.begin(), values_.end());
    return *greatest - *least;
  }

 private:
  std::vector<double> values_;
};

struct Figure {
  std::string name;  ///< "spawn.ns_above_call"
  double value = 0;
  std::string unit;
  double spread = 0;  ///< greatest less least of the runs
  std::string what;   ///< one line for people
};

class Figures {
 public:
  void add(std::string name, const Sample& sample, std::string unit, std::string what) {
    all_.push_back(
        {std::move(name), sample.median(), std::move(unit), sample.spread(), std::move(what)});
  }
  /// A line for people, and for the JSON's `notes`.
  void note(std::string line) { notes_.push_back(std::move(line)); }
  /// A table, or one JSON object with `environment` and `results`.
  /// \param environment  as environment_json() had it before anything was measured, and `workers`
  ///                     and `seed`; over ranks also `ranks` and `mpi`
  void print(bool json, const nlohmann::json& environment) const;

 private:
  std::vector<Figure> all_;
  std::vector<std::string> notes_;
};

/// Seconds that `function` takes.
template <typename Function>
[[nodiscard]] double seconds(Function&& function) {
  const auto start = std::chrono::steady_clock::now();
  function();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Fails loudly: a benchmark that computes something else measures nothing.
void expect(bool right, const std::string& what);

/// Keeps the compiler from forgetting a value.
template <typename T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace jackdaw::apps::bench
