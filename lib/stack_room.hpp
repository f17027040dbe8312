#pragma once
/// \file
/// How much stack the calling thread has left, so that jobs on top of others do not use it up.

#include <cstddef>  // size_t

namespace jackdaw::detail {

struct StackRoom {
  std::size_t bytes;  ///< of the whole stack
  std::size_t left;
  /// What is left should be kept for the jobs themselves.
  [[nodiscard]] bool is_short() const noexcept;
};
[[nodiscard]] StackRoom stack_room() noexcept;

}  // namespace jackdaw::detail
