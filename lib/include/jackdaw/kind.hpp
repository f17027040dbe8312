#pragma once
/// \file
/// What a program can say of all jobs of one movable function.

#include <chrono>     // nanoseconds
#include <cstdint>    // int64_t
#include <optional>   // optional
#include <stdexcept>  // invalid_argument

#include "jackdaw/movable.hpp"  // MovableJob

namespace jackdaw {

struct KindOptions {
  /// How long a job takes, about: thieves take less of what takes long. Unset: it is measured.
  std::optional<std::chrono::nanoseconds> expected{};
  /// What a job may run, unless it says otherwise itself; zero: for ever. Unset: Config::timeout.
  std::optional<std::chrono::nanoseconds> timeout{};
};

/// Holds in this process, for jobs that start afterwards. Thread-safety: any thread.
/// \throws std::invalid_argument  a time is negative, or nothing is expected to take no time at all
template <auto Function>
void describe(const KindOptions& options) {
  using std::chrono::nanoseconds;
  if (options.expected && *options.expected <= nanoseconds::zero())
    throw std::invalid_argument("the expected time of a kind of jobs must be above zero");
  if (options.timeout && *options.timeout < nanoseconds::zero())
    throw std::invalid_argument("the timeout of a kind of jobs is negative; zero means none");
  detail::KindNote& note = detail::MovableJob<Function>::note;
  if (options.expected) note.run_time.set(options.expected->count());
  if (!options.timeout) return;
  const std::int64_t ns = options.timeout->count();
  note.timeout_ns.store(ns, std::memory_order_relaxed);  // stands for itself
  auto& shortest = detail::shortest_kind_timeout_ns;
  auto seen = shortest.load(std::memory_order_relaxed);  // as said there
  while (ns > 0 && ns < seen &&
         !shortest.compare_exchange_weak(seen, ns, std::memory_order_relaxed)) {
  }
}

}  // namespace jackdaw
