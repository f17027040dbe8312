#pragma once
/// \file
/// Who waits until nothing is left to do, and who notices that nothing is.
///
/// Who synchronizes with whom:
///   (Q) a finish is counted (release) after all that the job has made; finishes are read (acquire)
///       before what was made. So each job counted as finished is counted as made, and all that it
///       has made is as well; and equal sums mean equal sets.
///   (G) who waits registers, makes a heavy barrier, then counts; who finishes counts its finish,
///       then looks whether anybody waits, or the gate is closed. So one of them sees the other.
///   (R) of two that finish at once, the later to touch waiters_ sees the other's finish as well.
///   (E) who waits loads epoch_, then counts; who notices moves epoch_ after the last finish. So
///       nobody falls asleep on an epoch in which he was told.
///   (C) who closes the gate does so before it looks at the beds; a worker lies down, with a heavy
///       barrier, before it asks has_ended(). So it is woken, or sees that the gate is closed; and
///       then whoever finished without seeing that did so before the barrier.

#include <atomic>  // memory_order

#include "jackdaw/detail/sync.hpp"  // Sync

namespace jackdaw::detail {

/// True if every job whose making the caller could know of is finished, and so are all that these
/// have made.
/// \param finished, created  each sums one kind of counters; they are called in this order: (Q)
template <typename Finished, typename Created>
[[nodiscard]] bool nothing_is_left(Finished finished, Created created) noexcept {
  const auto done = finished();  // first: == does not say in which order it reads
  return done == created();
}

/// \tparam S  Sync; the tests put in one that lets them choose every interleaving
template <typename S = Sync>
class QuietGate {
 public:
  /// Sleeps until `is_quiet()`. Any thread.
  template <typename Quiet>
  void wait(Quiet is_quiet) noexcept {
    waiters_.fetch_add(1, std::memory_order_seq_cst);  // (G)
    S::heavy_barrier();                                // (G)
    for (;;) {
      const auto epoch = epoch_.load(std::memory_order_acquire);  // (E)
      if (is_quiet()) break;
      S::wait(epoch_, epoch, -1);
    }
    waiters_.fetch_add(~0U, std::memory_order_relaxed);  // a needless look does no harm
  }
  /// After a finish was counted, and a read-modify-write that orders the two where membarrier(2) is
  /// refused. Two loads, mostly. Any thread.
  /// \returns true if the gate is closed and nothing is left: all who sleep must be woken
  template <typename Quiet>
  [[nodiscard]] bool notice(Quiet is_quiet) noexcept {
    S::light_barrier();                                             // (G)
    const bool closed = closed_.load(std::memory_order_relaxed);    // (G) by the barriers
    const auto waiters = waiters_.load(std::memory_order_relaxed);  // (G) likewise
    if (!closed && waiters == 0) return false;
    waiters_.fetch_add(0, std::memory_order_seq_cst);  // (R)
    if (!is_quiet()) return false;
    epoch_.fetch_add(1, std::memory_order_seq_cst);  // (E)
    S::wake_all(epoch_);
    return closed;
  }

  /// From now on workers end when nothing is left. All who sleep must be woken.
  void close() noexcept { closed_.store(true, std::memory_order_seq_cst); }  // (C)
  /// For a worker that has lain down.
  template <typename Quiet>
  [[nodiscard]] bool has_ended(Quiet is_quiet) const noexcept {
    return closed_.load(std::memory_order_seq_cst) && is_quiet();  // (C)
  }

 private:
  typename S::template Atomic<unsigned> epoch_{0};  // unsigned, as futexes are
  typename S::template Atomic<unsigned> waiters_{0};
  typename S::template Atomic<bool> closed_{false};
};

}  // namespace jackdaw::detail
