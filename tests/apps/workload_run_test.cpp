#include "workload_run.hpp"

#include <gtest/gtest.h>
#include <signal.h>  // raise
#include <unistd.h>  // _exit

#include <cstdlib>     // mkdtemp
#include <filesystem>  // temp_directory_path
#include <stdexcept>   // invalid_argument
#include <string>      // string

#include "jackdaw/pool.hpp"
#include "jackdaw/scheduler.hpp"

namespace {

using namespace jackdaw;
using apps::Findings;
using apps::RunOptions;
using apps::Workload;

/// Options as a command line gives them.
struct Parsed {
  RunOptions options;
  explicit Parsed(const std::string& command_line) {
    CLI::App app;
    options.add_to(app, "");
    app.parse(command_line);
  }
};

struct Calls {
  int alone = 0;
  int on_pool = 0;
  Workload workload{.name = "test",
                    .thing = "calls",
                    .alone = [this] { ++alone; },
                    .on_pool = [this](Pool& pool) { pool.run([this] { ++on_pool; }); }};
};

TEST(WorkloadRun, RunsOnAPoolAsItIsTold) {
  const Parsed parsed("--workers 2 --no-pin");
  Calls calls;
  const auto done = apps::run(calls.workload, parsed.options);
  EXPECT_EQ(calls.on_pool, 1);
  EXPECT_EQ(calls.alone, 0);
  EXPECT_EQ(done.workers, 2U);
  EXPECT_EQ(done.json.at("config").at("workers").get<unsigned>(), 2U);
  EXPECT_EQ(done.json.at("statistics").at("workers").size(), 2U);
}

TEST(WorkloadRun, RunsAloneWithoutAPool) {
  const Parsed parsed("--serial");
  Calls calls;
  const auto done = apps::run(calls.workload, parsed.options);
  EXPECT_EQ(calls.on_pool, 0);
  EXPECT_EQ(calls.alone, 1);
  EXPECT_FALSE(done.json.contains("statistics"));
  EXPECT_TRUE(done.table.empty());
}

TEST(WorkloadRun, RefusesOptionsOfAPoolThatThereIsNot) {
  Calls calls;
  for (const char* command_line :
       {"--serial --workers 2", "--serial --no-pin", "--serial --stats"}) {
    EXPECT_THROW((void)apps::run(calls.workload, Parsed(command_line).options),
                 std::invalid_argument)
        << command_line;
  }
  EXPECT_EQ(calls.alone, 0);
}

std::string told(const Findings& findings, const RunOptions& options, bool& failed) {
  Calls calls;
  const auto done = apps::run(calls.workload, options);
  ::testing::internal::CaptureStdout();
  failed = false;
  try {
    apps::tell(findings, calls.workload, done, options);
  } catch (const apps::CheckFailed& error) {
    failed = std::string(error.what()) == "found 1, but published are 2";
  }
  return ::testing::internal::GetCapturedStdout();
}

TEST(WorkloadRun, TellsWhatWasFoundAndThatTheCheckFailed) {
  const Findings wrong{.lines = {{"found", "1"}},
                       .json = {{"found", 1}},
                       .count = 1,
                       .failed = "found 1, but published are 2"};
  Findings right = wrong;
  right.failed.reset();
  bool failed = false;

  std::string text = told(wrong, Parsed("--serial --check").options, failed);
  EXPECT_TRUE(failed);
  EXPECT_EQ(text.find("found      1\n"), 0U) << text;
  EXPECT_EQ(text.find("passed"), std::string::npos) << text;

  text = told(right, Parsed("--serial --check").options, failed);
  EXPECT_FALSE(failed);
  EXPECT_NE(text.find("check      passed\n"), std::string::npos) << text;

  text = told(wrong, Parsed("--serial").options, failed);
  EXPECT_FALSE(failed);  // nobody asked
  EXPECT_EQ(text.find("check"), std::string::npos) << text;

  text = told(wrong, Parsed("--serial --check --json").options, failed);
  EXPECT_TRUE(failed);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("check").get<std::string>(), "failed");
  EXPECT_EQ(json.at("found").get<int>(), 1);
  EXPECT_GT(json.at("calls_per_second").get<double>(), 0.0);
}

TEST(WorkloadRun, APositiveTimeBetweenCheckpointsIsNeverRoundedToNever) {
  const auto every = [](const std::string& seconds) {
    const Parsed parsed("--checkpoint kept --checkpoint-every " + seconds);
    parsed.options.validate();
    return parsed.options.checkpoints.options("test").every.count();
  };
  EXPECT_EQ(every("0"), 0);
  EXPECT_EQ(every("0.0005"), 1);
  EXPECT_EQ(every("1e-9"), 1);
  EXPECT_EQ(every("0.25"), 250);
}

/// What is done stays done, whatever comes while the result is printed and MPI ends.
TEST(WorkloadRun, ASignalAfterTheEndOfARunWithCheckpointsEndsNothing) {
  const auto directory = std::filesystem::temp_directory_path() / "jackdaw_workload_run_XXXXXX";
  std::string name = directory.string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const auto run_and_tell = [&] {
    const Parsed parsed("--no-pin --workers 1 --checkpoint " + name);
    const Workload workload{
        .name = "test", .thing = "calls", .on_ranks = [](Scheduler& scheduler, const auto& resume) {
          (void)resume();
          scheduler.run();
          (void)raise(SIGUSR1);
        }};
    {
      const auto done = apps::run(workload, parsed.options);
      (void)raise(SIGTERM);
      apps::tell({}, workload, done, parsed.options);
    }
    (void)raise(SIGUSR1);  // MPI has ended
    _exit(0);
  };
  EXPECT_EXIT(run_and_tell(), ::testing::ExitedWithCode(0), "");
  std::filesystem::remove_all(name);
}

}  // namespace
