#pragma once
/// \file
/// How much is left of the time that somebody is willing to wait.

#include <algorithm>  // max
#include <chrono>     // nanoseconds, steady_clock
#include <cstdint>    // int64_t

namespace jackdaw::detail {

class Timeout {
 public:
  /// Starts now. What lies beyond the clock's range is for ever.
  explicit Timeout(std::chrono::nanoseconds length) : end_(end_of(length, Clock::now())) {}

  /// Never negative: a negative time would mean for ever to those who sleep.
  [[nodiscard]] std::int64_t left_ns() const {
    const std::chrono::nanoseconds left = end_ - Clock::now();
    return std::max<std::int64_t>(left.count(), 0);
  }

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] static Clock::time_point end_of(std::chrono::nanoseconds length,
                                                Clock::time_point now) {
    if (length <= std::chrono::nanoseconds::zero()) return now;
    return length > Clock::time_point::max() - now ? Clock::time_point::max() : now + length;
  }
  Clock::time_point end_;
};

}  // namespace jackdaw::detail
