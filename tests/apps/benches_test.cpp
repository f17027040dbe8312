// The benchmarks of one rank, one round each: what they tell, not how much it is.
#include <gtest/gtest.h>

#include <cmath>    // isfinite
#include <ostream>  // ostream
#include <set>      // set
#include <string>   // string
#include <vector>   // vector

#include "support/command.hpp"

namespace {

using jackdaw::testing::json_of;
using jackdaw::testing::run;
using Names = std::set<std::string>;

struct Bench {
  const char* name;
  std::vector<const char*> figures;  ///< that others may rely on
};
void PrintTo(const Bench& bench, std::ostream* out) { *out << bench.name; }

class Benches : public ::testing::TestWithParam<Bench> {};

INSTANTIATE_TEST_SUITE_P(
    OneRank, Benches,
    ::testing::Values(Bench{"spawn", {"spawn.ns_above_call"}}, Bench{"jobs", {"jobs.per_second"}},
                      Bench{"loop", {"loop.grain1_ns", "loop.auto_vs_best"}},
                      Bench{"nqueens", {"nqueens.one_worker_vs_serial"}},
                      Bench{"balance", {"balance.rebalancing_vs_stealing"}},
                      Bench{"strategies", {}}, Bench{"idle", {"idle.cpu_ms", "idle.start_us"}},
                      Bench{"uts", {"uts.one_worker_vs_serial", "uts.two_workers_speedup"}},
                      Bench{"compare", {"compare.fib.jackdaw.ms", "compare.jobs.jackdaw.ms"}}),
    [](const auto& test) { return std::string(test.param.name); });

Names names_in(const nlohmann::json& results) {
  Names names;
  for (const auto& result : results) {
    Names keys;
    for (const auto& [key, value] : result.items()) keys.insert(key);
    EXPECT_EQ(keys, (Names{"name", "spread", "unit", "value"}));
    EXPECT_TRUE(std::isfinite(result.at("value").get<double>())) << result;
    EXPECT_GE(result.at("spread").get<double>(), 0.0) << result;
    EXPECT_FALSE(result.at("unit").get<std::string>().empty()) << result;
    EXPECT_TRUE(names.insert(result.at("name").get<std::string>()).second) << "twice: " << result;
  }
  return names;
}

TEST_P(Benches, TellWhereTheyRanAndTheirFigures) {
  const auto all = json_of(std::string("bench ") + GetParam().name +
                           " --rounds 1 --workers 2 --no-pin --seed 7");
  const auto& environment = all.at("environment");
  for (const char* key : {"commit", "compiler", "machine"})
    EXPECT_FALSE(environment.at(key).get<std::string>().empty()) << key;
  EXPECT_NE(environment.at("machine").get<std::string>().find(" may be used"), std::string::npos);
  EXPECT_EQ(environment.at("workers").get<int>(), 2);
  EXPECT_EQ(environment.at("seed").get<int>(), 7);
  EXPECT_TRUE(environment.at("load").is_number());
  const auto names = names_in(all.at("results"));
  EXPECT_FALSE(names.empty());
  for (const char* figure : GetParam().figures) EXPECT_TRUE(names.contains(figure)) << figure;
}

TEST(Benches, CompareWithWhatIsThereAndNameWhatIsNot) {
  const auto all = json_of("bench compare --rounds 1 --workers 1 --no-pin");
  const auto names = names_in(all.at("results"));
  const std::string notes = all.value("notes", nlohmann::json::array()).dump();
  for (const std::string peer : {"oneTBB", "OpenMP"}) {
    const bool is_there = names.contains("compare.loop." + peer + ".vs_jackdaw");
    EXPECT_NE(is_there, notes.find(peer + " is left out") != std::string::npos) << peer;
  }
}

TEST(Benches, BeginTheirTableWithWhereTheyRan) {
  const auto table = run("bench spawn --rounds 1 --workers 1 --no-pin --seed 7");
  EXPECT_EQ(table.status, 0) << table.error;
  EXPECT_EQ(table.out.find("commit "), 0U) << table.out;
  EXPECT_NE(table.out.find("\n1 worker(s), seed 7, load before "), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("\nspawn.ns_above_call "), std::string::npos) << table.out;
}

}  // namespace
