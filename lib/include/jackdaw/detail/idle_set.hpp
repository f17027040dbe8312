#pragma once
/// \file
/// Who sleeps, who searches, and which classes of jobs are about: one word that every push reads,
/// and that is written only when one of these changes.
///
/// No wake-up is lost. A pusher stores its item, then loads the pulse; it wakes a sleeper if the
/// pulse says `hungry` (somebody sleeps and nobody searches). A worker that lies down first changes
/// the pulse, then makes a heavy barrier, then looks at every deque. So
///   (P) either the pusher's load sees the change, and wakes it, or its item was stored before the
///       barrier, and the worker that lies down sees it.
/// A pusher that saw a searcher relies on it: a searcher that gives up goes the same way, and the
/// last one that finds work looks again, behind a heavy barrier, before it leaves the rest. See
/// lib/README.md for the whole argument.
///
/// The bits of the classes are kept the same way: a pusher stores its item, then loads the pulse
/// and sets the bit of its class if it is clear; who clears a bit makes a heavy barrier, looks at
/// every deque of that class, and sets the bit again if there is something.

#include <atomic>   // memory_order
#include <bit>      // countl_zero
#include <cstddef>  // size_t
#include <cstdint>  // uint32_t, uint64_t
#include <memory>   // unique_ptr

#include "jackdaw/detail/sync.hpp"  // Sync, cache_line

namespace jackdaw::detail {

/// The fields of the pulse.
struct Pulse {
  static constexpr std::uint64_t class_mask = 0xF;      ///< bit c: there may be jobs of class c
  static constexpr std::uint64_t hungry = 1U << 4;      ///< somebody sleeps and nobody searches
  static constexpr std::uint64_t cancelling = 1U << 5;  ///< jobs that have not started never will
  static constexpr std::uint64_t careful = 1U << 6;     ///< jobs go the slow way: see Engine
  static constexpr std::uint64_t critical = 1U << 0;    ///< the class bit of critical jobs
  static constexpr std::uint64_t sleeper = std::uint64_t{1} << 16;   ///< one; 16 bits
  static constexpr std::uint64_t searcher = std::uint64_t{1} << 32;  ///< one; 16 bits

  [[nodiscard]] static constexpr std::uint64_t sleepers(std::uint64_t p) {
    return p >> 16 & 0xFFFF;
  }
  [[nodiscard]] static constexpr std::uint64_t searchers(std::uint64_t p) { return p >> 32; }
  [[nodiscard]] static constexpr std::uint64_t with_hunger(std::uint64_t p) {
    return sleepers(p) != 0 && searchers(p) == 0 ? p | hungry : p & ~hungry;
  }
};

/// \tparam S  Sync; the tests put in one that lets them choose every interleaving
template <typename S = Sync>
class IdleSet {
  template <typename U>
  using Atomic = typename S::template Atomic<U>;

 public:
  explicit IdleSet(std::size_t workers)
      : beds_(std::make_unique<Bed[]>(workers)),
        asleep_(std::make_unique<Atomic<std::uint64_t>[]>((workers + 63) / 64)),
        words_((workers + 63) / 64) {}

  /// Any thread, after a put and a light barrier.
  [[nodiscard]] std::uint64_t pulse() const noexcept {
    return pulse_.load(std::memory_order_relaxed);  // (P) by the barriers, not by its order
  }
  [[nodiscard]] const Atomic<std::uint64_t>& pulse_word() const noexcept { return pulse_; }

  void set_present(std::size_t job_class) noexcept {  // after the put that it tells of
    pulse_.fetch_or(std::uint64_t{1} << job_class, std::memory_order_seq_cst);
  }
  /// So that nobody looks in vain for a class that has run out.
  /// \param sees_jobs  looks at every deque of the class
  template <typename Sees>
  void clear_if_gone(std::size_t job_class, Sees sees_jobs) noexcept {
    if (sees_jobs()) return;
    pulse_.fetch_and(~(std::uint64_t{1} << job_class), std::memory_order_seq_cst);  // (P)
    S::heavy_barrier();                                                             // (P)
    if (sees_jobs()) set_present(job_class);
  }

  void set_cancelling() noexcept { pulse_.fetch_or(Pulse::cancelling, std::memory_order_seq_cst); }
  void clear_cancelling() noexcept {  // as set_cancelling: it orders nothing else
    pulse_.fetch_and(~Pulse::cancelling, std::memory_order_seq_cst);
  }

  void set_careful(bool on) noexcept {  // the same
    if (on) {
      pulse_.fetch_or(Pulse::careful, std::memory_order_seq_cst);
    } else {
      pulse_.fetch_and(~Pulse::careful, std::memory_order_seq_cst);
    }
  }

