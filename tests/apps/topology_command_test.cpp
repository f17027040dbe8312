// jackdaw topology, on machines that are made up.
#include <gtest/gtest.h>

#include <algorithm>  // count, is_permutation
#include <string>     // string
#include <vector>     // vector

#include "support/command.hpp"

namespace {

using jackdaw::testing::json_of;
using jackdaw::testing::Outcome;
using jackdaw::testing::run;
using Numbers = std::vector<unsigned>;

const std::string big = "package:2 numa:4 core:8 pu:2";
const std::string hybrid = "topology --xml " JACKDAW_TEST_DATA "/hybrid.xml";

std::string made_up(const std::string& machine) {
  return "topology --synthetic \"" + machine + "\"";
}
std::string in_environment(const std::string& machine) {
  return "HWLOC_SYNTHETIC=\"" + machine + "\"";
}

/// One of a worker's properties, for each worker.
Numbers each(const nlohmann::json& found, const char* what) {
  Numbers all;
  for (const auto& worker : found.at("workers")) all.push_back(worker.at(what).get<unsigned>());
  return all;
}

Numbers victims(const nlohmann::json& found, std::size_t worker, const char* tier) {
  return found.at("workers").at(worker).at("victims").at(tier).get<Numbers>();
}

/// From `first` up to, not including, `end`, but for `self`.
bool are_all(const Numbers& numbers, unsigned first, unsigned end, unsigned self) {
  Numbers expected;
  for (unsigned i = first; i < end; ++i) {
    if (i != self) expected.push_back(i);
  }
  return std::is_permutation(numbers.begin(), numbers.end(), expected.begin(), expected.end());
}

TEST(TopologyCommand, TellsWhereWorkersGoAndWhomTheyAskOnALargeMachine) {
  const auto from_option = json_of(made_up(big));
  EXPECT_EQ(from_option, json_of("topology", in_environment(big)));
  const std::vector<std::pair<const char*, unsigned>> counts{
      {"packages", 2}, {"numa_nodes", 8}, {"cores", 64}, {"pus", 128}};
  for (const auto& [what, count] : counts) EXPECT_EQ(from_option.at(what).get<unsigned>(), count);
  EXPECT_EQ(from_option.at("usable_cpus").get<std::string>(), "0-127");
  ASSERT_EQ(from_option.at("workers").size(), 64u);
  for (unsigned i = 0; i < 64; ++i) {
    EXPECT_EQ(each(from_option, "cpu")[i], 2 * i);  // the first thread of each core
    EXPECT_EQ(each(from_option, "numa")[i], i / 8);
    EXPECT_EQ(each(from_option, "package")[i], i / 32);
    const unsigned numa = i / 8 * 8;
    const unsigned package = i / 32 * 32;
    EXPECT_TRUE(are_all(victims(from_option, i, "numa"), numa, numa + 8, i));
    auto in_package = victims(from_option, i, "package");
    for (unsigned n = numa; n < numa + 8; ++n) in_package.push_back(n);
    EXPECT_TRUE(are_all(in_package, package, package + 32, 64));
    EXPECT_TRUE(are_all(victims(from_option, i, "machine"), 32 - package, 64 - package, i));
    EXPECT_TRUE(victims(from_option, i, "core").empty());
  }
}

TEST(TopologyCommand, TakesTheOptionsOfAPool) {
  const auto smt = json_of(made_up(big) + " --smt");
  EXPECT_EQ(smt.at("workers").size(), 128u);
  EXPECT_EQ(victims(smt, 0, "core"), Numbers{1});
  const auto few = json_of(made_up(big) + " --workers 4 --placement scatter");
  const auto packages = each(few, "package");
  EXPECT_EQ(std::count(packages.begin(), packages.end(), 0u), 2);
  EXPECT_NE(victims(json_of(made_up(big) + " --seed 2"), 0, "machine"),
            victims(json_of(made_up(big) + " --seed 1"), 0, "machine"));
}

TEST(TopologyCommand, PutsWorkersOnPerformanceCoresFirst) {
  const auto found = json_of(hybrid);
  EXPECT_EQ(each(found, "kind"), (Numbers{1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(each(found, "cpu"), (Numbers{4, 6, 0, 1, 2, 3}));
  EXPECT_TRUE(are_all(victims(found, 0, "cache"), 0, 6, 0));
}

TEST(TopologyCommand, HasOneWorkerAndNoVictimOnOneCore) {
  const auto found = json_of(made_up("package:1 core:1 pu:1"));
  ASSERT_EQ(found.at("workers").size(), 1u);
  for (const char* tier : {"core", "cache", "numa", "package", "machine"})
    EXPECT_TRUE(victims(found, 0, tier).empty());
}

TEST(TopologyCommand, TellsTheSameToPeople) {
  const auto large = run(made_up(big));
  EXPECT_EQ(large.status, 0) << large.error;
  EXPECT_EQ(large.out.rfind("machine  2 package(s), 8 NUMA node(s), 0 last-level cache(s), "
                            "64 core(s), 128 PU(s)\nusable   CPUs 0-127 ",
                            0),
            0U)
      << large.out;
  EXPECT_NE(large.out.find("\n     9    18     9      9     1        0     0  numa: "),
            std::string::npos)
      << large.out;
  EXPECT_NE(run(hybrid).out.find("\n     0     4     4      0     0        0     1  cache: "),
            std::string::npos);
  const auto small = run(made_up("package:1 core:1 pu:1"));
  EXPECT_NE(small.out.find("\n     0     0     0      0     0        0     0  none\n"),
            std::string::npos)
      << small.out;
}

void expect_mistake(const Outcome& outcome, const std::string& explanation) {
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.error.rfind("jackdaw: ", 0), 0U) << outcome.error;
  EXPECT_NE(outcome.error.find(explanation), std::string::npos) << outcome.error;
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
}

TEST(TopologyCommand, RefusesAMachineThatCannotBeRead) {
  for (const std::string machine :
       {"package:2 nonsense:4", "package:", "package:2 core:0", "42x"}) {
    expect_mistake(run(made_up(machine)), "cannot read the machine \"" + machine + "\"");
    expect_mistake(run("topology", in_environment(machine)), "HWLOC_SYNTHETIC=\"" + machine);
    expect_mistake(run("nqueens 6", in_environment(machine)), "HWLOC_SYNTHETIC=\"" + machine);
  }
  expect_mistake(run("topology --xml /nonexistent.xml"), "\"/nonexistent.xml\"");
  expect_mistake(run("topology", "HWLOC_XMLFILE=/dev/null"), "HWLOC_XMLFILE=\"/dev/null\"");
  expect_mistake(run(made_up(big) + " --xml /dev/null"), "--xml");
  expect_mistake(run(made_up(big) + " --workers 0"), "--workers");
  expect_mistake(run(made_up(big) + " --placement anywhere"), "--placement");
}

}  // namespace
