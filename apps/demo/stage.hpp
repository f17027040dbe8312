#pragma once
/// \file
/// What a scene of `jackdaw demo` plays on: pools that are watched, expectations, a patience.

#include <atomic>       // atomic
#include <chrono>       // milliseconds, seconds, steady_clock
#include <cstddef>      // size_t
#include <functional>   // function
#include <mutex>        // mutex
#include <string>       // string
#include <string_view>  // string_view
#include <thread>       // sleep_for
#include <vector>       // vector

#include "demo/step.hpp"           // Sign, Step
#include "jackdaw/config.hpp"      // Config
#include "jackdaw/pool.hpp"        // Pool
#include "jackdaw/statistics.hpp"  // Statistics

namespace jackdaw {
class Ranks;
class Scheduler;
}  // namespace jackdaw

namespace jackdaw::apps::demo {

/// So long a scene waits for what should happen at once, before it says that it does not.
inline constexpr std::chrono::seconds patience{15};

/// True if `done` became true in time.
template <typename Done>
bool await(Done done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return true;
}

/// Shut until it is opened; who waits there has patience, and no more.
class Gate {
 public:
  void open() noexcept { open_.store(true, std::memory_order_release); }  // with pass
  void pass() const {  // acquire: what was done before it was opened
    (void)await([this] { return open_.load(std::memory_order_acquire); });
  }

 private:
  std::atomic<bool> open_{false};
};

/// Of one scene on one rank. Thread-safety: for the thread that plays it; any may call sights().
class Stage {
 public:
  Stage(const Config& config, int rank, std::chrono::steady_clock::time_point story_start)
      : config_(config), rank_(rank), story_start_(story_start) {}

  /// As the user wants pools to be.
  [[nodiscard]] const Config& config() const noexcept { return config_; }
  [[nodiscard]] int rank() const noexcept { return rank_; }

  /// "expected ..., seen ..." if it is not so.
  void expect(bool so, std::string_view what, std::string_view seen);
  void expect_order(std::initializer_list<Sign> signs, std::string_view what);
  void expect_count(std::size_t seen, std::size_t wanted, std::string_view of_what);
  [[nodiscard]] const std::vector<std::string>& broken() const noexcept { return broken_; }

  /// All steps so far, in order, once the acts are over.
  [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }
  /// How often such a step was made.
  [[nodiscard]] std::size_t count(JobState from, JobState to) const;
  [[nodiscard]] std::size_t count(EventKind kind) const;
  [[nodiscard]] std::size_t workers_steps() const noexcept { return workers_steps_; }
  /// Where there are too many steps to tell them all, these are told.
  void follow(std::function<bool(const Step&)> which) { follow_ = std::move(which); }
  [[nodiscard]] const std::function<bool(const Step&)>& followed() const noexcept {
    return follow_;
  }
  [[nodiscard]] const std::vector<Statistics>& statistics() const noexcept { return statistics_; }

  /// What is known while the scene runs.
  [[nodiscard]] std::vector<Step> sights() const;

 private:
  friend class Act;
  friend class RanksAct;
  void add(const Event& event);
  void take_steps(std::vector<Step> all);

  Config config_;
  int rank_;
  std::chrono::steady_clock::time_point story_start_;
  std::vector<std::string> broken_;
  std::vector<Step> steps_;
  std::vector<Statistics> statistics_;
  std::function<bool(const Step&)> follow_;
  std::size_t workers_steps_ = 0;
  mutable std::mutex mutex_;  // of what follows
  std::vector<Step> sights_;
};

/// A pool of its own, watched from its first job to its last.
class Act {
 public:
  /// \param change  of the configuration, after the number of workers was set
  Act(Stage& stage, unsigned workers, const std::function<void(Config&)>& change = {});

  /// Waits for all jobs; then the stage knows their steps, which are held against the table of
  /// states and against the statistics. To be called once.
  void finish();
  /// Whether the job has had such an event so far.
  [[nodiscard]] bool has_heard(EventKind kind, const JobRef& job);

 private:
  Stage& stage_;

 public:
  Pool pool;

 private:
  Subscription watch_;
};

/// The pools of all ranks, watched during one run of the scheduler. All is collective.
class RanksAct {
 public:
  RanksAct(Stage& stage, Ranks& ranks, Scheduler& scheduler);
  /// Runs the jobs of all ranks. Then the stage of each knows the steps of all.
  void run();

 private:
  Stage& stage_;
  Ranks& ranks_;
  Scheduler& scheduler_;
};

}  // namespace jackdaw::apps::demo
