#pragma once
/// \file
/// A race between jobs: who has won, and who is to be cancelled then.
///
/// Shared by the call of race(), which waits, and by the contenders, some of which may go on when
/// it has returned. Each contender tells it how it ended (Engine::finish, Engine::cancel). Whoever
/// tells what decides the race cancels the others, and only then wakes the caller.
///
/// Who synchronizes with whom:
///   (F) note_end: exchange of word_ -> is_over: a load that sees it: the winner, its result, and
///       that nobody touches the list of contenders any more.
///   (Z) sleep: CAS to `asleep`, then waits while the word stays so; note_end: the exchange takes
///       it, or comes before it and is seen by the CAS. No wake-up is lost.

#include <atomic>       // atomic
#include <cstddef>      // size_t
#include <memory>       // enable_shared_from_this
#include <mutex>        // mutex
#include <type_traits>  // is_void_v
#include <utility>      // move
#include <vector>       // vector

#include "jackdaw/detail/closure.hpp"  // ResultJob
#include "jackdaw/detail/engine.hpp"   // Engine
#include "jackdaw/job.hpp"             // JobRef
#include "jackdaw/job_context.hpp"     // JobContext
#include "jackdaw/pool.hpp"            // Pool

namespace jackdaw::detail {

class RaceState : public std::enable_shared_from_this<RaceState> {
 public:
  static constexpr std::size_t nobody = ~std::size_t{0};

  RaceState() noexcept = default;
  RaceState(const RaceState&) = delete;
  RaceState& operator=(const RaceState&) = delete;

  [[nodiscard]] static Engine& engine_of(Pool& pool) noexcept { return *pool.engine_; }
  [[nodiscard]] static Engine& engine_of(JobContext& job) noexcept { return job.worker_->engine(); }

  // --- the caller of race() --------------------------------------------------------------------

  /// Makes a contender, which is not pushed yet.
  template <typename R, typename F>
  void make(Engine::Submission& submission, Engine& engine, F&& function,
            const JobOptions& options) {
    JobRef& contender = contenders_.emplace_back();  // first: what is made must be known
    try {
      contender = Pool::make(submission, engine, std::forward<F>(function), options);
    } catch (...) {
      contenders_.pop_back();
      throw;
    }
    enlist(*contender.record_);
  }
  /// Starts the race. \throws std::invalid_argument  there is no contender
  void push_all(Engine::Submission& submission, const JobOptions& options);
  /// Instead of, or in the middle of push_all: each that was made still goes its way, cancelled.
  void call_off(Engine::Submission& submission) noexcept;
  /// Blocks until the race is over. In a job of `engine`, runs contenders meanwhile.
  /// \throws std::system_error  they come after the job that waits: resource_deadlock_would_occur
  void wait(Engine& engine);
  /// Cancels who is left, if it is not over, and lets go of them. The last call.
  void leave() noexcept;

  // Until leave():
  [[nodiscard]] std::size_t size() const noexcept { return contenders_.size(); }
  [[nodiscard]] JobRecord& contender(std::size_t place) const noexcept {
    return *contenders_[place].record_;
  }
  /// Sleeps until it is over, at most `timeout_ns` (negative: no limit). May return early.
  void sleep(long timeout_ns) noexcept;

  /// Once it is over. \throws  nobody has won: what the first failure threw, or else Cancelled
  [[nodiscard]] std::size_t winner() const;
  template <typename R>
  [[nodiscard]] R take_value() const {
    return std::move(static_cast<ResultJob<R>&>(contender(winner_)).result);
  }

  // --- any thread ------------------------------------------------------------------------------

  [[nodiscard]] bool is_over() const noexcept {
    return word_.load(std::memory_order_acquire) == over;  // (F)
  }
  /// The contender at `place` is final, and its record is held. O(1), or O(n) for the call that
  /// decides.
  void note_end(std::size_t place, JobState end) noexcept;

 private:
  void enlist(JobRecord& job);
  [[nodiscard]] bool decides(std::size_t place, JobState end) noexcept;
  void cancel_all() noexcept;

  enum : unsigned { running, asleep, over };
  std::atomic<unsigned> word_{running};  // unsigned, for futexes
  std::mutex mutex_;                     // of what follows, until it is over
  std::size_t left_ = 0;                 // contenders that are not final
  std::size_t winner_ = nobody, first_failure_ = nobody;
  bool decided_ = false;
  // From push_all to leave() nobody changes it. They hold this in turn: leave() ends the circle.
  std::vector<JobRef> contenders_;
  std::size_t pushed_ = 0;  // of the caller
};

}  // namespace jackdaw::detail
