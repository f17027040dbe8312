#include "jackdaw/config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>

namespace jackdaw {
namespace {

std::string refusal_of(void (*change)(Config&)) {
  Config config;
  change(config);
  try {
    config.validate();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Config, TheDefaultsAreValid) { EXPECT_NO_THROW(Config{}.validate()); }

TEST(Config, RefusesWithNameValueAndRange) {
  EXPECT_EQ(refusal_of([](Config& c) { c.workers = 2000; }),
            "workers is 2000, but must be 1 to 1024");
  EXPECT_EQ(refusal_of([](Config& c) { c.deque_capacity = 1000; }),
            "deque_capacity is 1000, but must be a power of two from 2 to 16384");
  EXPECT_EQ(refusal_of([](Config& c) { c.max_steal_batch = 0; }),
            "max_steal_batch is 0, but must be 1 to 64");
  EXPECT_EQ(refusal_of([](Config& c) { c.backoff_min = std::chrono::milliseconds(5000); }),
            "backoff_max is 1000, but must be 5000 to 60000");
  EXPECT_EQ(refusal_of([](Config& c) { c.max_preemption_depth = 65; }),
            "max_preemption_depth is 65, but must be 0 to 64");
  EXPECT_EQ(refusal_of([](Config& c) { c.timeout = std::chrono::hours(1000); }),
            "timeout is 3600000000, but must be 0 to 1000000000");
  EXPECT_EQ(refusal_of([](Config& c) { c.starvation_age = std::chrono::hours(1000); }),
            "starvation_age is 3600000000, but must be 0 to 1000000000");
  EXPECT_EQ(refusal_of([](Config& c) { c.rebalance_interval = std::chrono::hours(1); }),
            "rebalance_interval is 3600000, but must be 0 to 1000000");
  EXPECT_EQ(refusal_of([](Config& c) { c.imbalance_threshold = 101; }),
            "imbalance_threshold is 101.000000, but must be 0 to 100");
  EXPECT_NE(refusal_of([](Config& c) { c.imbalance_threshold = std::nan(""); }), "");
  EXPECT_NE(refusal_of([](Config& c) { c.stack_bytes = 10; }), "");
  EXPECT_EQ(refusal_of([](Config& c) { c.affinity_entries = 7; }),
            "affinity_entries is 7, but must be 8 to 4096");
  EXPECT_EQ(refusal_of([](Config& c) { c.progress_interval = std::chrono::microseconds(0); }),
            "progress_interval is 0, but must be 1 to 1000000");
}

TEST(Config, ReadsFieldsFromText) {
  Config config;
  set_field(config, "workers", "7");
  set_field(config, "strategy", "batched");
  set_field(config, "placement", "scatter");
  set_field(config, "backoff_max", "250");
  set_field(config, "pin", "0");
  set_field(config, "at_exit", "cancel");
  set_field(config, "fabric", "messages");
  set_field(config, "timeout", "0");
  set_field(config, "imbalance_threshold", "0.75");
  EXPECT_EQ(config.timeout, std::chrono::milliseconds(0));
  EXPECT_EQ(config.imbalance_threshold, 0.75);
  EXPECT_EQ(config.fabric, Transport::messages);
  EXPECT_EQ(config.workers, 7u);
  EXPECT_EQ(config.strategy, Strategy::batched);
  EXPECT_EQ(config.placement, Placement::scatter);
  EXPECT_EQ(config.backoff_max, std::chrono::milliseconds(250));
  EXPECT_FALSE(config.pin);
  EXPECT_EQ(config.at_exit, AtExit::cancel);
}

TEST(Config, RefusesTextThatIsNoValue) {
  Config config;
  EXPECT_THROW(set_field(config, "workers", "many"), ConfigError);
  EXPECT_THROW(set_field(config, "workers", "-1"), ConfigError);
  EXPECT_THROW(set_field(config, "workers", "3x"), ConfigError);
  EXPECT_THROW(set_field(config, "workers", ""), ConfigError);
  EXPECT_THROW(set_field(config, "pin", "yes"), ConfigError);
  EXPECT_THROW(set_field(config, "strategy", "clever"), ConfigError);
  EXPECT_THROW(set_field(config, "imbalance_threshold", "some"), ConfigError);
  EXPECT_THROW(set_field(config, "no_such_field", "1"), ConfigError);
}

TEST(Config, TheEnvironmentChangesTheDefaults) {
  setenv("JACKDAW_MAX_STEAL_BATCH", "16", 1);
  EXPECT_EQ(Config::from_environment().max_steal_batch, 16u);
  setenv("JACKDAW_MAX_STEAL_BATCH", "65", 1);
  EXPECT_THROW((void)Config::from_environment(), ConfigError);
  unsetenv("JACKDAW_MAX_STEAL_BATCH");
}

}  // namespace
}  // namespace jackdaw
