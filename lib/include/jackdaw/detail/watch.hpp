#pragma once
/// \file
/// How the steward looks at a job that runs, whose record its worker may free at any moment, and
/// how long that job has been running. Neither costs a job that nobody looks at more than a load.
///
/// Who synchronizes with whom:
///   (H) hold: RMW sets `held`, heavy barrier, then the steward looks which job runs; a worker at
///       the end of a job first stores that it does not run any more, then looks at the word.
///       Either the steward sees that the job is over, and leaves it alone, or the worker sees
///       `held`, and waits.
///   (G) let_go: RMW clears `held` -> is_watched, await_release: load of it: the steward is done
///       with the job.
///   (L) the lock of a stint: its fields.

#include <atomic>   // memory_order
#include <cstdint>  // int64_t, uint64_t
#include <mutex>    // lock_guard

#include "jackdaw/detail/sync.hpp"  // Sync, SpinLock

namespace jackdaw::detail {

/// \tparam S  Sync; the tests put in one that lets them choose every interleaving
template <typename S = Sync>
class Watch {
 public:
  // --- the worker: after it has stored that its job does not run any more ------------------------

  /// False: nobody looks at the job, nor ever will, and nobody has marked it.
  [[nodiscard]] bool is_watched() const noexcept {
    S::light_barrier();
    return word_.load(std::memory_order_acquire) != 0;  // (H), and (G) of a look that is over
  }
  /// Blocks until nobody looks at the job. A few instructions of the steward, seldom.
  void await_release() noexcept {
    // Where there is no heavy barrier, this RMW and that of hold() are in one order: whoever comes
    // later sees what the other did before.
    auto word = word_.fetch_or(0, std::memory_order_acq_rel);  // (H) (G)
    while ((word & held) != 0) {
      S::yield();
      word = word_.load(std::memory_order_acquire);  // (G)
    }
  }
  /// No job is left on this worker that could be marked.
  void unmark() noexcept {
    word_.fetch_and(~marked, std::memory_order_relaxed);  // a hint to the worker by itself
  }

  // --- the steward -------------------------------------------------------------------------------

  /// Afterwards, a job that is seen to run cannot end before let_go().
  void hold() noexcept {
    word_.fetch_or(held, std::memory_order_acq_rel);  // (H)
    S::heavy_barrier();                               // (H)
  }
  void let_go() noexcept { word_.fetch_and(~held, std::memory_order_release); }  // (G)
  /// The worker must look at the flags of the job when it ends. While it is held.
  void mark() noexcept { word_.fetch_or(marked, std::memory_order_relaxed); }  // (G) hands it over

 private:
  static constexpr unsigned held = 1, marked = 2, always = 4;
  typename S::template Atomic<unsigned> word_{S::heavy_barrier_works() ? 0U : always};
};

/// Since when the job that a worker runs has been running, as far as anybody knows. The steward
/// notes when it first sees a job; the worker, when a job goes on after a wait or a preemption.
class Stint {
 public:
  /// Which job: the worker's turn, and how many jobs it had finished.
  struct Key {
    std::uint64_t turn = 0, finished = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  /// \returns since when, in ns of the steady clock; `now` for one that nobody has seen yet
  [[nodiscard]] std::int64_t since(const Key& key, std::int64_t now) noexcept {
    const std::lock_guard hold(lock_);  // (L)
    if (!(key_ == key)) {
      key_ = key;
      since_ = now;
    }
    return since_;
  }
  void go_on(const Key& key, std::int64_t since) noexcept {
    const std::lock_guard hold(lock_);  // (L)
    key_ = key;
    since_ = since;
  }

 private:
  SpinLock<> lock_;
  Key key_;
  std::int64_t since_ = 0;
};

}  // namespace jackdaw::detail
