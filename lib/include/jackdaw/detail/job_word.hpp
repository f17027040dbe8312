#pragma once
/// \file
/// The state of a job, its priority and its flags: one word, and every step that it can take.
///
/// A *detached* job has no handle: only the worker that has it looks at its word, so its steps are
/// plain stores. A *shared* job has handles: whoever moves it out of `pending` (a worker that
/// starts it, a thread that waits for it and starts it itself, or one that cancels it) does so by
/// compare-and-swap, so exactly one does.
///
/// Who synchronizes with whom:
///   (F) finish, cancel: CAS to a final state -> state(), sleep(): a load that sees it: the result
///       is written. seq_cst, as Engine::hold_back needs it.
///   (Z) sleep: RMW sets has_waiters, then waits while the word stays so; finish, cancel: the CAS
///       takes the flag, or comes before it and is seen by sleep. No wake-up is lost.
///   (K) unblock: RMW clears blocked -> try_start: CAS: what the predecessors did.

#include <atomic>   // memory_order
#include <cassert>  // assert

#include "jackdaw/detail/sync.hpp"  // Sync
#include "jackdaw/job_state.hpp"    // JobState, may_step
#include "jackdaw/priority.hpp"     // Priority

namespace jackdaw::detail {

/// \tparam S  Sync; the tests put in one that lets them choose every interleaving
template <typename S = Sync>
class JobWord {
 public:
  static constexpr unsigned shared = 1U << 10;  ///< has, or had, handles

  JobWord(JobState state, Priority priority, unsigned flags = 0) noexcept
      : word_(static_cast<unsigned>(state) | static_cast<unsigned>(priority) << priority_shift |
              static_cast<unsigned>(priority) << base_shift | flags) {}

  // --- any thread ------------------------------------------------------------------------------

  [[nodiscard]] JobState state() const noexcept {
    return state_in(word_.load(std::memory_order_acquire));  // (F)
  }
  /// The one that counts: its own, or a higher one that it was lent, or has got by its age.
  [[nodiscard]] Priority priority() const noexcept {
    return priority_in(word_.load(std::memory_order_relaxed));  // carries nothing else
  }
  /// Its own, which the jobs that it makes have, too.
  [[nodiscard]] Priority own_priority() const noexcept {
    // Relaxed: written before the job was handed to anybody.
    return static_cast<Priority>(word_.load(std::memory_order_relaxed) >> base_shift & 3U);
  }
  /// Of a job that nobody knows yet: so relaxed.
  void set_own_priority(Priority priority) noexcept {
    const auto old = word_.load(std::memory_order_relaxed);
    word_.store((old & ~(3U << base_shift)) | static_cast<unsigned>(priority) << base_shift,
                std::memory_order_relaxed);
  }
  void set_priority(Priority priority) noexcept {
    auto old = word_.load(std::memory_order_relaxed);  // the CAS decides
    while (!word_.compare_exchange_strong(
        old, (old & ~(3U << priority_shift)) | static_cast<unsigned>(priority) << priority_shift,
        std::memory_order_relaxed, std::memory_order_relaxed)) {  // carries nothing else
    }
  }
  [[nodiscard]] bool is_shared() const noexcept { return has(shared); }
  // Relaxed: requests, which carry nothing else.
  [[nodiscard]] bool stop_requested() const noexcept { return has(cancel_requested | overdue); }
  [[nodiscard]] bool is_overdue() const noexcept { return has(overdue); }
  /// It has passed its time limit. By the steward, while the job cannot end (Watch).
  void set_overdue() noexcept {
    word_.fetch_or(overdue, std::memory_order_seq_cst);  // for stop_requested_in_order
  }
  /// True for the first caller: of several who find that a job has ended and will not run, one
  /// counts its end, and has its closure.
  [[nodiscard]] bool claim_count() noexcept {
    return (word_.fetch_or(counted, std::memory_order_relaxed) & counted) == 0;  // alone decides
  }
  /// The same for one side of a store-then-load race: see JobContext::stop_token.
  [[nodiscard]] bool stop_requested_in_order() const noexcept {
    return (word_.load(std::memory_order_seq_cst) & (cancel_requested | overdue)) != 0;
  }
  [[nodiscard]] bool is_final_in_order() const noexcept {  // see Engine::hold_back
    return is_final(state_in(word_.load(std::memory_order_seq_cst)));
  }
  /// Waits for the jobs that it comes after.
  [[nodiscard]] bool is_blocked() const noexcept {
    return (word_.load(std::memory_order_acquire) & blocked) != 0;  // (K)
  }
  /// A thief on this rank has marked it, and will settle it. Relaxed: one who asks asks again.
  [[nodiscard]] bool is_under_way() const noexcept {
    const auto word = word_.load(std::memory_order_relaxed);
    return state_in(word) == JobState::stolen && (word & spent) == 0;
  }
  /// Its closure is gone: it has run, or was discarded. Of a final job.
  [[nodiscard]] bool is_spent() const noexcept { return has(spent); }
  /// The closure of a final job is discarded, by the one that claim_count() chose.
  void spend() noexcept {
    word_.fetch_or(spent, std::memory_order_relaxed);  // its reference carries it to the last one
  }

