#pragma once
/// \file
/// The life of a job: its states, who owns the job in each, and which steps are legal.

#include <cstddef>      // size_t
#include <cstdint>      // uint8_t
#include <string_view>  // string_view

namespace jackdaw {

/// A state says who may touch the job. Whoever makes a step hands the ownership over.
enum class JobState : std::uint8_t {
  pending,    ///< waits in a deque, or for the jobs that it comes after
  running,    ///< owned by one worker, which alone may move it on
  preempted,  ///< below a critical job on its worker's stack; goes on when that one returns
  stolen,     ///< on its way to another worker or rank, where it is pending again
  completed,  ///< final: returned
  failed,     ///< final: threw
  cancelled,  ///< final: asked to stop, and did, or was never started
  timed_out,  ///< final: past its time limit
};
inline constexpr std::size_t job_state_count = 8;

[[nodiscard]] constexpr bool is_final(JobState s) noexcept { return s >= JobState::completed; }

/// True if a job may go from `from` to `to`. Every change of state asks here first.
[[nodiscard]] constexpr bool may_step(JobState from, JobState to) noexcept {
  switch (from) {
    case JobState::pending:
      return to == JobState::running || to == JobState::stolen || to == JobState::cancelled;
    case JobState::running:  // pending: it yielded
      return to == JobState::preempted || to == JobState::pending || is_final(to);
    case JobState::preempted: return to == JobState::running;
    case JobState::stolen: return to == JobState::pending;
    default: return false;  // a final state stays
  }
}

[[nodiscard]] constexpr std::string_view name(JobState s) noexcept {
  constexpr std::string_view names[] = {"pending",   "running", "preempted", "stolen",
                                        "completed", "failed",  "cancelled", "timed_out"};
  return names[static_cast<std::size_t>(s)];
}

}  // namespace jackdaw
