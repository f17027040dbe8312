#include "jackdaw/detail/awaited_jobs.hpp"

#include "jackdaw/detail/job_record.hpp"  // JobRecord

namespace jackdaw::detail {

void AwaitedJobs::add(const Reply& to, JobRecord& job) {
  const std::lock_guard hold(mutex_);
  jobs_.insert_or_assign(to, &job);
}

JobRecord* AwaitedJobs::take(const Reply& to) noexcept {
  const std::lock_guard hold(mutex_);
  const auto found = jobs_.find(to);
  if (found == jobs_.end()) return nullptr;
  JobRecord* const job = found->second;
  jobs_.erase(found);
  return job;
}

JobRecord* AwaitedJobs::find(const Reply& to) noexcept {
  const std::lock_guard hold(mutex_);
  const auto found = jobs_.find(to);
  if (found == jobs_.end()) return nullptr;
  found->second->refs.fetch_add(1, std::memory_order_relaxed);  // the table holds one
  return found->second;
}

}  // namespace jackdaw::detail
