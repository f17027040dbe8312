#pragma once
/// \file
/// What the pool knows of all jobs of one kind. Jobs of one type of closure are one kind; those of
/// a movable function are, with a future or without.

#include <algorithm>  // clamp
#include <atomic>     // atomic
#include <cstdint>    // int64_t, INT64_MAX

namespace jackdaw::detail {

/// A moving mean of times. A sample counts as four times the mean at most, so that one during which
/// the thread had lost its core does little; a true change is followed within some samples.
/// Thread-safety: any thread, relaxed: it stands for itself, and if two learn at once, one sample
/// is lost.
class MeanTime {
 public:
  /// In ns; 0: unknown.
  [[nodiscard]] std::int64_t ns() const noexcept {
    const auto value = value_.load(std::memory_order_relaxed);
    return value < 0 ? -value : value;
  }
  void learn(std::int64_t ns) noexcept {
    const auto mean = value_.load(std::memory_order_relaxed);
    if (mean < 0) return;  // told
    const auto sample = std::clamp<std::int64_t>(ns, 1, mean == 0 ? INT64_MAX : furthest * mean);
    value_.store(mean == 0 ? sample : mean + step(sample - mean), std::memory_order_relaxed);
  }
  /// From now on this, whatever is measured.
  void set(std::int64_t ns) noexcept { value_.store(-ns, std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t weight = 8, furthest = 4;
  /// Away from zero, or small means would stand still.
  [[nodiscard]] static constexpr std::int64_t step(std::int64_t distance) noexcept {
    return (distance + (distance > 0 ? weight - 1 : 1 - weight)) / weight;
  }
  std::atomic<std::int64_t> value_{0};  // negative: told, not measured
};

struct KindNote {
  std::atomic<std::int64_t> timeout_ns{-1};  ///< what a job may run; 0: for ever; -1: as others
  MeanTime run_time;                         ///< what a job takes
};

/// Of all kinds: stewards look often enough for it. Relaxed: it stands for itself, and only falls.
inline std::atomic<std::int64_t> shortest_kind_timeout_ns{INT64_MAX};

/// \tparam F  the type of a job's closure
template <typename F>
inline constinit KindNote own_note_of{};
template <typename F>
inline constexpr KindNote* note_of = &own_note_of<F>;

}  // namespace jackdaw::detail
