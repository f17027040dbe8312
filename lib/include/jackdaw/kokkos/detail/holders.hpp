#pragma once
/// \file
/// Who holds which of a few things that no two parts of a kernel may use at once.

#include <cstddef>    // size_t
#include <stdexcept>  // runtime_error
#include <string>     // string, to_string
#include <thread>     // this_thread

#include "jackdaw/detail/thread_slot.hpp"  // thread_slot

namespace jackdaw::kokkos::detail {

/// Takes one of `count` things that nobody holds, and waits while others hold them all.
///
/// A worker that waits inside a kernel helps with other parts of it, on top of the part that waits.
/// So a thread may hold several; but where it holds one already and none is free, those who have
/// the others may well wait for it, and that is an exception.
///
/// \param try_take  (index, me): makes `me` the holder if there is none, which is 0, and acquires
///                  what the one before has left; says who was the holder
/// \throws std::runtime_error  none is free, and the calling thread holds one
template <typename TryTake>
[[nodiscard]] int take_free(std::size_t count, const char* name, TryTake try_take) {
  const int me = static_cast<int>(jackdaw::detail::thread_slot()) + 1;
  for (;;) {
    bool holds_one = false;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t index = (static_cast<std::size_t>(me) + i) % count;
      const int holder = try_take(index, me);
      if (holder == 0) return static_cast<int>(index);
      holds_one = holds_one || holder == me;
    }
    if (holds_one) {
      throw std::runtime_error("all " + std::to_string(count) + " " + name +
                               " are held; hold none across a kernel inside a kernel");
    }
    std::this_thread::yield();
  }
}

}  // namespace jackdaw::kokkos::detail
