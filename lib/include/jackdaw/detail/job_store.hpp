#pragma once
/// \file
/// What the jobs of one owner live in: a heap for their records, and a deque for each priority.

#include <array>    // array
#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <cstdint>  // uint16_t, uint64_t

#include "jackdaw/detail/job_heap.hpp"     // JobHeap
#include "jackdaw/detail/job_record.hpp"   // JobRecord
#include "jackdaw/detail/split_deque.hpp"  // SplitDeque
#include "jackdaw/priority.hpp"            // priority_count

namespace jackdaw::detail {

using JobDeque = SplitDeque<JobRecord*>;

/// The owner is a worker, or whoever holds the lock of an inbox.
struct JobStore {
  JobStore(std::uint16_t number, std::size_t capacity)
      : index(number),
        deques{JobDeque(capacity), JobDeque(capacity), JobDeque(capacity), JobDeque(capacity)} {}
  JobStore(const JobStore&) = delete;
  JobStore& operator=(const JobStore&) = delete;

  /// Owner only. Also counts the jobs made here.
  [[nodiscard]] std::uint64_t next_id() noexcept {
    const auto number = created.load(std::memory_order_relaxed) + 1;  // the owner alone writes
    created.store(number, std::memory_order_relaxed);  // read behind a finish: see Engine::is_quiet
    return std::uint64_t{index} << 48 | number;
  }

  const std::uint16_t index;
  JobHeap heap;
  std::atomic<std::uint64_t> created{0};
  std::array<JobDeque, priority_count> deques;
  /// Records with handles that are not freed yet, and 1 for the pool: the heap must outlive them.
  alignas(cache_line) std::atomic<std::int64_t> shared_alive{1};
};

}  // namespace jackdaw::detail
