#pragma once
/// \file
/// One side of a fork, on the stack of the function that forks it.
///
/// A task that is not stolen is a plain call; then nothing here but the three words that thieves
/// need is ever written. What a join needs is set up when the task becomes public.
///
/// Pair: (J) the thief's last exchange of `state` -> the forker's load that sees `done`: the result
/// is written, and the thief no longer touches the task.

#include <atomic>   // atomic_ref
#include <cstdint>  // uint32_t

#include "jackdaw/detail/split_deque.hpp"  // ItemTraits, SplitDeque

namespace jackdaw::detail {

struct JobRecord;

struct Task {
  void (*run)(Task&) noexcept;  ///< calls the closure, keeps its result or exception
  JobRecord* job;               ///< that it belongs to, the tag in the deque; not while private
  alignas(4) unsigned state;    ///< by atomic_ref; not initialised while private
  alignas(4) unsigned thief;    ///< by atomic_ref; not initialised while private

  enum : unsigned { waiting, done, waiting_asleep };
  static constexpr unsigned nobody = ~0U;

  [[nodiscard]] bool is_done() noexcept {
    return std::atomic_ref(state).load(std::memory_order_acquire) == done;  // (J)
  }
};

template <>
struct ItemTraits<Task*> {
  static constexpr bool tagged = true;
  static void prepare(Task* task, const void* job) {
    task->job = static_cast<JobRecord*>(const_cast<void*>(job));
    // Relaxed: becomes visible with the task, by pair (B) of the deque.
    std::atomic_ref(task->state).store(Task::waiting, std::memory_order_relaxed);
    std::atomic_ref(task->thief).store(Task::nobody, std::memory_order_relaxed);
  }
};
using TaskDeque = SplitDeque<Task*>;
inline constexpr std::size_t task_deque_capacity = 1024;  ///< deeper forks are plain calls

}  // namespace jackdaw::detail
