#include "workloads/sha1.hpp"

#include <bit>        // rotl
#include <stdexcept>  // length_error
#include <string>     // to_string
#include <utility>    // integer_sequence

namespace jackdaw::workloads {
namespace {

constexpr Sha1Digest initial{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

struct Registers {
  std::uint32_t a, b, c, d, e;
};

/// The round's function of three registers, in the forms with the fewest operations. The two terms
/// of the majority have no bit in common: added instead of or-ed, they leave the compiler free to
/// choose the order of the round's sum.
template <unsigned t>
[[gnu::always_inline]] inline std::uint32_t mix(std::uint32_t b, std::uint32_t c,
                                                std::uint32_t d) noexcept {
  if constexpr (t < 20) return d ^ (b & (c ^ d));
  if constexpr (t >= 40 && t < 60) return (b & c) + (d & (b ^ c));
  return b ^ c ^ d;
}

template <unsigned t>
constexpr std::uint32_t round_constant = t < 20   ? 0x5a827999
                                         : t < 40 ? 0x6ed9eba1
                                         : t < 60 ? 0x8f1bbcdc
                                                  : 0xca62c1d6;

/// Word t of the message schedule, in a ring of 16.
template <unsigned t>
[[gnu::always_inline]] inline std::uint32_t scheduled(Sha1Block& w) noexcept {
  if constexpr (t >= 16) {
    w[t % 16] = std::rotl(w[(t + 13) % 16] ^ w[(t + 8) % 16] ^ w[(t + 2) % 16] ^ w[t % 16], 1);
  }
  return w[t % 16];
}

template <unsigned t>
[[gnu::always_inline]] inline void do_round(Registers& r, Sha1Block& w) noexcept {
  // In this order g++ and clang both keep the dependent chain short; others were up to 30 % slower.
  const std::uint32_t sum = std::rotl(r.a, 5) + ((r.e + round_constant<t>)+scheduled<t>(w));
  r = {sum + mix<t>(r.b, r.c, r.d), r.a, std::rotl(r.b, 30), r.c, r.d};
}

template <unsigned... t>
[[gnu::always_inline]] inline void do_rounds(Registers& r, Sha1Block& w,
                                             std::integer_sequence<unsigned, t...>) noexcept {
  (do_round<t>(r, w), ...);
}

/// Inlined into its callers, so that the constant words of their blocks fold into the rounds.
[[gnu::always_inline]] inline Sha1Digest compress(Sha1Block block) noexcept {
  Registers r{initial[0], initial[1], initial[2], initial[3], initial[4]};
  do_rounds(r, block, std::make_integer_sequence<unsigned, 80>{});
  return {r.a + initial[0], r.b + initial[1], r.c + initial[2], r.d + initial[3], r.e + initial[4]};
}

}  // namespace

Sha1Digest sha1(std::string_view message) {
  if (message.size() > sha1_longest) {
    throw std::length_error("a message of " + std::to_string(message.size()) +
                            " bytes, but sha1 takes at most " + std::to_string(sha1_longest));
  }
  return compress(sha1_pad(message));
}

Sha1Digest sha1(const Sha1Digest& digest, std::uint32_t number) noexcept {
  return compress({digest[0], digest[1], digest[2], digest[3], digest[4], number, 0x80000000, 0, 0,
                   0, 0, 0, 0, 0, 0, 8 * 24});
}

}  // namespace jackdaw::workloads
