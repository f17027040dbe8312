#include "checkpointing.hpp"

#include <fmt/format.h>

#include <chrono>     // ceil, milliseconds
#include <cstdio>     // stderr
#include <stdexcept>  // invalid_argument

#include "jackdaw/scheduler.hpp"  // Scheduler

namespace jackdaw::apps {
namespace {

constexpr double longest = 1e6;  // seconds

/// Rounded up: 0 means never.
std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

void expect_seconds(const char* option, double seconds) {
  if (seconds >= 0 && seconds <= longest) return;  // so that a NaN is refused
  throw std::invalid_argument(
      fmt::format("{} is {}, but must be 0 to {} seconds", option, seconds, longest));
}

}  // namespace

void Checkpointing::add_to(CLI::App& command) {
  command
      .add_option("--checkpoint", directory_,
                  "Keep what is left in this directory, and go on from what is there")
      ->group("Checkpoints");
  command
      .add_option_function<double>(
          "--checkpoint-every",
          [this](double seconds) {
            every_ = seconds;
            every_given_ = true;
          },
          "Seconds between checkpoints (default 60); 0: only on SIGUSR1 and SIGTERM")
      ->group("Checkpoints");
  command
      .add_option_function<double>(
          "--checkpoint-grace",
          [this](double seconds) {
            grace_ = seconds;
            grace_given_ = true;
          },
          "Seconds that running jobs may take to end for one (default 30)")
      ->group("Checkpoints");
}

void Checkpointing::validate() const {
  if (!is_on() && (every_given_ || grace_given_)) {
    throw std::invalid_argument(
        fmt::format("{} needs --checkpoint DIRECTORY",
                    every_given_ ? "--checkpoint-every" : "--checkpoint-grace"));
  }
  expect_seconds("--checkpoint-every", every_);
  expect_seconds("--checkpoint-grace", grace_);
}

CheckpointOptions Checkpointing::options(const std::string& label) const {
  return {.directory = directory_,
          .label = label,
          .every = milliseconds(every_),
          .grace = milliseconds(grace_)};
}

double Checkpointing::begin(Scheduler& scheduler, const std::string& label) const {
  const auto from = scheduler.use_checkpoints(options(label));
  if (!from) return -1;
  if (scheduler.rank() == 0) {
    fmt::print(
        stderr,
        "jackdaw: going on from generation {} in {}, written {} by {} rank{}: {} jobs left\n",
        from->generation, directory_, from->written, from->ranks, from->ranks == 1 ? "" : "s",
        from->jobs);
  }
  return from->seconds;
}

}  // namespace jackdaw::apps
