#pragma once
/// \file
/// A movable job as it lies on a shelf: 128 bytes, the same on every rank.

#include <algorithm>    // min
#include <array>        // array
#include <cstddef>      // byte, size_t
#include <cstdint>      // int32_t, uint8_t, uint16_t, uint32_t, uint64_t
#include <span>         // span
#include <type_traits>  // has_unique_object_representations_v, is_trivially_copyable_v

namespace jackdaw {

namespace detail {
inline constexpr std::size_t payload_bytes = 80;  ///< that lie in the packed job itself
}

/// The future that a job answers.
struct Reply {
  static constexpr std::int32_t nobody = -1;  ///< waits
  static constexpr std::int32_t here = -2;    ///< in the pool where the job is; never leaves it
  std::uint64_t number = 0;                   ///< among the futures of that rank, from 1
  std::int32_t rank = nobody;
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// What is not used is zero, but for `reply_rank`.
struct PackedJob {
  std::uint64_t kind;          ///< JobKind::id
  std::uint64_t id;            ///< where it was packed; it gets another where it arrives
  std::uint64_t parcel;        ///< of a long payload: its number at the holder
  std::uint64_t reply;         ///< number of the future that waits, at `reply_rank`
  std::uint32_t payload_size;  ///< all bytes; more than payload_bytes: they come by message
  std::int32_t holder;         ///< of a long payload: the rank that has it
  std::int32_t reply_rank = Reply::nobody;  ///< where the future is; -1: nobody waits
  std::uint16_t moves;                      ///< between ranks; saturates
  std::uint8_t job_class;                   ///< its Priority
  std::uint8_t flags;                       ///< own_class, has_limits
  std::array<std::byte, detail::payload_bytes> payload;

  static constexpr std::uint8_t own_class = 3U;        ///< its own Priority, if another counts now
  static constexpr std::uint8_t has_limits = 1U << 2;  ///< they precede the payload

  [[nodiscard]] bool is_long() const noexcept { return payload_size > payload.size(); }
  /// The payload, unless it is long.
  [[nodiscard]] std::span<const std::byte> inline_payload() const noexcept {
    return std::span(payload).first(std::min<std::size_t>(payload_size, payload.size()));
  }
};
static_assert(sizeof(PackedJob) == 128 && std::is_trivially_copyable_v<PackedJob> &&
              std::has_unique_object_representations_v<PackedJob>);

}  // namespace jackdaw
