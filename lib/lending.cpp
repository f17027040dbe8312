#include "lending.hpp"

#include <algorithm>  // find, min
#include <mutex>      // lock_guard
#include <utility>    // exchange

// One lock for all loans of a pool: chains of waits may cross, and with waits that give up after a
// while even close to a ring, so there is no order in which locks of single jobs could be taken. In
// a ring a change ends where it meets a job whose priority it does not change any more. What a
// higher priority brings into another queue is pushed when the lock is free again.

namespace jackdaw::detail {

// --- entries in more urgent queues ---------------------------------------------------------------

/// The old entry stays where it is; whichever comes out first starts the job, the other is stale.
void Raised::add(JobRecord& job) {
  job.refs.fetch_add(1, std::memory_order_relaxed);  // the caller holds one
  jobs_.push_back(&job);
}

void Raised::keep(JobRecord& job) { kept_.push_back(&job); }

Raised::~Raised() {
  for (JobRecord* job : jobs_)
    Engine::Submission(engine_, Engine::Submission::Outside{}).push(*job);
  for (JobRecord* job : kept_) engine_.drop_reference(*job);
}

// --- what a job has borrowed ---------------------------------------------------------------------

/// Under the lock of loans.
void Engine::reconsider(JobRecord& job, JobExtra& extra, Raised& raised) noexcept {
  const auto before = static_cast<std::uint8_t>(job.word.priority());
  if (!extra.unlent) extra.unlent = before;
  auto now = std::min(*extra.unlent, extra.wanted);
  bool has_lenders = extra.wanted != no_class;
  for (std::uint8_t c = 0; c < priority_count; ++c) {
    if (extra.lenders[c] == 0) continue;
    now = std::min(now, c);
    has_lenders = true;
  }
  if (!has_lenders) extra.unlent.reset();
  if (now == before) return;
  job.word.set_priority(static_cast<Priority>(now));
  tell(EventKind::lent, job);
  // A job that is unblocked right now is pushed with the priority that was just set.
  if (now < before && job.word.state() == JobState::pending && !job.word.is_blocked())
    raised.add(job);
  for (Loan* loan : extra.loans) loan->change(static_cast<Priority>(now), raised);
  lend_to_predecessors(extra, now, raised);
}

void Engine::lend_to_predecessors(JobExtra& extra, std::uint8_t now, Raised& raised) noexcept {
  if (extra.predecessors.empty() || extra.lent_to_predecessors == now) return;
  for (const JobRef& earlier : extra.predecessors)
    relend(*earlier.record_, extra.lent_to_predecessors, now, raised);
  extra.lent_to_predecessors = now;
}

void Engine::relend(JobRecord& job, std::uint8_t from, std::uint8_t to, Raised& raised) noexcept {
  if (from == to) return;
  JobExtra& extra = extra_of(job);
  const std::lock_guard hold(lending);
  if (from != no_class) --extra.lenders[from];
  if (to != no_class) ++extra.lenders[to];
  if (!is_final(job.word.state())) reconsider(job, extra, raised);
}

void Engine::want(JobRecord& job, std::uint8_t job_class, Raised& raised) noexcept {
  JobExtra& extra = extra_of(job);
  const std::lock_guard hold(lending);
  extra.wanted = job_class;
  if (!is_final(job.word.state())) reconsider(job, extra, raised);
}

/// What it was lent stays behind: who waits hears where it has gone, and lends again.
std::uint8_t Engine::unlent_class(const JobRecord& job) noexcept {
  const std::lock_guard hold(lending);
  const JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // others make it
  if (extra != nullptr && extra->unlent) return *extra->unlent;
  return static_cast<std::uint8_t>(job.word.priority());
}

void Engine::promote(JobRecord& job, Priority to) noexcept {
  const std::lock_guard hold(lending);
  JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // others make it
  if (extra != nullptr && extra->unlent)
    extra->unlent = std::min(*extra->unlent, static_cast<std::uint8_t>(to));
  if (job.word.priority() <= to || job.word.state() != JobState::pending) return;
  job.word.set_priority(to);
  promoted.fetch_add(1, std::memory_order_relaxed);  // a statistic
  tell(EventKind::promoted, job);
}

// --- futures -------------------------------------------------------------------------------------

void Engine::relend(std::uint64_t reply, std::uint8_t from, std::uint8_t to,
                    Raised& raised) noexcept {
  const auto wish = replies.relend(reply, from, to);
  if (!wish) return;
  if (wish->holder == Reply::here) {
    want({reply, Reply::here}, wish->job_class, raised);
  } else if (WorkSource* more = source.load(std::memory_order_acquire)) {  // (X)
    more->send_wish({reply, wish->holder}, wish->job_class);
  }
}

void Engine::want(const Reply& to, std::uint8_t job_class, Raised& raised) noexcept {
  JobRecord* const job = awaited.find(to);
  if (job == nullptr) {  // it is shown to other ranks, or has moved on, or has ended
    WorkSource* const more = source.load(std::memory_order_acquire);  // (X)
    if (job_class != no_class && more != nullptr) more->take_back();
    return;
  }
  want(*job, job_class, raised);
  raised.keep(*job);  // its last reference, perhaps, and then code of the program runs
}

void Engine::locate(std::uint64_t reply, int holder) noexcept {
  const auto wish = replies.locate(reply, holder);
  WorkSource* const more = source.load(std::memory_order_acquire);  // (X)
  if (wish != no_class && more != nullptr) more->send_wish({reply, holder}, wish);
}

// --- loans ---------------------------------------------------------------------------------------

Loan::Loan(Engine& engine, JobRecord* waiter, JobRecord& target)
    : engine_(engine), waiter_(waiter), target_(&target) {
  begin();
}
Loan::Loan(Engine& engine, JobRecord* waiter, std::uint64_t reply)
    : engine_(engine), waiter_(waiter), reply_(reply) {
  begin();
}

void Loan::begin() noexcept {
  if (waiter_ == nullptr) return;
  Raised raised(engine_);
  JobExtra& extra = Engine::extra_of(*waiter_);
  const std::lock_guard hold(engine_.lending);
  extra.loans.push_back(this);
  change(waiter_->word.priority(), raised);
}

Loan::~Loan() {
  if (waiter_ == nullptr) return;
  Raised raised(engine_);
  JobExtra& extra = Engine::extra_of(*waiter_);
  const std::lock_guard hold(engine_.lending);
  extra.loans.erase(std::find(extra.loans.begin(), extra.loans.end(), this));
  pass_on(lent_, no_class, raised);
}

void Loan::change(Priority to, Raised& raised) noexcept {
  const auto now = static_cast<std::uint8_t>(to);
  pass_on(std::exchange(lent_, now), now, raised);  // first: in a ring it may come back here
}

void Loan::pass_on(std::uint8_t from, std::uint8_t to, Raised& raised) noexcept {
  if (target_ != nullptr) return engine_.relend(*target_, from, to, raised);
  engine_.relend(reply_, from, to, raised);
}

}  // namespace jackdaw::detail
