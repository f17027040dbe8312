#include "pool_options.hpp"

#include <algorithm>  // replace

namespace jackdaw::apps {
namespace {

struct Field {
  const char* name;
  const char* help;
};
constexpr Field fields[] = {
    {"workers", "How many, 1 to 1024 (default: one for each allowed core)"},
    {"strategy", "How to steal: single, batched, locality_aware or adaptive (default)"},
    {"placement", "Which cores first: compact (default) or scatter"},
    {"seed", "Of all that is random in the scheduler (default 1)"},
    {"deque_capacity", "Jobs that a deque holds, a power of two (default 1024)"},
    {"max_steal_batch", "Jobs that a thief takes at most, 1 to 64 (default 64)"},
    {"backoff_min", "First sleep of an idle worker, in ms (default 1)"},
    {"backoff_max", "Longest sleep of an idle worker, in ms (default 1000)"},
    {"stack_bytes", "Stack of a worker, in bytes (default 268435456)"},
    {"at_exit", "Of jobs that are left when the pool ends: drain (default) or cancel"},
    {"timeout", "What a job may run, in ms; 0: for ever (default 30000)"},
    {"max_preemption_depth", "Jobs preempted at a time on one worker, 0 to 64 (default 3)"},
    {"starvation_age", "Wait after which a job is promoted, in ms; 0: never (default 5000)"},
    {"imbalance_threshold", "How far the fullest worker may be above the mean (default 0.3)"},
    {"rebalance_interval", "Between two looks at the balance, in ms; 0: none (default 1000)"},
    {"fabric", "How ranks reach each other: auto (default), windows or messages"},
    {"progress_interval", "Time between two looks at the other ranks, in us (default 50)"},
    {"affinity_entries", "Ranks that a rank remembers, 8 to 4096 (default 256)"}};
constexpr Field switches[] = {
    {"pin", "Bind each worker to its core (default), or let it move"},
    {"fail_fast", "Stop all ranks when a job throws, or run the rest first (default)"},
    {"warn", "Tell on stderr of jobs that are past their time limit (default), or do not"},
    {"smt", "A worker for each hardware thread, or for each core (default)"}};

std::string option_of(std::string field) {
  std::replace(field.begin(), field.end(), '_', '-');
  return "--" + field;
}

/// In the environment 0 may say "all"; on a command line it is a script's empty sum.
[[noreturn]] void refuse_workers(const std::string& text) {
  throw ConfigError("--workers must be 1..1024, not " + text +
                    "; leave it out to use every allowed core");
}

void set_from_option(Config& config, const std::string& field, const std::string& text) {
  try {
    set_field(config, field, text);
  } catch (const ConfigError& error) {
    if (field == "workers") refuse_workers(text);
    throw ConfigError(option_of(field) + ": " + error.what());
  }
  if (field == "workers" && (config.workers < 1 || config.workers > 1024)) refuse_workers(text);
}

}  // namespace

void PoolOptions::add_to(CLI::App& command) {
  for (const auto& [name, help] : fields) {
    const auto keep = [this, field = std::string(name)](const std::string& text) {
      given_[field] = text;
    };
    command.add_option_function<std::string>(option_of(name), keep, help)->group("Pool");
  }
  for (const auto& [name, help] : switches) {
    const auto keep = [this, field = std::string(name)](std::int64_t count) {
      given_[field] = count > 0 ? "1" : "0";
    };
    const std::string names = option_of(name) + ",!" + option_of(std::string("no_") + name);
    command.add_flag_function(names, keep, help)->group("Pool");
  }
}

Config PoolOptions::config() const {
  Config config = Config::from_environment();
  for (const auto& [field, text] : given_) set_from_option(config, field, text);
  config.validate();
  return config;
}

std::string PoolOptions::first_given() const {
  if (given_.empty()) return "";
  const auto& [field, text] = *given_.begin();
  const bool is_switch =
      field == "pin" || field == "smt" || field == "fail_fast" || field == "warn";
  return option_of(is_switch && text == "0" ? "no_" + field : field);
}

}  // namespace jackdaw::apps
