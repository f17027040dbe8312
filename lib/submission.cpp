#include <chrono>     // nanoseconds
#include <stdexcept>  // invalid_argument

#include "jackdaw/detail/engine.hpp"       // Engine
#include "jackdaw/detail/thread_slot.hpp"  // thread_slot

// How jobs come into a pool.

namespace jackdaw::detail {
namespace {

// An inbox publishes as seldom as it can: that line goes to and fro between it and the workers, who
// help themselves to what is private when they find nothing public.
constexpr std::int64_t between_shows = 16;    // jobs
constexpr std::int64_t shown_by_inbox = 64;   // jobs public at once
constexpr unsigned jobs_between_wakes = 256;  // in a batch

}  // namespace

Limits limits_of(const JobOptions& options) noexcept {
  using std::chrono::nanoseconds;
  Limits limits;
  if (options.timeout) limits.timeout_ns = options.timeout->count();
  if (options.deadline)
    limits.deadline_ns = nanoseconds(options.deadline->time_since_epoch()).count();
  return limits;
}

Priority priority_of(const JobOptions& options) {
  if (options.timeout && *options.timeout < std::chrono::nanoseconds::zero())
    throw std::invalid_argument("the timeout of a job is negative; zero means none");
  if (options.priority) return *options.priority;
  if (this_worker == nullptr || this_worker->job() == nullptr) return Priority::normal;
  return this_worker->job()->word.own_priority();
}

Engine::Submission::Submission(Engine& engine)
    : engine_(engine),
      worker_(this_worker != nullptr && &this_worker->engine() == &engine ? this_worker : nullptr),
      store_(worker_ != nullptr ? &worker_->store : nullptr) {
  if (worker_ == nullptr) enter_inbox();
}

Engine::Submission::Submission(Engine& engine, Outside) : engine_(engine), worker_(nullptr) {
  enter_inbox();
}

void Engine::Submission::enter_inbox() {
  Inbox& inbox = *engine_.inboxes[thread_slot() % engine_.inboxes.size()];
  lock_ = std::unique_lock(inbox.mutex);
  store_ = &inbox.store;
}

void Engine::Submission::push(JobRecord& job, const JobOptions& options) {
  job.name = engine_.intern(options.name);
  if (options.timeout || options.deadline) engine_.set_limits(job, limits_of(options));
  if (options.after.empty() || !engine_.hold_back(job, options.after, raised_)) push(job);
}

void Engine::Submission::push(JobRecord& job) noexcept {
  const auto job_class = static_cast<std::size_t>(job.word.priority());
  if (worker_ != nullptr) return worker_->spawn(job, job_class);
  auto& deque = store_->deques[job_class];
  if (deque.put(&job) && deque.answer(JobStore::rearms(job_class)) == JobDeque::Room::full) {
    std::vector<JobRecord*> block(engine_.config.deque_capacity / 2);
    block.resize(deque.relieve(block.data(), block.size()));
    (void)deque.answer(JobStore::rearms(job_class));  // there is room now
    // Relaxed: a statistic.
    engine_.overflowed.fetch_add(block.size(), std::memory_order_relaxed);
    engine_.overflow[job_class].put(std::move(block));
  }
  const bool due = JobStore::is_urgent(job_class) || deque.next_index() % between_shows == 0;
  if (due && deque.public_length() < shown_by_inbox) deque.publish_all();
  classes_ |= 1U << job_class;
  if (++pushed_ % jobs_between_wakes == 0) call_workers();
}

/// After the puts: pair (P) of the idle set.
void Engine::Submission::call_workers() noexcept {
  if (heavy_barrier_works()) {
    Sync::light_barrier();
  } else {
    heavy_barrier();
  }
  const auto missing = classes_ & ~engine_.idle->pulse();
  for (std::size_t c = 0; c < priority_count; ++c) {
    if ((missing >> c & 1U) != 0) engine_.idle->set_present(c);
  }
  if ((engine_.idle->pulse() & Pulse::hungry) != 0) engine_.idle->wake_one();
  if ((classes_ & Pulse::critical) != 0) engine_.alert_workers();
}

Engine::Submission::~Submission() {
  if (worker_ != nullptr) return;
  lock_.unlock();
  if (classes_ != 0) call_workers();
}

}  // namespace jackdaw::detail
