#pragma once
/// \file
/// One side of a fork, on the stack of the function that forks it.
///
/// A task that is not stolen is a plain call; then nothing here but the three words that thieves
/// need is ever written. What a join needs is set up when the task becomes public.

#include <atomic>   // memory_order
#include <cstddef>  // size_t

#include "jackdaw/detail/join_word.hpp"    // JoinWord
#include "jackdaw/detail/split_deque.hpp"  // ItemTraits, SplitDeque

namespace jackdaw::detail {

struct JobRecord;

struct Task {
  void (*run)(Task&) noexcept;  ///< calls the closure, keeps its result or exception
  JobRecord* job;               ///< that it belongs to, the tag in the deque; not while private
  JoinWord<> end;               ///< of its run by a thief
  LateAtomic<unsigned> thief;   ///< its number; a hint for the forker, whom to help

  static constexpr unsigned nobody = ~0U;
};

template <>
struct ItemTraits<Task*> {
  static constexpr bool tagged = true;
  static void prepare(Task* task, const void* job) {
    task->job = static_cast<JobRecord*>(const_cast<void*>(job));
    task->end.share();
    // Relaxed: becomes visible with the task, by pair (B) of the deque.
    task->thief.store(Task::nobody, std::memory_order_relaxed);
  }
};
using TaskDeque = SplitDeque<Task*>;
inline constexpr std::size_t task_deque_capacity = 1024;  ///< deeper forks are plain calls

}  // namespace jackdaw::detail
