#include "bench/figures.hpp"

#include <fmt/format.h>

#include <cstdint>    // uint64_t
#include <stdexcept>  // runtime_error

#include <nlohmann/json.hpp>

namespace jackdaw::apps::bench {

namespace {

std::string head_of(const nlohmann::json& environment) {
  const auto text = [&](const char* key) { return environment.at(key).get<std::string>(); };
  const auto number = [&](const char* key) { return environment.at(key).get<std::uint64_t>(); };
  const auto crew = environment.contains("ranks")
                        ? fmt::format("{}, {} rank(s) x {} worker(s)", text("mpi"), number("ranks"),
                                      number("workers"))
                        : fmt::format("{} worker(s)", number("workers"));
  return fmt::format("commit {}, {}, {}\n{}, seed {}, load before {:.2f}\n", text("commit"),
                     text("compiler"), text("machine"), crew, number("seed"),
                     environment.at("load").get<double>());
}

}  // namespace

void Figures::print(bool json, const nlohmann::json& environment) const {
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
  fmt::print("{}", head_of(environment));
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
