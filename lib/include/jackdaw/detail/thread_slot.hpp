#pragma once
/// \file
/// A small number for each living thread, for arrays with a cell a thread.

#include <cstddef>  // size_t

namespace jackdaw::detail {

/// Alive at once, that use a reducer, or make jobs from outside a pool.
inline constexpr std::size_t max_threads = 4096;

/// Finds a free number for the calling thread, until it ends.
/// \throws std::runtime_error  more than max_threads threads
std::size_t claim_thread_slot();

[[gnu::tls_model("initial-exec")]] inline thread_local constinit std::size_t this_slot_plus_1 = 0;

/// The number of the calling thread, below max_threads. A thread that starts after another has
/// ended may get its number: what the first left in its cell is seen by the second.
[[nodiscard]] inline std::size_t thread_slot() {
  if (this_slot_plus_1 == 0) [[unlikely]]
    return claim_thread_slot();
  return this_slot_plus_1 - 1;
}

}  // namespace jackdaw::detail
