#pragma once
/// \file
/// The jobs in this rank that a future waits for, here or on another rank, so that they can be
/// found while they are queued, run or wait.

#include <cstddef>        // size_t
#include <cstdint>        // uint64_t
#include <mutex>          // mutex
#include <unordered_map>  // unordered_map

#include "jackdaw/packed_job.hpp"  // Reply

namespace jackdaw::detail {

struct JobRecord;

/// Keeps one reference on each. Thread-safety: any thread. O(1).
class AwaitedJobs {
 public:
  /// Takes over a reference.
  void add(const Reply& to, JobRecord& job);
  /// \returns the job, whose reference the caller gets; null: it is not here any more
  [[nodiscard]] JobRecord* take(const Reply& to) noexcept;
  /// \returns the job, with a reference of its own for the caller; null: it is not here
  [[nodiscard]] JobRecord* find(const Reply& to) noexcept;

 private:
  struct Hash {
    [[nodiscard]] std::size_t operator()(const Reply& to) const noexcept {
      return to.number * 0x9E3779B97F4A7C15U ^ static_cast<std::size_t>(to.rank);
    }
  };
  std::mutex mutex_;
  std::unordered_map<Reply, JobRecord*, Hash> jobs_;
};

}  // namespace jackdaw::detail
