#pragma once
/// \file
/// Loops whose iterations are independent, split only where a worker asks for more.
///
/// Source: lazy binary splitting, after Tzannes, Caragea, Barua, Vishkin, "Lazy Binary-Splitting: A
/// Run-Time Adaptive Work-Stealing Scheduler", PPoPP 2010: a loop offers its second half to
/// thieves, works through the first in small steps, and splits again only when the offer was taken.

#include <concepts>  // integral, invocable
#include <cstdint>   // uint64_t
#include <utility>   // forward

#include "jackdaw/detail/grain.hpp"   // advanced, Grain, iterations
#include "jackdaw/detail/worker.hpp"  // Worker, this_worker
#include "jackdaw/fork_join.hpp"      // fork_join

namespace jackdaw {

struct LoopOptions {
  /// Iterations that are never divided; between two such steps the loop looks whether somebody
  /// wants work. 0: found while the loop runs, so that a step takes a few microseconds.
  std::uint64_t grain = 0;
};

namespace detail {

/// Runs [first, last) by calls of block(i, j), and lets others have parts of it.
template <typename I, typename Block>
void run_loop(I first, I last, Block& block, std::uint64_t grain_asked) {
  Worker* const worker = this_worker;
  if (worker == nullptr) [[unlikely]] {
    if (first < last) block(first, last);
    return;
  }
  Grain grain(grain_asked);
  while (first < last) {
    const std::uint64_t left = iterations(first, last);
    if (left > grain.size() && worker->wants_split()) {
      const I middle = advanced(first, left / 2);
      fork_join([&] { run_loop(first, middle, block, grain_asked); },
                [&] { run_loop(middle, last, block, grain_asked); });
      return;
    }
    const I end = left > grain.size() ? advanced(first, grain.size()) : last;
    grain.before();
    block(first, end);
    grain.after();
    worker->answer_bells();
    first = end;
  }
}

}  // namespace detail

/// Calls body(i) for each i in [first, last), or body(i, j) for blocks [i, j) that cover it, on all
/// workers that have nothing better to do. Returns when all are done.
/// \throws the exception of one of the calls; then others may not have run
/// On a thread that is no worker, runs the loop alone.
template <std::integral I, typename Body>
requires std::invocable<Body&, I> || std::invocable<Body&, I, I>
void parallel_for(I first, I last, Body&& body, LoopOptions options = {}) {
  if constexpr (std::invocable<Body&, I, I>) {
    detail::run_loop(first, last, body, options.grain);
  } else {
    auto block = [&body](I i, I end) {
      for (; i < end; ++i) body(i);
    };
    detail::run_loop(first, last, block, options.grain);
  }
}

}  // namespace jackdaw
