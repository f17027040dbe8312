#pragma once
/// \file
/// The life of a worker: its states, and which steps are legal.

#include <cstddef>      // size_t
#include <cstdint>      // uint8_t
#include <string_view>  // string_view

namespace jackdaw {

enum class WorkerState : std::uint8_t {
  idle,        ///< asleep, or on its way there
  working,     ///< runs a job or a task, or waits inside one
  stealing,    ///< looks for work elsewhere
  preempting,  ///< runs a critical job on top of another one
  draining,    ///< the pool closes: runs what is left
  shutdown,    ///< final: the thread ends
};
inline constexpr std::size_t worker_state_count = 6;

/// True if a worker may go from `from` to `to`. Every change of state asks here first.
[[nodiscard]] constexpr bool may_step(WorkerState from, WorkerState to) noexcept {
  using enum WorkerState;
  switch (from) {
    case idle: return to == working || to == stealing || to == draining;
    case working: return to == idle || to == stealing || to == preempting || to == draining;
    case stealing: return to == working || to == idle || to == draining;
    case preempting: return to == working;
    case draining: return to == shutdown;
    default: return false;
  }
}

[[nodiscard]] constexpr std::string_view name(WorkerState s) noexcept {
  constexpr std::string_view names[] = {"idle",       "working",  "stealing",
                                        "preempting", "draining", "shutdown"};
  return names[static_cast<std::size_t>(s)];
}

}  // namespace jackdaw
