#include "report.hpp"

#include <gtest/gtest.h>

#include <algorithm>  // count
#include <chrono>     // milliseconds
#include <cstdint>    // UINT64_MAX

#include "environment.hpp"

namespace {

using namespace jackdaw;
using namespace std::chrono_literals;

TEST(Report, GroupsDigitsByThree) {
  EXPECT_EQ(apps::grouped(0), "0");
  EXPECT_EQ(apps::grouped(999), "999");
  EXPECT_EQ(apps::grouped(1000), "1,000");
  EXPECT_EQ(apps::grouped(4130071), "4,130,071");
  EXPECT_EQ(apps::grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

Statistics two_workers() {
  Statistics statistics;
  statistics.workers.resize(2);
  statistics.workers[0].slices = {1000ms, 200ms, 30ms, 4ms};
  statistics.workers[0].jobs_run = 5;
  statistics.workers[1].slices = {500ms, 0ms, 0ms, 734ms};
  statistics.workers[1].jobs_run = 6;
  statistics.workers[1].jobs_stolen = 3;
  statistics.jobs_created = 11;
  statistics.jobs_finished = 11;
  return statistics;
}

TEST(Report, TellsOfEachWorkerAndOfAllTogether) {
  const std::string table = apps::statistics_table(two_workers());
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 5) << table;  // head, 2, all, jobs
  EXPECT_NE(table.find("     0    1.0000    0.2000    0.0300    0.0040    1.2340            5"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("   all    1.5000    0.2000    0.0300    0.7380    2.4680           11"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("11 created, 11 finished"), std::string::npos) << table;
}

TEST(Report, TellsOfWhatIsRareOnlyWhereItWas) {
  auto statistics = two_workers();
  EXPECT_EQ(apps::statistics_table(statistics).find("timed out"), std::string::npos);
  statistics.jobs_timed_out = 2;
  statistics.jobs_promoted = 3;
  statistics.workers[1].preemptions = 4;
  const std::string table = apps::statistics_table(statistics);
  EXPECT_NE(table.find(", 2 timed out, 4 preempted, 3 promoted by age\n"), std::string::npos)
      << table;
}

TEST(Report, SaysTheSameToPrograms) {
  const auto json = apps::statistics_json(two_workers());
  ASSERT_EQ(json.at("workers").size(), 2U);
  EXPECT_DOUBLE_EQ(json["workers"][0].at("working_s").get<double>(), 1.0);
  EXPECT_DOUBLE_EQ(json["workers"][1].at("asleep_s").get<double>(), 0.734);
  EXPECT_EQ(json["workers"][1].at("jobs_stolen").get<int>(), 3);
  EXPECT_EQ(json.at("jobs_finished").get<int>(), 11);
}

TEST(Report, SaysWhereItWasMeasured) {
  const auto environment = apps::environment_json();
  for (const char* key :
       {"version", "commit", "compiler", "build", "processor", "machine", "kernel"})
    EXPECT_FALSE(environment.at(key).get<std::string>().empty()) << key;
  EXPECT_TRUE(environment.at("load").is_number());
}

}  // namespace
