#pragma once
/// \file
/// A movable job as it lies on a shelf: 128 bytes, the same on every rank.

#include <array>        // array
#include <cstddef>      // byte
#include <cstdint>      // uint8_t, uint16_t, uint64_t
#include <type_traits>  // is_trivially_copyable_v

#include "jackdaw/movable.hpp"  // payload_bytes

namespace jackdaw {

struct PackedJob {
  std::uint64_t kind;         ///< JobKind::id
  std::uint64_t id;           ///< where it was packed; it gets another where it arrives
  std::uint16_t moves;        ///< between ranks; saturates
  std::uint8_t job_class;     ///< its Priority
  std::uint8_t reserved[29];  ///< zero
  std::array<std::byte, detail::payload_bytes> payload;
};
static_assert(sizeof(PackedJob) == 128 && std::is_trivially_copyable_v<PackedJob>);

}  // namespace jackdaw
