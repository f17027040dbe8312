#pragma once
/// \file
/// What a program holds of a job: a handle, which says how it is doing, waits for it, cancels it,
/// and brings its result.

#include <chrono>       // nanoseconds, system_clock
#include <cstdint>      // uint16_t, uint64_t
#include <optional>     // optional
#include <span>         // span
#include <stdexcept>    // runtime_error
#include <string>       // string
#include <string_view>  // string_view
#include <type_traits>  // is_void_v
#include <utility>      // exchange, swap

#include "jackdaw/job_state.hpp"  // JobState
#include "jackdaw/priority.hpp"   // Priority

namespace jackdaw {
namespace detail {
class Engine;
class RaceState;
struct JobRecord;
}  // namespace detail

/// Thrown by JobContext::checkpoint in a job that was cancelled, and by JobHandle::get for a job
/// that has no result because of it.
class Cancelled : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by JobContext::checkpoint in a job that has passed its time limit or its deadline, and by
/// JobHandle::get for a job that has no result because of it.
class TimedOut : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is known of a job at one moment.
struct JobReport {
  std::uint64_t id = 0;
  std::string name;
  Priority priority = Priority::normal;
  JobState state = JobState::pending;
  unsigned moves = 0;       ///< how often it was stolen
  unsigned moved_from = 0;  ///< the worker it was stolen from last, if moves > 0
  std::string error;        ///< what it threw, if it failed
};

/// A job, whatever its result. Empty, or shares the job with its copies; may outlive the pool.
/// Thread-safety: as a shared_ptr; the functions may be called from any thread.
class JobRef {
 public:
  JobRef() noexcept = default;
  JobRef(const JobRef& other) noexcept;
  JobRef(JobRef&& other) noexcept
      : engine_(other.engine_), record_(std::exchange(other.record_, nullptr)) {}
  JobRef& operator=(JobRef other) noexcept {
    std::swap(engine_, other.engine_);
    std::swap(record_, other.record_);
    return *this;
  }
  ~JobRef();

  /// False for an empty handle, on which nothing else may be called.
  [[nodiscard]] explicit operator bool() const noexcept { return record_ != nullptr; }
  [[nodiscard]] std::uint64_t id() const noexcept;
  [[nodiscard]] JobState state() const noexcept;
  [[nodiscard]] JobReport report() const;

  /// Blocks until the job is in a final state; never throws what the job threw. Inside another job
  /// of its pool, runs this one here and now if nobody has started it, else helps with its tasks;
  /// it never runs an unrelated job meanwhile.
  /// \throws std::system_error  called by the job itself, or by one that it waits for on this stack
  ///                            (resource_deadlock_would_occur)
  void wait() const;
  /// The same, but gives up after `timeout`, and starts nothing: a job that waits so in a pool of
  /// one worker waits in vain. What is beyond the range of the clock is for ever, as
  /// nanoseconds::max(). \returns true if the job is in a final state
  bool wait_for(std::chrono::nanoseconds timeout) const;

  /// Asks the job to stop. \returns true if it had not started: it never will. (False also for one
  /// that was just about to move to another worker, which then does not start it.) One that runs
  /// stops at its next checkpoint, and its stop_token is set; one that is final stays as it is.
  bool cancel() const noexcept;

 protected:
  friend class detail::Engine;
  friend class detail::RaceState;
  friend class Pool;
  friend class JobContext;
  JobRef(detail::Engine& engine, detail::JobRecord& record) noexcept  // adopts one reference
      : engine_(&engine), record_(&record) {}
  void throw_unless_completed() const;

  detail::Engine* engine_ = nullptr;
  detail::JobRecord* record_ = nullptr;
};

/// A job that returns R.
template <typename R>
class JobHandle : public JobRef {
 public:
  JobHandle() noexcept = default;

  /// Waits, and gives the result: a reference that lives as long as a handle, or nothing for void.
  /// \throws whatever the job threw; Cancelled if it was cancelled; std::system_error as wait()
  decltype(auto) get() const;

 private:
  friend class Pool;
  friend class JobContext;
  using JobRef::JobRef;
};

/// What may be said of a job when it is made.
struct JobOptions {
  std::string_view name{};             ///< for reports; copied, and kept while the pool lives
  std::optional<Priority> priority{};  ///< unset: that of the job that makes it, else normal
  std::span<const JobRef> after{};     ///< starts when all these are final, however they ended
  /// It may run so long; time in which it waits, or is preempted, does not count. Zero: for ever.
  /// Unset: as jobs of its kind (KindOptions), else as Config::timeout says.
  std::optional<std::chrono::nanoseconds> timeout{};
  /// Afterwards it does not start any more, or, if it runs, is asked to stop.
  std::optional<std::chrono::system_clock::time_point> deadline{};
};

}  // namespace jackdaw
