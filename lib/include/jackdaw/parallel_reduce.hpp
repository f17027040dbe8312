#pragma once
/// \file
/// Loops that sum up: partial results of neighbouring ranges are combined, in order.

#include <concepts>  // integral
#include <cstdint>   // uint64_t
#include <utility>   // move

#include "jackdaw/detail/grain.hpp"   // advanced, Grain, iterations
#include "jackdaw/detail/worker.hpp"  // Worker, this_worker
#include "jackdaw/fork_join.hpp"      // fork_join
#include "jackdaw/parallel_for.hpp"   // LoopOptions

namespace jackdaw {
namespace detail {

template <typename I, typename T, typename Fold, typename Combine>
T reduce_range(I first, I last, T sum, Fold& fold, Combine& combine, const T& identity,
               std::uint64_t grain_asked) {
  Worker* const worker = this_worker;
  if (worker == nullptr) [[unlikely]]
    return first < last ? fold(first, last, std::move(sum)) : sum;
  Grain grain(grain_asked);
  while (first < last) {
    const std::uint64_t left = iterations(first, last);
    if (left > grain.size() && worker->wants_split()) {
      const I middle = advanced(first, left / 2);
      auto [low, high] = fork_join(
          [&] {
            return reduce_range(first, middle, std::move(sum), fold, combine, identity,
                                grain_asked);
          },
          [&] {
            return reduce_range(middle, last, identity, fold, combine, identity, grain_asked);
          });
      return combine(std::move(low), std::move(high));
    }
    const I end = left > grain.size() ? advanced(first, grain.size()) : last;
    grain.before();
    sum = fold(first, end, std::move(sum));
    grain.after();
    worker->answer_bells();
    first = end;
  }
  return sum;
}

}  // namespace detail

/// combine(... combine(combine(identity, map(first)), map(first + 1)) ..., map(last - 1)), the
/// brackets set anew in each run: `combine` must be associative, and need not be commutative.
/// Floating-point sums therefore differ by rounding from run to run.
/// \param identity  combine(identity, x) == x
/// \throws the exception of one of the calls
template <std::integral I, typename T, typename Map, typename Combine>
[[nodiscard]] T parallel_reduce(I first, I last, T identity, Map&& map, Combine&& combine,
                                LoopOptions options = {}) {
  auto fold = [&](I i, I end, T sum) {
    for (; i < end; ++i) sum = combine(std::move(sum), map(i));
    return sum;
  };
  return detail::reduce_range(first, last, T(identity), fold, combine, identity, options.grain);
}

}  // namespace jackdaw
