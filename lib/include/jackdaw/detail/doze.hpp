#pragma once
/// \file
/// How a worker sleeps: it lies down, then looks, then sleeps.

#include <cstddef>  // size_t

#include "jackdaw/detail/idle_set.hpp"    // IdleSet
#include "jackdaw/detail/quiet_gate.hpp"  // QuietGate

namespace jackdaw::detail {

/// Sleeps until there is work. The worker is a searcher, before and afterwards.
///
/// \param house  of the worker: sees_work(), is_quiet(), and nap_ns(), after which it looks again
///               (negative: never)
/// \returns false: the gate is closed, and nothing is left
template <typename S, typename House>
[[nodiscard]] bool doze(IdleSet<S>& idle, const QuietGate<S>& gate, std::size_t worker,
                        House& house) noexcept {
  const auto has_ended = [&] { return gate.has_ended([&] { return house.is_quiet(); }); };
  idle.lie_down(worker);
  for (;;) {
    // Whoever pushes (P), or closes the gate (C), before it saw the worker lie is seen here.
    if ((house.sees_work() || has_ended()) && idle.get_up(worker)) break;
    if (idle.sleep(worker, house.nap_ns())) break;
  }
  return !has_ended();
}

}  // namespace jackdaw::detail
