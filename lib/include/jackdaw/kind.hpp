#pragma once
/// \file
/// What a program can say of all jobs of one movable function.

#include <chrono>    // nanoseconds
#include <optional>  // optional

#include "jackdaw/movable.hpp"  // MovableJob

namespace jackdaw {

struct KindOptions {
  /// How long a job takes, about: thieves take less of what takes long. Unset: it is measured.
  std::optional<std::chrono::nanoseconds> expected{};
  /// What a job may run, unless it says otherwise itself; zero: for ever. Unset: Config::timeout.
  std::optional<std::chrono::nanoseconds> timeout{};
};

namespace detail {
void describe(KindNote& note, const KindOptions& options);
}

/// Holds in this process, for jobs that start afterwards. Thread-safety: any thread.
/// \throws std::invalid_argument  a time is negative, or nothing is expected to take no time at all
template <auto Function>
void describe(const KindOptions& options) {
  detail::describe(detail::MovableJob<Function>::note, options);
}

}  // namespace jackdaw
