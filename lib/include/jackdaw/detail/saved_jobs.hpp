#pragma once
/// \file
/// The jobs of a pool that are set aside while a checkpoint is made.

#include <atomic>   // atomic
#include <mutex>    // lock_guard, mutex
#include <utility>  // exchange, move
#include <vector>   // vector

#include "jackdaw/saved_job.hpp"  // SavedJob

namespace jackdaw::detail {

/// Thread-safety: any thread calls anything.
class SavedJobs {
 public:
  /// \returns false if it was begun before
  [[nodiscard]] bool begin() noexcept { return !is_open_.exchange(true); }  // seq_cst: rare
  [[nodiscard]] bool end() noexcept { return is_open_.exchange(false); }    // the same
  /// Relaxed: a hint, for workers, which set aside or run what they find, and either is right.
  [[nodiscard]] bool is_open() const noexcept { return is_open_.load(std::memory_order_relaxed); }

  void add(SavedJob job) {
    const std::lock_guard hold(mutex_);
    jobs_.push_back(std::move(job));
  }
  [[nodiscard]] std::vector<SavedJob> take() noexcept {
    const std::lock_guard hold(mutex_);
    return std::exchange(jobs_, {});
  }

 private:
  std::atomic<bool> is_open_{false};
  std::mutex mutex_;  // of what follows
  std::vector<SavedJob> jobs_;
};

}  // namespace jackdaw::detail
