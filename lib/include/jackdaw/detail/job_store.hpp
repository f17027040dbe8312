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
        last_id_(std::uint64_t{number} * first_id),
        deques{JobDeque(capacity), JobDeque(capacity), JobDeque(capacity), JobDeque(capacity)} {
    for (std::size_t c = 0; c < priority_count; ++c) {
      if (!rearms(c)) deques[c].ring();
    }
  }
  /// The bell of an urgent class always rings: each put gets an answer, which makes the job public.
  [[nodiscard]] static bool is_urgent(std::size_t job_class) noexcept {
    return job_class <= static_cast<std::size_t>(Priority::high);
  }
  /// Whether the answer to a bell of this class may silence it.
  [[nodiscard]] static bool rearms(std::size_t job_class) noexcept {
    return !is_urgent(job_class) && Sync::heavy_barrier_works();
  }
  JobStore(const JobStore&) = delete;
  JobStore& operator=(const JobStore&) = delete;

  /// Owner only. The id of the job that it makes now.
  [[nodiscard]] std::uint64_t next_id() const noexcept {
    return last_id_.load(std::memory_order_relaxed) + 1;  // the owner alone writes
  }
  /// Owner only. That job is made.
  void count(std::uint64_t id) noexcept {
    last_id_.store(id, std::memory_order_relaxed);  // read behind a finish: see Engine::is_quiet
  }
  /// Jobs made here; any thread.
  [[nodiscard]] std::uint64_t created() const noexcept {
    return last_id_.load(std::memory_order_relaxed) & (first_id - 1);  // as said at count()
  }

  static constexpr std::uint64_t first_id = std::uint64_t{1} << 48;

  const std::uint16_t index;

 private:
  std::atomic<std::uint64_t> last_id_;

 public:
  JobHeap heap;
  std::array<JobDeque, priority_count> deques;
  /// Records with handles that are not freed yet, and 1 for the pool: the heap must outlive them.
  alignas(cache_line) std::atomic<std::int64_t> shared_alive{1};
};

}  // namespace jackdaw::detail
