#include "jackdaw/detail/overflow.hpp"

#include <utility>  // move

#include "jackdaw/detail/job_record.hpp"  // JobRecord

namespace jackdaw::detail {

/// Under the mutex.
void Overflow::count(std::int64_t change) noexcept {
  // Release: (P), as a put into a deque. Relaxed: under the mutex.
  count_.store(count_.load(std::memory_order_relaxed) + change, std::memory_order_release);
}

void Overflow::put(std::vector<JobRecord*> jobs) {
  if (jobs.empty()) return;
  const auto added = static_cast<std::int64_t>(jobs.size());
  const std::lock_guard hold(mutex_);
  blocks_.push_back({std::move(jobs), Clock::now()});
  count(added);
}

void Overflow::put_back(Block rest) {
  if (rest.jobs.empty()) return;
  const auto added = static_cast<std::int64_t>(rest.jobs.size());
  const std::lock_guard hold(mutex_);
  blocks_.push_front(std::move(rest));
  count(added);
}

Overflow::Block Overflow::take() {
  if (empty()) return {};
  const std::lock_guard hold(mutex_);
  return take_first();
}

Overflow::Block Overflow::take_before(Clock::time_point time) {
  if (empty()) return {};
  const std::lock_guard hold(mutex_);
  if (blocks_.empty() || blocks_.front().put > time) return {};
  return take_first();
}

Overflow::Block Overflow::take_movable() {
  if (empty()) return {};
  const std::lock_guard hold(mutex_);
  // The record lives: its entry is in the block.
  if (blocks_.empty() || blocks_.front().jobs.front()->ops->kind == nullptr) return {};
  return take_first();
}

Overflow::Block Overflow::take_first() {
  if (blocks_.empty()) return {};
  Block block = std::move(blocks_.front());
  blocks_.pop_front();
  count(-static_cast<std::int64_t>(block.jobs.size()));
  return block;
}

}  // namespace jackdaw::detail
