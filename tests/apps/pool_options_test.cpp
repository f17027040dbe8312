#include "pool_options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>  // setenv, unsetenv
#include <string>   // string

namespace {

using namespace jackdaw;
using namespace std::chrono_literals;

/// The configuration that a command line makes.
Config parse(const std::string& command_line) {
  CLI::App app;
  apps::PoolOptions options;
  options.add_to(app);
  app.parse(command_line);
  return options.config();
}

std::string complaint(const std::string& command_line) {
  try {
    (void)parse(command_line);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(PoolOptions, LeaveTheDefaultsAlone) {
  const Config config = parse("");
  EXPECT_EQ(config.workers, Config{}.workers);
  EXPECT_EQ(config.strategy, Config{}.strategy);
  EXPECT_TRUE(config.pin);
  EXPECT_FALSE(config.smt);
}

TEST(PoolOptions, ReachTheirFields) {
  const Config config = parse(
      "--workers 3 --strategy single --placement scatter --seed 99 --no-pin --smt "
      "--deque-capacity 64 --max-steal-batch 7 --backoff-min 2 --backoff-max 50 "
      "--stack-bytes 1048576 --fabric messages --progress-interval 70 --affinity-entries 9 "
      "--fail-fast --at-exit cancel");
  EXPECT_EQ(config.workers, 3U);
  EXPECT_EQ(config.strategy, Strategy::single);
  EXPECT_EQ(config.placement, Placement::scatter);
  EXPECT_EQ(config.seed, 99U);
  EXPECT_FALSE(config.pin);
  EXPECT_TRUE(config.smt);
  EXPECT_EQ(config.deque_capacity, 64U);
  EXPECT_EQ(config.max_steal_batch, 7U);
  EXPECT_EQ(config.backoff_min, 2ms);
  EXPECT_EQ(config.backoff_max, 50ms);
  EXPECT_EQ(config.stack_bytes, std::size_t{1} << 20);
  EXPECT_EQ(config.fabric, Transport::messages);
  EXPECT_EQ(config.progress_interval, 70us);
  EXPECT_EQ(config.affinity_entries, 9U);
  EXPECT_TRUE(config.fail_fast);
  EXPECT_EQ(config.at_exit, AtExit::cancel);
}

TEST(PoolOptions, OverruleTheEnvironment) {
  ASSERT_EQ(setenv("JACKDAW_WORKERS", "5", 1), 0);
  ASSERT_EQ(setenv("JACKDAW_SMT", "1", 1), 0);
  EXPECT_EQ(parse("").workers, 5U);
  EXPECT_TRUE(parse("").smt);
  EXPECT_EQ(parse("--workers 2").workers, 2U);
  EXPECT_FALSE(parse("--no-smt").smt);
  unsetenv("JACKDAW_WORKERS");
  unsetenv("JACKDAW_SMT");
}

TEST(PoolOptions, SayWhatWouldBeRight) {
  EXPECT_EQ(complaint("--workers 0"),
            "--workers must be 1..1024, not 0; leave it out to use every allowed core");
  for (const char* workers : {"1025", "-1", "two", "4294967297", "99999999999999999999"})
    EXPECT_NE(complaint(std::string("--workers=") + workers).find(workers), std::string::npos);
  EXPECT_NE(complaint("--strategy random").find("locality_aware"), std::string::npos);
  EXPECT_NE(complaint("--deque-capacity 3").find("power of two"), std::string::npos);
  EXPECT_NE(complaint("--backoff-min 9 --backoff-max 8").find("backoff_max"), std::string::npos);
  EXPECT_NE(complaint("--max-steal-batch 65").find("1 to 64"), std::string::npos);
}

TEST(PoolOptions, KnowWhetherThereWereAny) {
  CLI::App app;
  apps::PoolOptions options;
  options.add_to(app);
  app.parse("");
  EXPECT_EQ(options.first_given(), "");
  app.parse("--no-pin");
  EXPECT_EQ(options.first_given(), "--no-pin");
  apps::PoolOptions others;
  CLI::App other;
  others.add_to(other);
  other.parse("--no-fail-fast");
  EXPECT_EQ(others.first_given(), "--no-fail-fast");
}

}  // namespace
