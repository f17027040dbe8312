#pragma once
/// \file
/// How a value becomes bytes and a value again, on its way to another rank.

#include <array>        // array
#include <bit>          // bit_cast
#include <cstddef>      // byte
#include <cstring>      // memcpy
#include <ranges>       // view
#include <span>         // as_bytes, span
#include <stdexcept>    // runtime_error
#include <string>       // to_string
#include <type_traits>  // is_pointer_v, is_trivially_copyable_v
#include <vector>       // vector

namespace jackdaw {

using Bytes = std::vector<std::byte>;

/// Writes and reads a T. A trivially copyable type travels as its bytes; `jackdaw/cereal.hpp` does
/// the same for all that cereal can serialise; a program may specialise it for a type of its own,
/// with these three members. All ranks are of one kind: nothing is done about byte order.
/// Thread-safety: any thread calls, on values that are its own.
template <typename T>
struct Codec {
  static_assert(std::is_trivially_copyable_v<T>,
                "only a trivially copyable type travels as its bytes: include <jackdaw/cereal.hpp> "
                "for one that cereal can serialise, or specialise jackdaw::Codec for it");
  static_assert(!std::is_pointer_v<T> && !std::ranges::view<T>,
                "a pointer or a view means nothing on another rank: send what it points at");

  /// It always takes sizeof(T) bytes.
  static constexpr bool fixed = true;
  /// Appends `value` to `out`.
  static void write(const T& value, Bytes& out) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  /// \throws std::runtime_error  these are not the bytes of one T
  static T read(std::span<const std::byte> bytes) {
    if (bytes.size() != sizeof(T)) {
      throw std::runtime_error(std::to_string(sizeof(T)) + " bytes were expected, not " +
                               std::to_string(bytes.size()));
    }
    std::array<std::byte, sizeof(T)> raw;
    std::memcpy(raw.data(), bytes.data(), raw.size());
    return std::bit_cast<T>(raw);
  }
};

}  // namespace jackdaw