  // --- steps of a shared job: any thread ---------------------------------------------------------

  /// pending -> running. False: it is blocked, or somebody else has moved it.
  [[nodiscard]] bool try_start() noexcept {
    return try_step(JobState::pending, JobState::running, spent);
  }
  /// pending -> stolen, and back, by the thief that holds its entry.
  [[nodiscard]] bool try_steal() noexcept {
    return try_step(JobState::pending, JobState::stolen, 0);
  }
  void settle() noexcept {
    const bool mine = try_step(JobState::stolen, JobState::pending, 0);
    assert(mine && "only its thief moves a stolen job");
    (void)mine;
  }

  /// pending -> running -> timed_out in one step, for a job whose deadline came before its start;
  /// wakes who waits. False: somebody else has moved it.
  [[nodiscard]] bool try_expire() noexcept {
    auto old = word_.load(std::memory_order_relaxed);  // the CAS decides
    do {
      if (state_in(old) != JobState::pending) return false;
    } while (!word_.compare_exchange_strong(old, with_state(old, JobState::timed_out),
                                            std::memory_order_seq_cst,
                                            std::memory_order_relaxed));  // (F) (Z)
    if ((old & has_waiters) != 0) S::wake_all(word_);
    return true;
  }
  /// By the worker that runs it: running -> preempted, and back; running -> pending, when it
  /// yields. Nobody else moves a job that runs, but flags may change meanwhile.
  void move(JobState from, JobState to) noexcept {
    const bool mine = try_step(from, to, 0);
    assert(mine && "only its worker moves a job that runs");
    (void)mine;
  }

  /// running -> pending: it has yielded, and has a closure again.
  void requeue() noexcept {
    word_.fetch_and(~spent, std::memory_order_relaxed);  // the step releases it
    move(JobState::running, JobState::pending);
  }
  /// pending -> stolen, for another rank, by one who has an entry; its closure will be gone. False:
  /// somebody else has moved it.
  [[nodiscard]] bool try_leave() noexcept {
    return try_step(JobState::pending, JobState::stolen, spent);
  }
  /// It stays after all.
  void come_back() noexcept {
    word_.fetch_and(~spent, std::memory_order_relaxed);  // the step releases it
    settle();
  }

