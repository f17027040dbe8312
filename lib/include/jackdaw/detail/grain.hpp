#pragma once
/// \file
/// How many iterations a loop does between two looks at the scheduler, and where they end.

#include <chrono>    // steady_clock
#include <concepts>  // integral
#include <cstdint>   // uint64_t

namespace jackdaw::detail {

/// How many there are in [first, last), which may be more than I can tell.
template <std::integral I>
[[nodiscard]] constexpr std::uint64_t iterations(I first, I last) noexcept {
  return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
}
/// So many iterations after `first`, which is an I; what lies between need not fit into one.
template <std::integral I>
[[nodiscard]] constexpr I advanced(I first, std::uint64_t count) noexcept {
  return static_cast<I>(static_cast<std::uint64_t>(first) + count);
}

/// Given, or found: doubled while a step takes less than `short_step`, halved when it takes more
/// than `long_step`. Reading the clock, 25 ns or so, is then under 1 % of a step, and a thief waits
/// for a step at most.
class Grain {
 public:
  explicit Grain(std::uint64_t asked) noexcept : size_(asked == 0 ? 1 : asked), find_(asked == 0) {}

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void before() noexcept {
    if (find_) start_ = Clock::now();
  }
  void after() noexcept {
    if (!find_) return;
    const auto took = Clock::now() - start_;
    if (took < short_step && size_ < largest) {
      size_ *= took < short_step / 16 ? 8U : 2U;
    } else if (took > long_step && size_ > 1) {
      size_ /= 2;
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::nanoseconds short_step{5'000};
  static constexpr std::chrono::nanoseconds long_step{20'000};
  static constexpr std::uint64_t largest = std::uint64_t{1} << 60;  // may still grow eightfold

  std::uint64_t size_;
  bool find_;
  Clock::time_point start_{};
};

}  // namespace jackdaw::detail
