// The command as a user has it: what it prints where, and its exit status.
#include <gtest/gtest.h>

#include <algorithm>  // count
#include <chrono>     // seconds, steady_clock
#include <cstdlib>    // setenv, unsetenv
#include <string>     // string

#include "support/command.hpp"

namespace {

using jackdaw::testing::json_of;
using jackdaw::testing::Outcome;
using jackdaw::testing::run;

/// Arguments, and what the one line on standard error must contain.
struct Mistake {
  const char* arguments;
  const char* explanation;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.arguments; }

class UserMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(UserMistake, IsExplainedInOneLineWithStatusTwo) {
  const auto [status, out, error] = run(GetParam().arguments);
  EXPECT_EQ(status, 2);
  EXPECT_EQ(out, "");
  EXPECT_EQ(error.rfind("jackdaw: ", 0), 0U) << error;
  EXPECT_NE(error.find(GetParam().explanation), std::string::npos) << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
  EXPECT_EQ(error.back(), '\n');
}

INSTANTIATE_TEST_SUITE_P(
    Command, UserMistake,
    ::testing::Values(
        Mistake{"", "no command; choose one of uts, nqueens, integrate"},
        Mistake{"dance", "there is no command \"dance\"; choose one of uts"},
        Mistake{"--dance", "there is no option \"--dance\""},
        Mistake{"bench", "no benchmark; choose one of spawn, jobs"},
        Mistake{"bench dance", "there is no benchmark \"dance\"; choose one of spawn, jobs"},
        Mistake{"bench jobs --rounds 0", "see jackdaw bench jobs --help"},
        Mistake{"bench steal", "start it as mpirun -n 2 jackdaw bench steal"},
        Mistake{"demo --scene nonsense",
                "there is no scene \"nonsense\"; choose one of preemption"},
        Mistake{"uts --workers 0",
                "--workers must be 1..1024, not 0; leave it out to use every allowed core"},
        Mistake{"nqueens 6 --workers 1025", "--workers must be 1..1024, not 1025"},
        Mistake{"integrate --workers all", "--workers must be 1..1024, not all"},
        Mistake{"uts --strategy random", "single, batched, locality_aware, adaptive"},
        Mistake{"uts --deque-capacity 1000", "power of two"},
        Mistake{"uts --tree T9", "there is no tree named \"T9\"; choose one of T1"},
        Mistake{"uts --tree T1 -d 5", "T1 is the tree -t 1 -a 3 -d 10 -b 4 -r 19"},
        Mistake{"uts --serial --fork-join", "--fork-join"},
        Mistake{"uts --serial --workers 2", "--workers is for a pool"},
        Mistake{"uts -t 3", "--type"}, Mistake{"uts -d deep", "--depth"},
        Mistake{"uts -d 0", "-d is 0, but must be 1 to"},
        Mistake{"uts -t 0 -q 0.5", "-q 0.5 times -m 4 is 2, but must be below 1"},
        Mistake{"uts -d 5 --check", "nothing is published about the tree"},
        Mistake{"uts nodes", "nodes"}, Mistake{"uts --tree", "--tree"},
        Mistake{"nqueens", "n is required"}, Mistake{"nqueens 21", "1 to 20"},
        Mistake{"integrate --function sine", "choose one of chirp, peaks, cusp"},
        Mistake{"integrate --tolerance 0", "the tolerance is 0, but must be 1e-11 to 0.01"}));

TEST(Command, SpeaksLateOnRanksThatTheFirstMaySpeakFor) {
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(setenv("OMPI_COMM_WORLD_RANK", "1", 1), 0);
  const Outcome other = run("dance");
  unsetenv("OMPI_COMM_WORLD_RANK");
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_EQ(other.status, 2);
  EXPECT_NE(other.error.find("there is no command"), std::string::npos) << other.error;
}

TEST(Command, TellsItsVersionAndHowToUseIt) {
  const Outcome version = run("--version");
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.rfind("jackdaw ", 0), 0U) << version.out;
  const Outcome help = run("uts --help");
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.out.find("T1XXL"), std::string::npos);
  EXPECT_NE(help.out.find("--workers"), std::string::npos);
}

TEST(Command, FailsWhenItsOutputCannotBeWritten) {
  const Outcome full = run("nqueens 6 >/dev/full");
  EXPECT_EQ(full.status, 1);
  EXPECT_EQ(full.error.rfind("jackdaw: ", 0), 0U) << full.error;
}

TEST(Command, PrintsABlockOfLinesForPeople) {
  for (const char* how : {"--workers 2 --stats", "--fork-join --workers 2", "--serial"}) {
    const Outcome outcome = run(std::string("uts -t 1 -a 3 -d 5 -b 4 -r 19 ") + how);
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_NE(outcome.out.find("nodes      3987\n"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("depth      5\n"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("leaves     3232\n"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.error.find('\033'), std::string::npos) << "a progress line in a pipe";
  }
}

TEST(Command, PrintsOneJsonObjectForPrograms) {
  const auto jobs = json_of("uts -t 0 -b 20 -q 0.124875 -m 8 -r 42 --workers 2 --strategy single");
  EXPECT_EQ(jobs.at("nodes").get<int>(), 6213);
  EXPECT_EQ(jobs.at("depth").get<int>(), 67);
  EXPECT_EQ(jobs.at("leaves").get<int>(), 5438);
  EXPECT_EQ(jobs.at("mode").get<std::string>(), "jobs");
  EXPECT_EQ(jobs.at("parameters").get<std::string>(), "-t 0 -b 20 -r 42 -q 0.124875 -m 8");
  EXPECT_EQ(jobs.at("config").at("strategy").get<std::string>(), "single");
  EXPECT_EQ(jobs.at("statistics").at("jobs_finished").get<int>(), 6213);
  EXPECT_EQ(jobs.at("statistics").at("workers").size(), 2U);
  EXPECT_TRUE(jobs.contains("environment"));
  EXPECT_GT(jobs.at("nodes_per_second").get<double>(), 0.0);

  const auto serial = json_of("uts -t 0 -b 20 -q 0.124875 -m 8 -r 42 --serial");
  EXPECT_EQ(serial.at("nodes").get<int>(), 6213);
  EXPECT_FALSE(serial.contains("statistics"));

  const auto queens = json_of("nqueens 8 --workers 2 --check");
  EXPECT_EQ(queens.at("solutions").get<int>(), 92);
  EXPECT_EQ(queens.at("check").get<std::string>(), "passed");

  const auto integral = json_of("integrate --function cusp --tolerance 1e-6 --check --workers 2");
  EXPECT_LE(integral.at("error").get<double>(), 1e-6);
  EXPECT_EQ(integral.at("value"),
            json_of("integrate --function cusp --tolerance 1e-6 --serial").at("value"));
}

}  // namespace
