#pragma once
/// \file
/// How who forked a task learns that its thief is done.
///
/// Pairs: (J) the thief's last exchange -> the forker's load that sees `done`: the result is
/// written, and the thief no longer touches the task. (S) the forker says that it will sleep, in
/// the same word: so either the thief sees that and wakes it, or the forker sees `done`.

#include <atomic>  // memory_order

#include "jackdaw/detail/sync.hpp"  // Sync

namespace jackdaw::detail {

/// Not initialised before share(): a task that is not stolen pays nothing for it.
/// \tparam S  Sync; the tests put in one that lets them choose every interleaving
template <typename S = Sync>
class JoinWord {
 public:
  /// Before the task becomes public, and visible with it.
  void share() noexcept { word_.store(waiting, std::memory_order_relaxed); }
  [[nodiscard]] bool is_done() noexcept {
    return word_.load(std::memory_order_acquire) == done;  // (J)
  }
  /// The thief's last word: from the exchange on the forker may return, and its stack is gone. Only
  /// the address is used after it.
  void tell_done() noexcept {
    if (word_.exchange(done, std::memory_order_acq_rel) == waiting_asleep)  // (J) (S)
      S::wake(word_);
  }
  /// The forker sleeps until it is done, or for `timeout_ns` (negative: no limit), or for no
  /// reason.
  void sleep(long timeout_ns) noexcept {
    unsigned seen = waiting;
    // (S) Relaxed: if the thief was quicker, is_done() loads again, with acquire.
    word_.compare_exchange_strong(seen, waiting_asleep, std::memory_order_relaxed);
    S::wait(word_, waiting_asleep, timeout_ns);
  }

 private:
  enum : unsigned { waiting, done, waiting_asleep };
  typename S::template LateAtomic<unsigned> word_;
};

}  // namespace jackdaw::detail
