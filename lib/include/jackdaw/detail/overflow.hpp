#pragma once
/// \file
/// Jobs that found their deque full, or were put aside for one worker.

#include <atomic>   // atomic
#include <chrono>   // steady_clock
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <deque>    // deque
#include <mutex>    // mutex
#include <vector>   // vector

namespace jackdaw::detail {

struct JobRecord;

/// Whole blocks of jobs, the oldest first. Thread-safety: any thread.
class Overflow {
 public:
  using Clock = std::chrono::steady_clock;
  struct Block {
    std::vector<JobRecord*> jobs;
    Clock::time_point put;
  };
  void put(std::vector<JobRecord*> jobs);
  /// The oldest block; one without jobs if there is none.
  [[nodiscard]] Block take();
  /// The same, if it was put before that time.
  [[nodiscard]] Block take_before(Clock::time_point time);
  /// The same, if its first job may move to another rank.
  [[nodiscard]] Block take_movable();
  /// What is left of a block that was taken, in front of the others.
  void put_back(Block rest);
  /// After a heavy barrier: sees every put before it.
  [[nodiscard]] bool empty() const noexcept { return jobs() == 0; }
  /// How many are in it.
  [[nodiscard]] std::int64_t jobs() const noexcept { return count_.load(); }  // seq_cst: rare

 private:
  [[nodiscard]] Block take_first();  // under the mutex
  void count(std::int64_t change) noexcept;

  std::mutex mutex_;  // of the blocks
  std::deque<Block> blocks_;
  std::atomic<std::int64_t> count_{0};
};

}  // namespace jackdaw::detail
