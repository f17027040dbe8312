#pragma once
/// \file
/// How a thread that is no worker takes jobs out of deques, and puts them back.

#include <array>    // array
#include <cstddef>  // size_t
#include <span>     // span

#include "jackdaw/detail/engine.hpp"  // Engine

namespace jackdaw::detail {

/// The oldest jobs of a deque, taken as a thief takes them, also from an owner that does not
/// answer.
class Loot {
 public:
  static constexpr std::size_t most = 64;

  /// At most `wanted`, which is not zero, and at most half of what is public, rounded up.
  [[nodiscard]] static Loot take(JobDeque& deque, std::size_t wanted) noexcept {
    Loot loot;
    if (deque.length() <= 0) return loot;
    if (deque.public_length() == 0 && !deque.seize()) return loot;
    if (deque.steal(loot.jobs_.data(), wanted < most ? wanted : most, loot.count_) != Steal::taken)
      loot.count_ = 0;
    return loot;
  }
  [[nodiscard]] std::span<JobRecord* const> jobs() const& noexcept {
    return std::span(jobs_).first(count_);
  }
  void jobs() const&& = delete;  // they would be gone
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

 private:
  std::array<JobRecord*, most> jobs_{};
  std::size_t count_ = 0;
};

}  // namespace jackdaw::detail
