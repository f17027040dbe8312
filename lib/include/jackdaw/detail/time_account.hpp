#pragma once
/// \file
/// Where a worker's time goes. The clock is read when the kind of slice changes, never for a job.

#include <array>    // array
#include <atomic>   // atomic
#include <chrono>   // steady_clock, nanoseconds
#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint8_t

#include "jackdaw/detail/sync.hpp"  // cache_line
#include "jackdaw/statistics.hpp"   // TimeSlices

namespace jackdaw::detail {

enum class Slice : std::uint8_t { working, stealing, searching, asleep };

/// One owner writes; any thread takes a snapshot that adds up (a sequence lock: the owner makes
/// `version_` odd while it writes, and a reader that saw it move reads again).
/// Pair: (V) the owner's release stores of all fields -> the reader's acquire loads, between two
/// equal even versions.
class TimeAccount {
 public:
  /// Owner. From now on time counts as `slice`. \returns now, in ns
  std::int64_t enter(Slice slice) noexcept {
    const auto now = clock_ns();
    const auto version = version_.load(std::memory_order_relaxed);  // the owner alone writes
    version_.store(version + 1, std::memory_order_relaxed);  // (V) the stores below release it
    auto& total = totals_[kind_.load(std::memory_order_relaxed)];  // own, as are the next two
    total.store(
        total.load(std::memory_order_relaxed) + now - since_.load(std::memory_order_relaxed),
        std::memory_order_release);                                           // (V)
    since_.store(now, std::memory_order_release);                             // (V)
    kind_.store(static_cast<std::size_t>(slice), std::memory_order_release);  // (V)
    version_.store(version + 2, std::memory_order_release);                   // (V)
    return now;
  }
  [[nodiscard]] Slice current() const noexcept {  // owner
    return static_cast<Slice>(kind_.load(std::memory_order_relaxed));
  }
  /// Any thread.
  [[nodiscard]] TimeSlices snapshot() const noexcept {
    for (;;) {
      const auto before = version_.load(std::memory_order_acquire);  // (V)
      std::array<std::int64_t, 4> ns{};
      for (std::size_t i = 0; i < ns.size(); ++i)
        ns[i] = totals_[i].load(std::memory_order_acquire);       // (V)
      const auto since = since_.load(std::memory_order_acquire);  // (V)
      const auto kind = kind_.load(std::memory_order_acquire);    // (V)
      const auto now = clock_ns();
      if (before % 2 != 0 || version_.load(std::memory_order_relaxed) != before) continue;  // (V)
      ns[kind] += now > since ? now - since : 0;
      using std::chrono::nanoseconds;
      return {nanoseconds(ns[0]), nanoseconds(ns[1]), nanoseconds(ns[2]), nanoseconds(ns[3])};
    }
  }

 private:
  [[nodiscard]] static std::int64_t clock_ns() noexcept {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  }

  alignas(cache_line) std::atomic<std::uint64_t> version_{0};
  std::array<std::atomic<std::int64_t>, 4> totals_{};
  std::atomic<std::int64_t> since_{clock_ns()};
  std::atomic<std::size_t> kind_{static_cast<std::size_t>(Slice::asleep)};
};

}  // namespace jackdaw::detail
