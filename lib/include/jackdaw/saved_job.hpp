#pragma once
/// \file
/// A movable job that was set aside instead of being started, so that it can be kept in a file.

#include <cstddef>  // byte
#include <span>     // span

#include "jackdaw/codec.hpp"       // Bytes
#include "jackdaw/packed_job.hpp"  // PackedJob

namespace jackdaw {

namespace detail {
struct JobKind;
}

struct SavedJob {
  PackedJob job{};
  Bytes long_payload{};  ///< if PackedJob::is_long
  const detail::JobKind* kind = nullptr;

  [[nodiscard]] std::span<const std::byte> payload() const noexcept {
    return job.is_long() ? std::span<const std::byte>(long_payload) : job.inline_payload();
  }
};

}  // namespace jackdaw
