#pragma once
/// \file
/// The word in which a shelf is open or closed, and in which thieves divide it among themselves.
///
/// Bits: 63..48 epoch | 47..45 slot | 44 open | 43..42 best class | 41..32 N jobs | 31..0 A
/// attempts. Only the owner changes bits 32 to 63; a thief adds 1. With r0 = N, attempt k owns v_k
/// = min(max_batch, max(1, r_k / 2)) jobs, and r_k+1 = r_k - v_k: a function of the word alone.

#include <algorithm>  // max, min
#include <cstdint>    // uint32_t, uint64_t

namespace jackdaw::mpi {

struct ControlWord {
  static constexpr std::uint32_t max_jobs = 512;
  static constexpr std::uint64_t open_bit = std::uint64_t{1} << 44;

  std::uint32_t epoch = 0;  ///< 16 bits; another one for each filling
  std::uint32_t slot = 0;
  bool open = false;
  std::uint32_t best_class = 0;
  std::uint32_t jobs = 0;
  std::uint32_t attempts = 0;

  [[nodiscard]] static ControlWord decode(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> 48),
            static_cast<std::uint32_t>(word >> 45 & 7U),
            (word & open_bit) != 0,
            static_cast<std::uint32_t>(word >> 42 & 3U),
            static_cast<std::uint32_t>(word >> 32 & 0x3FFU),
            static_cast<std::uint32_t>(word)};
  }
  [[nodiscard]] std::uint64_t encode() const noexcept {
    return std::uint64_t{epoch & 0xFFFFU} << 48 | std::uint64_t{slot} << 45 |
           (open ? open_bit : 0) | std::uint64_t{best_class} << 42 | std::uint64_t{jobs} << 32 |
           attempts;
  }
};

/// Jobs that the first `attempts` attempts own, of a shelf of `jobs`. O(log jobs + jobs / batch).
[[nodiscard]] inline std::uint32_t claimed_by(std::uint32_t jobs, std::uint32_t attempts,
                                              std::uint32_t max_batch) noexcept {
  std::uint32_t left = jobs;
  for (; attempts > 0 && left > 0; --attempts) left -= std::min(max_batch, std::max(1U, left / 2));
  return jobs - left;
}

}  // namespace jackdaw::mpi
