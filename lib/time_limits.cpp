#include "time_limits.hpp"

#include <algorithm>  // make_heap, max, partition, pop_heap, push_heap
#include <chrono>     // nanoseconds, steady_clock, system_clock
#include <cstdio>     // fprintf
#include <iterator>   // make_move_iterator
#include <utility>    // move

namespace jackdaw {

std::string describe(const Overstay& overstay) {
  const auto seconds = [](std::chrono::nanoseconds time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g s", std::chrono::duration<double>(time).count());
    return std::string(text);
  };
  auto name = overstay.name.empty() ? std::string() : " '" + overstay.name + "'";
  if (!overstay.kind.empty() && overstay.kind != overstay.name)
    name += " of kind '" + overstay.kind + "'";
  const auto limit = overstay.limit == std::chrono::nanoseconds::zero()
                         ? std::string("its deadline")
                         : "its time limit of " + seconds(overstay.limit);
  return "job " + std::to_string(overstay.job) + name + " on rank " +
         std::to_string(overstay.rank) + ", worker " + std::to_string(overstay.worker) +
         ", is past " + limit + " by " + seconds(overstay.past);
}

namespace detail {
namespace {

template <typename Clock>
std::int64_t now_ns() {
  return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count();
}

constexpr auto comes_later = [](const auto& a, const auto& b) { return a.ns > b.ns; };

}  // namespace

void TimeLimits::look() {
  const auto now = now_ns<std::chrono::steady_clock>();
  const auto clock_now = now_ns<std::chrono::system_clock>();
  for (unsigned i = 0; i < seen_.size(); ++i) look_at(i, now, clock_now);
  std::vector<Overstay> all;
  for (const Sighting& seen : seen_) {
    if (seen.is_overdue) all.push_back(seen.overstay);
  }
  {
    const std::lock_guard hold(mutex_);
    overstays_ = std::move(all);
  }
  expire(clock_now);
}

void TimeLimits::look_at(unsigned index, std::int64_t now, std::int64_t clock_now) {
  Worker& worker = *engine_.workers[index];
  Sighting& seen = seen_[index];
  const auto sight = worker.sight();
  if (sight.job == nullptr) {
    seen = {};
    return;
  }
  const auto since = worker.stint().since(sight.key, now);
  if (sight.job != seen.sight.job || !(sight.key == seen.sight.key)) {
    seen = {};
    seen.sight = sight;
    seen.overstay.worker = index;
    return;
  }
  if (!seen.is_known) learn(worker, seen);
  if (!seen.is_known) return;  // it has just ended
  const Limits& limits = seen.limits;
  auto past = INT64_MIN;
  if (limits.timeout_ns != Limits::none) past = now - since + limits.ran_ns - limits.timeout_ns;
  if (limits.deadline_ns != Limits::none) past = std::max(past, clock_now - limits.deadline_ns);
  if (past < 0) return;
  seen.overstay.past = std::chrono::nanoseconds(past);
  if (!seen.is_overdue) return ask_to_stop(worker, seen);
  tell(seen, past);  // it has had one interval to stop
}

/// The job is looked at only while it cannot end.
void TimeLimits::learn(Worker& worker, Sighting& seen) {
  worker.watch().hold();
  const auto sight = worker.sight();
  if (sight.job == seen.sight.job && sight.key == seen.sight.key) {
    const JobRecord& job = *sight.job;
    JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // made before
    if (extra != nullptr) {
      const std::lock_guard hold(extra->mutex);
      seen.limits = extra->limits;
    }
    if (seen.limits.timeout_ns == Limits::usual && job.ops != nullptr)
      seen.limits.timeout_ns =
          job.ops->note->timeout_ns.load(std::memory_order_relaxed);  // stands for itself
    if (seen.limits.timeout_ns == Limits::usual)
      seen.limits.timeout_ns = std::chrono::nanoseconds(engine_.config.timeout).count();
    seen.overstay.job = job.id;
    seen.name = engine_.name_of(job);
    seen.overstay.name = seen.name;
    if (job.ops != nullptr && job.ops->kind != nullptr) seen.overstay.kind = job.ops->kind->name;
    seen.priority = job.word.priority();
    seen.overstay.rank = engine_.rank();
    seen.overstay.limit = std::chrono::nanoseconds(seen.limits.timeout_ns);
    seen.is_known = true;
  }
  worker.watch().let_go();
}

/// What hears of the stop_token runs here, after the job has been let go: it may wait for it.
void TimeLimits::ask_to_stop(Worker& worker, Sighting& seen) {
  std::optional<std::stop_source> stop;
  worker.watch().hold();
  const auto sight = worker.sight();
  if (sight.job == seen.sight.job && sight.key == seen.sight.key) {
    auto& job = *const_cast<JobRecord*>(sight.job);
    job.word.set_overdue();  // seq_cst, then the look: with JobContext::stop_token
    if (JobExtra* extra = job.extra.load(std::memory_order_seq_cst)) stop = extra->stop;
    worker.watch().mark();
    seen.is_overdue = true;
  }
  worker.watch().let_go();
  engine_.alert_workers();
  if (stop) stop->request_stop();
}

/// And then each time that it has doubled what it is late.
void TimeLimits::tell(Sighting& seen, std::int64_t past) {
  if (past < seen.told_after_ns) return;
  seen.told_after_ns = std::max<std::int64_t>(2 * past, 1'000'000'000);
  if (engine_.events->is_on()) {
    engine_.events->add({.kind = EventKind::overstay,
                         .worker = static_cast<int>(seen.overstay.worker),
                         .job = seen.overstay.job,
                         .priority = seen.priority,
                         .name = seen.name,
                         .past = seen.overstay.past});
  }
  if (engine_.config.warn) std::fprintf(stderr, "jackdaw: %s\n", describe(seen.overstay).c_str());
}

// --- deadlines -----------------------------------------------------------------------------------

void TimeLimits::watch_deadline(std::int64_t deadline_ns, JobRef job) {
  std::vector<Deadline> done;  // their last references, dropped outside the lock
  const std::lock_guard hold(mutex_);
  if (deadlines_.size() >= prune_at_) done = prune();
  add({deadline_ns, std::move(job)});
}

void TimeLimits::add(Deadline deadline) {
  deadlines_.push_back(std::move(deadline));
  std::push_heap(deadlines_.begin(), deadlines_.end(), comes_later);
}

/// So that jobs which ended long before their deadlines, and their results, are not kept. Each time
/// that the list has doubled: O(1) for each that is added.
std::vector<TimeLimits::Deadline> TimeLimits::prune() {
  const auto is_open = [](const Deadline& deadline) { return !is_final(deadline.job.state()); };
  const auto first_done = std::partition(deadlines_.begin(), deadlines_.end(), is_open);
  std::vector<Deadline> done(std::make_move_iterator(first_done),
                             std::make_move_iterator(deadlines_.end()));
  deadlines_.erase(first_done, deadlines_.end());
  std::make_heap(deadlines_.begin(), deadlines_.end(), comes_later);
  prune_at_ = std::max(fewest_pruned, 2 * deadlines_.size());
  return done;
}

void TimeLimits::expire(std::int64_t clock_now) {
  std::vector<Deadline> passed;
  {
    const std::lock_guard hold(mutex_);
    while (!deadlines_.empty() && deadlines_.front().ns <= clock_now) {
      std::pop_heap(deadlines_.begin(), deadlines_.end(), comes_later);
      passed.push_back(std::move(deadlines_.back()));
      deadlines_.pop_back();
    }
  }
  for (Deadline& deadline : passed) {
    if (engine_.expire(deadline.job)) continue;
    const std::lock_guard hold(mutex_);
    add(std::move(deadline));  // the next look will find it settled
  }
}

void TimeLimits::clear() {
  std::vector<Deadline> all;
  const std::lock_guard hold(mutex_);
  all.swap(deadlines_);
}

std::vector<Overstay> TimeLimits::overstays() const {
  const std::lock_guard hold(mutex_);
  return overstays_;
}

}  // namespace detail
}  // namespace jackdaw
