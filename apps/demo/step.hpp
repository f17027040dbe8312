#pragma once
/// \file
/// One step of a pool, as it is told, checked, and sent from one rank to another.

#include <array>        // array
#include <chrono>       // nanoseconds, steady_clock
#include <cstdint>      // int64_t, uint64_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "jackdaw/events.hpp"  // Event

namespace jackdaw::apps::demo {

/// Trivially copyable.
struct Step {
  Step() = default;
  Step(const Event& event, int on_rank, std::chrono::steady_clock::time_point story_start);

  [[nodiscard]] std::string_view name() const noexcept { return text.data(); }
  [[nodiscard]] bool is(JobState from, JobState to) const noexcept {
    return kind == EventKind::job_step && job_from == from && job_to == to;
  }

  std::int64_t ns = 0;  ///< since the start of the story
  std::uint64_t sequence = 0;
  std::uint64_t job = 0;
  std::uint64_t other = 0;
  std::int64_t past_ns = 0;
  int rank = 0;
  int worker = -1;
  EventKind kind = EventKind::job_step;
  JobState job_from = JobState::pending;
  JobState job_to = JobState::pending;
  Priority priority = Priority::normal;
  WorkerState worker_from = WorkerState::idle;
  WorkerState worker_to = WorkerState::idle;
  std::array<char, 24> text{};  ///< the job's name, cut off
};

/// Some events tell only the number of their job: they get the name that others tell.
void fill_in_names(std::span<Step> steps);
/// Of all ranks, by time; those of one rank stay in their order.
void put_in_order(std::vector<Step>& steps);

/// `job 1.7 "relax" running -> preempted, gives way`
[[nodiscard]] std::string sentence(const Step& step);
/// Of many: `12 pending -> running, 3 running -> completed`
[[nodiscard]] std::string summary(std::span<const Step> steps);

/// What is wrong with the lives of the jobs that the steps tell of; empty: each goes from state to
/// state as it may, and ends in one that is final. One sentence each.
/// \param steps  all of the pools' lives, of all their ranks, in order
[[nodiscard]] std::vector<std::string> audit(std::span<const Step> steps);

/// A step of a certain job.
struct Sign {
  std::uint64_t job;
  JobState from;
  JobState to;
};
/// They are among the steps, in this order.
[[nodiscard]] bool come_in_order(std::span<const Step> steps, std::span<const Sign> signs);
/// Most jobs that are preempted at the same time.
[[nodiscard]] std::size_t most_preempted(std::span<const Step> steps);

}  // namespace jackdaw::apps::demo
