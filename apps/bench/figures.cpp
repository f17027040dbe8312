#include "bench/figures.hpp"

#include <fmt/format.h>

#include <stdexcept>  // runtime_error

#include <nlohmann/json.hpp>

#include "report.hpp"  // environment_json

namespace jackdaw::apps::bench {

void Figures::print(bool json, const std::string& who, unsigned count) const {
  auto environment = environment_json();
  environment[who + "s"] = count;
  if (json) {
    auto results = nlohmann::json::array();
    for (const auto& f : all_) {
      results.push_back(
          {{"name", f.name}, {"value", f.value}, {"unit", f.unit}, {"spread", f.spread}});
    }
    nlohmann::json all{{"environment", environment}, {"results", results}};
    if (!notes_.empty()) all["notes"] = notes_;
    fmt::print("{}\n", all.dump(2));
    return;
  }
  fmt::print("commit {}, {}, {}, {} {}(s), load {:.2f}\n", environment["commit"].get<std::string>(),
             environment["compiler"].get<std::string>(),
             environment["processor"].get<std::string>(), count, who,
             environment["load"].get<double>());
  for (const auto& line : notes_) fmt::print("{}\n", line);
  fmt::print("{:<34} {:>12} {:<10} {:>12}  what\n", "name", "median", "unit", "spread");
  for (const auto& f : all_) {
    fmt::print("{:<34} {:>12.4g} {:<10} {:>12.3g}  {}\n", f.name, f.value, f.unit, f.spread,
               f.what);
  }
}

void expect(bool right, const std::string& what) {
  if (!right) throw std::runtime_error("the benchmark computed something wrong: " + what);
}

}  // namespace jackdaw::apps::bench
