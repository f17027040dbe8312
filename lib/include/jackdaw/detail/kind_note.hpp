#pragma once
/// \file
/// What the pool knows of all jobs of one kind. Jobs of one type of closure are one kind; those of
/// a movable function are, with a future or without.

#include <atomic>   // atomic
#include <cstdint>  // int64_t

namespace jackdaw::detail {

/// Thread-safety: any thread, relaxed: each value stands for itself.
struct KindNote {
  std::atomic<std::int64_t> timeout_ns{-1};  ///< what a job may run; 0: for ever; -1: as others
  std::atomic<std::int64_t> run_ns{0};  ///< how long a job takes, as far as is known; 0: unknown
};

/// \tparam F  the type of a job's closure
template <typename F>
inline constinit KindNote own_note_of{};
template <typename F>
inline constexpr KindNote* note_of = &own_note_of<F>;

}  // namespace jackdaw::detail
