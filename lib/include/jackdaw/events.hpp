#pragma once
/// \file
/// What happens in a pool, step by step, for programs that want to see it.

#include <chrono>       // nanoseconds
#include <cstdint>      // uint8_t, uint64_t
#include <functional>   // function
#include <memory>       // shared_ptr
#include <string_view>  // string_view

#include "jackdaw/job_state.hpp"     // JobState
#include "jackdaw/priority.hpp"      // Priority
#include "jackdaw/worker_state.hpp"  // WorkerState

namespace jackdaw {

namespace detail {
class EventLog;
}

enum class EventKind : std::uint8_t {
  job_step,     ///< a job went from one state to another: job_from, job_to
  worker_step,  ///< a worker did: worker_from, worker_to
  overstay,     ///< a job is past its time limit, and runs on; again after twice the time
  promoted,     ///< a job has waited so long that it has got the next higher priority
  lent,         ///< a job's priority has changed, for the sake of one that waits for it
  rebalanced,   ///< a job was moved to a worker that has less to do
};
[[nodiscard]] std::string_view name(EventKind kind) noexcept;

/// One step. Fields that do not apply to its kind are zero.
struct Event {
  std::uint64_t sequence = 0;       ///< from 1, without gaps: an order that respects causes
  std::chrono::nanoseconds time{};  ///< of std::chrono::steady_clock
  EventKind kind = EventKind::job_step;
  int worker = -1;        ///< on which it happened; -1: on a thread that is none
  std::uint64_t job = 0;  ///< JobRef::id()
  JobState job_from = JobState::pending;
  JobState job_to = JobState::pending;
  WorkerState worker_from = WorkerState::idle;
  WorkerState worker_to = WorkerState::idle;
  Priority priority = Priority::normal;  ///< of the job, after the step
  std::string_view name{};  ///< of the job, or of its function if that can move; lives as the pool
  std::uint64_t other = 0;  ///< job_step from or to `stolen`: its id on the rank that it came from
  std::chrono::nanoseconds past{};  ///< overstay: by how much it is past its limit
};

/// Ends when it is destroyed: afterwards its function is not called any more. Movable.
/// Thread-safety: the functions may be called from any thread but that function.
class Subscription {
 public:
  Subscription() noexcept = default;
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription() { end(); }

  /// Blocks until the function was called for every step that was made before this call.
  void flush();
  void end() noexcept;

 private:
  friend class Pool;
  Subscription(std::shared_ptr<detail::EventLog> log, std::uint64_t number) noexcept
      : log_(std::move(log)), number_(number) {}
  std::shared_ptr<detail::EventLog> log_;
  std::uint64_t number_ = 0;
};

/// Called on a thread of the pool's own, one event at a time, in their order.
using EventFunction = std::function<void(const Event&)>;

}  // namespace jackdaw
