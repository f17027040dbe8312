#pragma once
/// \file
/// The primitives that the lock-free structures are built on, as one template argument, so that the
/// tests can put in a Sync that tries every interleaving.

#include <atomic>   // atomic, atomic_ref, atomic_signal_fence
#include <climits>  // INT_MAX
#include <cstddef>  // size_t

namespace jackdaw::detail {

inline constexpr std::size_t cache_line = 64;  ///< bytes

/// Makes every running thread of this process execute a full memory fence, before it returns.
///
/// With it, the frequent side of a store-then-load race (Dekker's) needs no fence of its own, only
/// the order of its instructions; the rare side pays: about 0.3 us, by membarrier(2), command
/// PRIVATE_EXPEDITED. Any thread.
void heavy_barrier() noexcept;

/// False where the kernel refuses membarrier(2): then nobody may rely on heavy_barrier(), and the
/// frequent side fences itself (see Worker::attend_fork and attend_push).
[[nodiscard]] bool heavy_barrier_works() noexcept;

/// Sleeps while the unsigned at `address` is `expected`, at most `timeout_ns` (negative: for ever).
/// May wake early.
void futex_wait(const void* address, unsigned expected, long timeout_ns) noexcept;
/// Wakes up to `count` sleepers on `address`, which is not read: it may be gone already.
void futex_wake(const void* address, int count) noexcept;

/// An atomic that nobody initialises until it is shared: whoever does so stores to it first.
template <typename T>
class LateAtomic {
 public:
  [[nodiscard]] T load(std::memory_order order) noexcept { return ref().load(order); }
  void store(T value, std::memory_order order) noexcept { ref().store(value, order); }
  T exchange(T value, std::memory_order order) noexcept { return ref().exchange(value, order); }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order order) noexcept {
    return ref().compare_exchange_strong(expected, desired, order);
  }

 private:
  [[nodiscard]] std::atomic_ref<T> ref() noexcept { return std::atomic_ref<T>(value_); }
  alignas(std::atomic_ref<T>::required_alignment) T value_;
};

struct Sync {
  template <typename T>
  using Atomic = std::atomic<T>;
  template <typename T>
  using LateAtomic = detail::LateAtomic<T>;

  /// One round of a spin.
  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }
  /// One round of a longer spin: lets another thread have the core.
  static void yield() noexcept;
  /// Holds the compiler to the order of its instructions; the partner of heavy_barrier().
  static void light_barrier() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }
  static void heavy_barrier() noexcept { detail::heavy_barrier(); }
  /// \tparam Word  an Atomic or LateAtomic of unsigned
  template <typename Word>
  static void wait(const Word& word, unsigned expected, long timeout_ns) noexcept {
    static_assert(sizeof word == sizeof(unsigned), "futexes are 32 bits");
    futex_wait(&word, expected, timeout_ns);
  }
  template <typename Word>
  static void wake(const Word& word) noexcept {
    futex_wake(&word, 1);
  }
  static void wake_all(const std::atomic<unsigned>& word) noexcept { futex_wake(&word, INT_MAX); }
  [[nodiscard]] static bool heavy_barrier_works() noexcept { return detail::heavy_barrier_works(); }
};

/// A lock for a few instructions, seldom contended.
template <typename S = Sync>
class SpinLock {
 public:
  void lock() noexcept {
    while (held_.exchange(true, std::memory_order_acquire)) {  // (L) sees what the last holder did
      while (held_.load(std::memory_order_relaxed)) S::pause();  // only a hint: exchange decides
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    return !held_.load(std::memory_order_relaxed) &&          // only a hint: exchange decides
           !held_.exchange(true, std::memory_order_acquire);  // (L)
  }
  void unlock() noexcept { held_.store(false, std::memory_order_release); }  // (L)

 private:
  typename S::template Atomic<bool> held_{false};
};

}  // namespace jackdaw::detail
