#pragma once
/// \file
/// SHA-1 of short messages: the random numbers of the Unbalanced Tree Search. Not for secrets.
///
/// Source: FIPS 180-4. Plain C++, one block, all 80 rounds unrolled; no SHA instructions, so that
///         its speed is comparable between machines.

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // uint32_t
#include <string_view>  // string_view

namespace jackdaw::workloads {

/// The 20 bytes of a digest as five big-endian words.
using Sha1Digest = std::array<std::uint32_t, 5>;

inline constexpr std::size_t sha1_block_words = 16;
/// A message of at most this many bytes fits one block, with its padding.
inline constexpr std::size_t sha1_longest = 55;

using Sha1Block = std::array<std::uint32_t, sha1_block_words>;

/// The one block of a short message: its bytes, a bit 1, zeros, its length in bits.
/// \param message  at most sha1_longest bytes
[[nodiscard]] constexpr Sha1Block sha1_pad(std::string_view message) noexcept {
  Sha1Block block{};
  std::size_t at = 0;
  const auto append = [&](unsigned char byte) {
    block[at / 4] |= static_cast<std::uint32_t>(byte) << (24 - 8 * (at % 4));
    ++at;
  };
  for (const char c : message) append(static_cast<unsigned char>(c));
  append(0x80);
  block[15] = static_cast<std::uint32_t>(8 * message.size());
  return block;
}

/// \throws std::length_error  the message has more than sha1_longest bytes
[[nodiscard]] Sha1Digest sha1(std::string_view message);

/// SHA-1 of the 24 bytes of `digest` and `number`, both big-endian: 70 to 80 ns.
[[nodiscard]] Sha1Digest sha1(const Sha1Digest& digest, std::uint32_t number) noexcept;

}  // namespace jackdaw::workloads
