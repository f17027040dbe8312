#pragma once
/// \file
/// What a pool and its workers did so far. A snapshot: plain values, taken at any time.

#include <array>    // array
#include <chrono>   // nanoseconds
#include <cstdint>  // uint64_t
#include <vector>   // vector

#include "jackdaw/job_state.hpp"     // job_state_count
#include "jackdaw/worker_state.hpp"  // WorkerState

namespace jackdaw {

/// The time of one worker since its thread started. The four add up to the whole.
struct TimeSlices {
  std::chrono::nanoseconds working{};    ///< in jobs and tasks
  std::chrono::nanoseconds stealing{};   ///< taking jobs or tasks from a victim that had some
  std::chrono::nanoseconds searching{};  ///< looking for a victim, or spinning in a wait
  std::chrono::nanoseconds asleep{};     ///< in the kernel

  [[nodiscard]] std::chrono::nanoseconds total() const noexcept {
    return working + stealing + searching + asleep;
  }
};

/// How often a worker went from one state to another: steps[from][to].
using WorkerSteps = std::array<std::array<std::uint64_t, worker_state_count>, worker_state_count>;
/// The same of jobs.
using JobSteps = std::array<std::array<std::uint64_t, job_state_count>, job_state_count>;

struct WorkerStatistics {
  WorkerState state = WorkerState::idle;
  TimeSlices slices;
  std::uint64_t jobs_run = 0;      ///< jobs that this worker started
  std::uint64_t jobs_stolen = 0;   ///< jobs that it took from other workers' deques
  std::uint64_t tasks_stolen = 0;  ///< tasks that it took from other workers
  std::uint64_t steals = 0;        ///< successful attempts; a batch is one
  std::uint64_t steals_lost = 0;   ///< attempts in which another thief was quicker
  std::uint64_t seizures = 0;      ///< times it published work for a victim that did not answer
  std::uint64_t sleeps = 0;        ///< times it went to sleep
  std::uint64_t wakes = 0;         ///< times it woke another worker
  std::uint64_t preemptions = 0;   ///< jobs that gave way to a critical one here
  std::uint64_t yields = 0;        ///< jobs that went back into the queue by themselves
  WorkerSteps steps{};
};

struct Statistics {
  std::vector<WorkerStatistics> workers;
  std::uint64_t jobs_created = 0;
  std::uint64_t jobs_finished = 0;  ///< in a final state, whichever; never more than jobs_created
  std::uint64_t jobs_failed = 0;    ///< threw
  std::uint64_t jobs_failed_detached = 0;  ///< of these, those without a handle or a future
  std::uint64_t jobs_cancelled = 0;
  std::uint64_t jobs_timed_out = 0;
  std::uint64_t jobs_overflowed = 0;  ///< went through the overflow list, as a deque was full
  std::uint64_t jobs_promoted = 0;    ///< got the next higher priority, as they had waited long
  std::uint64_t jobs_rebalanced = 0;  ///< moved to a worker that had less to do
  std::uint64_t jobs_given_away = 0;  ///< left for another rank, or into a checkpoint
  std::uint64_t jobs_received = 0;    ///< came from another rank, or a checkpoint
  JobSteps job_steps{};  ///< of jobs that are over; those of a preempted or stolen job at once
};

}  // namespace jackdaw
