#pragma once
/// \file
/// The four classes of urgency of a job.

#include <cstddef>      // size_t
#include <cstdint>      // uint8_t
#include <string_view>  // string_view

namespace jackdaw {

/// Most urgent first. No worker starts a job while it can see one of a more urgent class anywhere
/// in its pool; within a class, a worker takes its own youngest job, and others' oldest.
enum class Priority : std::uint8_t { critical, high, normal, low };
inline constexpr std::size_t priority_count = 4;

[[nodiscard]] constexpr std::string_view name(Priority p) noexcept {
  constexpr std::string_view names[] = {"critical", "high", "normal", "low"};
  return names[static_cast<std::size_t>(p)];
}

}  // namespace jackdaw
