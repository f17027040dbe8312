#pragma once
/// \file
/// How long a worker sleeps between two looks around, while nobody wakes it.

#include <algorithm>  // min
#include <chrono>     // milliseconds, nanoseconds
#include <cstdint>    // uint64_t
#include <random>     // minstd_rand

namespace jackdaw::detail {

/// Each nap is twice as long as the one before, up to a longest one; and each is up to a quarter
/// shorter, at random, so that those who fell asleep together do not wake together.
class Naps {
 public:
  Naps(std::chrono::milliseconds shortest, std::chrono::milliseconds longest, std::uint64_t seed)
      : next_(shortest),
        longest_(longest),
        random_(static_cast<std::minstd_rand::result_type>(seed)) {}

  [[nodiscard]] long next_ns() noexcept {
    const long ns = next_.count();
    next_ = std::min(2 * next_, longest_);
    return ns - ns / 4 * static_cast<long>(random_() % 256) / 256;
  }

 private:
  std::chrono::nanoseconds next_, longest_;
  std::minstd_rand random_;
};

}  // namespace jackdaw::detail