  enum class Cancel : unsigned char { too_late, requested, done };
  /// Cancels a job that has not started, and wakes who waits; asks one that has to stop.
  Cancel cancel() noexcept {
    auto old = word_.load(std::memory_order_relaxed);  // the CAS decides
    for (;;) {
      if (is_final(state_in(old))) return Cancel::too_late;
      const bool pending = state_in(old) == JobState::pending;
      const auto next = pending ? with_state(old, JobState::cancelled) : old;
      if (!word_.compare_exchange_strong(old, next | cancel_requested, std::memory_order_seq_cst,
                                         std::memory_order_relaxed))  // (F) (Z); tried again
        continue;
      if (!pending) return Cancel::requested;
      if ((old & has_waiters) != 0) S::wake_all(word_);
      return Cancel::done;
    }
  }
  /// running -> a final state, by the worker that runs it; wakes who waits.
  void finish(JobState outcome) noexcept {
    auto old = word_.load(std::memory_order_relaxed);  // the CAS decides
    while (!word_.compare_exchange_strong(old, with_state(old, outcome), std::memory_order_seq_cst,
                                          std::memory_order_relaxed)) {  // (F) (Z); tried again
    }
    assert(may_step(state_in(old), outcome) && "this step of a job is not legal");
    if ((old & has_waiters) != 0) S::wake_all(word_);
  }
  /// Sleeps until it is final, at most `timeout_ns` (negative: no limit). May return early.
  void sleep(long timeout_ns) noexcept {
    const auto word =
        word_.fetch_or(has_waiters, std::memory_order_acq_rel) | has_waiters;  // (F) (Z)
    if (!is_final(state_in(word))) S::wait(word_, word, timeout_ns);
  }

  void block() noexcept {  // relaxed: nobody knows the job yet
    word_.fetch_or(blocked, std::memory_order_relaxed);
  }
  /// \returns the state, which may be `cancelled`
  JobState unblock() noexcept {
    return state_in(word_.fetch_and(~blocked, std::memory_order_acq_rel));  // (K)
  }

  // --- steps of a detached job: its owner --------------------------------------------------------

  /// Nobody else sees these steps, so only builds with assertions make them.
  void step_alone([[maybe_unused]] JobState to) noexcept {
#ifndef NDEBUG
    const bool legal = try_step(state_in(word_.load(std::memory_order_relaxed)), to, 0);
    assert(legal);  // relaxed: the owner alone changes the state; flags may be set meanwhile
    (void)legal;
#endif
  }

 private:
  // State in bits 0 to 7, priority in bits 8 and 9, then flags, then the own priority.
  static constexpr unsigned state_mask = 0xFF;
  static constexpr unsigned priority_shift = 8;
  static constexpr unsigned cancel_requested = 1U << 11;
  static constexpr unsigned has_waiters = 1U << 12;
  static constexpr unsigned blocked = 1U << 13;
  static constexpr unsigned spent = 1U << 14;
  static constexpr unsigned overdue = 1U << 15;
  static constexpr unsigned counted = 1U << 16;
  static constexpr unsigned base_shift = 17;

  [[nodiscard]] static constexpr JobState state_in(unsigned word) noexcept {
    return static_cast<JobState>(word & state_mask);
  }
  [[nodiscard]] static constexpr Priority priority_in(unsigned word) noexcept {
    return static_cast<Priority>(word >> priority_shift & 3U);
  }
  [[nodiscard]] static constexpr unsigned with_state(unsigned word, JobState state) noexcept {
    return (word & ~state_mask) | static_cast<unsigned>(state);
  }
  [[nodiscard]] bool has(unsigned flag) const noexcept {
    return (word_.load(std::memory_order_relaxed) & flag) != 0;  // each caller says why
  }
  [[nodiscard]] bool try_step(JobState from, JobState to, unsigned flags) noexcept {
    assert(may_step(from, to) && "this step of a job is not legal");
    auto old = word_.load(std::memory_order_relaxed);  // the CAS decides
    do {
      if (state_in(old) != from || (old & blocked) != 0) return false;
      // Acquire (K); release: the next owner sees what this one did.
    } while (!word_.compare_exchange_strong(old, with_state(old, to) | flags,
                                            std::memory_order_acq_rel, std::memory_order_relaxed));
    return true;
  }

  typename S::template Atomic<unsigned> word_;  // unsigned, for futexes
};

}  // namespace jackdaw::detail