  void enter_search() noexcept {
    update([](std::uint64_t p) { return p + Pulse::searcher; });
  }
  /// A searcher found work. If it was the last one, others may have pushed while they saw it
  /// search, and woken nobody: whatever they pushed before it stopped shows behind the barrier.
  /// \param sees_work  looks at every deque  \returns true if a sleeper was woken for it
  template <typename Sees>
  bool leave_search(Sees sees_work) noexcept {
    if ((update([](std::uint64_t p) { return p - Pulse::searcher; }) & Pulse::hungry) == 0)
      return false;
    S::heavy_barrier();  // (P)
    return sees_work() && wake_one();
  }

  /// From searching to sleeping. The caller must now look at every deque, then get_up() or sleep().
  void lie_down(std::size_t worker) noexcept {
    update([](std::uint64_t p) { return p - Pulse::searcher + Pulse::sleeper; });  // (P)
    mark_asleep(worker);
  }
  /// From sleeping to searching, by itself. False: a waker was quicker; sleep() returns at once.
  [[nodiscard]] bool get_up(std::size_t worker) noexcept {
    if (!claim(worker)) return false;
    update([](std::uint64_t p) { return p - Pulse::sleeper + Pulse::searcher; });
    return true;
  }
  /// Sleeps until woken. \returns false after `timeout_ns` (negative: none), or for no reason
  [[nodiscard]] bool sleep(std::size_t worker, long timeout_ns) noexcept {
    auto& bell = beds_[worker].bell;
    if (bell.load(std::memory_order_acquire) == 0) S::wait(bell, 0U, timeout_ns);  // (W)
    if (bell.load(std::memory_order_acquire) == 0) return false;                   // (W)
    bell.store(0, std::memory_order_relaxed);  // the next to ring must first claim us asleep
    return true;
  }
  /// Wakes the sleeper with the highest number, which then searches. False: there is none.
  /// Costs a system call, about 2 us.
  bool wake_one() noexcept {
    for (std::size_t word = words_; word-- > 0;) {
      auto bits = asleep_[word].load(std::memory_order_relaxed);  // claim() decides
      while (bits != 0) {
        const auto bit = 63 - static_cast<std::size_t>(std::countl_zero(bits));
        if (wake(word * 64 + bit)) return true;
        bits &= ~(std::uint64_t{1} << bit);
      }
    }
    return false;
  }
  bool wake(std::size_t worker) noexcept {
    if (!claim(worker)) return false;
    update([](std::uint64_t p) { return p - Pulse::sleeper + Pulse::searcher; });
    beds_[worker].bell.store(1, std::memory_order_release);  // (W) ours alone: we claimed it
    S::wake(beds_[worker].bell);
    return true;
  }

  /// Takes the place of a sleeping worker, which sleeps on. False: it does not sleep.
  [[nodiscard]] bool take_seat(std::size_t worker) noexcept {
    if (!claim(worker)) return false;
    update([](std::uint64_t p) { return p - Pulse::sleeper; });
    return true;
  }
  /// Gives it back, and wakes its owner if there is work.
  /// \param sees_work  looks at every deque
  template <typename Sees>
  void leave_seat(std::size_t worker, Sees sees_work) noexcept {
    update([](std::uint64_t p) { return p + Pulse::sleeper; });  // (P)
    mark_asleep(worker);
    if (sees_work()) wake(worker);
  }

 private:
  struct alignas(cache_line) Bed {
    Atomic<unsigned> bell{0};  ///< 1: get up
  };

  template <typename Change>
  std::uint64_t update(Change change) noexcept {
    auto old = pulse_.load(std::memory_order_relaxed);  // the CAS decides
    std::uint64_t next = 0;
    do {
      next = Pulse::with_hunger(change(old));
    } while (!pulse_.compare_exchange_strong(old, next, std::memory_order_seq_cst,
                                             std::memory_order_relaxed));  // tried again
    return next;
  }
  void mark_asleep(std::size_t worker) noexcept {
    // Release (S): who claims the bed may touch all that its worker owned.
    asleep_[worker / 64].fetch_or(bit_of(worker), std::memory_order_seq_cst);
    S::heavy_barrier();  // (P) the caller looks for work behind it
  }
  /// One thread at most gets true for each mark_asleep.
  [[nodiscard]] bool claim(std::size_t worker) noexcept {
    const auto bit = bit_of(worker);
    return (asleep_[worker / 64].fetch_and(~bit, std::memory_order_seq_cst) & bit) != 0;  // (S)
  }
  [[nodiscard]] static std::uint64_t bit_of(std::size_t worker) noexcept {
    return std::uint64_t{1} << worker % 64;
  }

  alignas(cache_line) Atomic<std::uint64_t> pulse_{0};
  alignas(cache_line) std::unique_ptr<Bed[]> beds_;
  std::unique_ptr<Atomic<std::uint64_t>[]> asleep_;  // bit: that worker sleeps, for who claims it
  std::size_t words_;
};

}  // namespace jackdaw::detail
