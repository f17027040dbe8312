#include <chrono>   // nanoseconds, steady_clock, system_clock
#include <cstdint>  // int64_t
#include <mutex>    // lock_guard

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/detail/worker.hpp"  // Worker
#include "jackdaw/job_context.hpp"    // JobContext
#include "stack_room.hpp"             // stack_room

// How a running job gives way, and how its end is told from that of others.

namespace jackdaw::detail {
namespace {

constexpr auto critical_class = static_cast<std::size_t>(Priority::critical);
constexpr auto next_class = static_cast<std::size_t>(Priority::high);

std::int64_t clock_ns() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

// --- giving way ----------------------------------------------------------------------------------

void Worker::give_way() noexcept {
  while ((pulse() & Pulse::critical) != 0) {
    JobRecord* const below = job();
    if (below == nullptr || preemptions_ >= engine_->config.max_preemption_depth ||
        below->word.priority() == Priority::critical || stack_room().is_short())
      return;
    JobRecord* urgent = store.deques[critical_class].pop();
    if (urgent == nullptr) urgent = fetch(critical_class);
    if (urgent != nullptr && unless_lowered(urgent, critical_class) == nullptr) continue;
    if (urgent != nullptr && !may_preempt(*urgent)) {
      push(*urgent, next_class);  // out of the way: it comes first when the job below has ended
      continue;
    }
    if (urgent == nullptr) {
      engine_->idle->clear_if_gone(critical_class,
                                   [&] { return engine_->sees_jobs(critical_class); });
      return;  // none, or one that its owner is about to run
    }
    run_on_top(*urgent);
  }
}

/// One that has come to be critical, by its age or by a loan, may wait for a job that is on this
/// stack, though nobody meant it to overtake that one: then neither would ever go on.
bool Worker::may_preempt(const JobRecord& urgent) const noexcept {
  if (urgent.word.own_priority() == Priority::critical) return true;
  const auto is_awaited = [](const void* job) {
    return job != nullptr && static_cast<const JobRecord*>(job)->word.is_shared();
  };
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->below()) {
    if (is_awaited(frame->outer_job())) return false;
  }
  return !is_awaited(job());
}

/// The job below is preempted, unless it runs elsewhere, and this worker has but a task of it.
void Worker::run_on_top(JobRecord& critical) noexcept {
  JobRecord& below = *job();
  // Relaxed: own. An odd turn is a task's, or a wait's.
  const bool preempts = turn_.load(std::memory_order_relaxed) % 2 == 0;
  if (preempts) {
    engine_->tell(below, JobState::running, JobState::preempted);
    below.word.move(JobState::running, JobState::preempted);
    tally_.preemptions.add(1);
  }
  const Slice slice = time_.current();
  time_.enter(Slice::working);
  ++preemptions_;
  set_state(WorkerState::preempting);
  {
    const Turn turn(*this, Turn::Kind::job, Turn::Below::rests);
    const Frame frame(*this, &critical);
    run_or_drop(critical);
  }
  if (--preemptions_ == 0) set_state(WorkerState::working);
  time_.enter(slice);
  if (preempts) {
    below.word.move(JobState::preempted, JobState::running);
    engine_->tell(below, JobState::preempted, JobState::running);
  }
}

// --- turns ---------------------------------------------------------------------------------------

Worker::Turn::Turn(Worker& worker, Kind kind, Below below) noexcept
    : worker_(worker),
      outer_(worker.turn_.load(std::memory_order_relaxed)),  // own
      below_(below),
      has_job_(outer_ % 2 == 0 && worker.job() != nullptr),
      rested_(worker.rested_ns_) {
  if (has_job_) {
    begun_ = clock_ns();
    since_ = worker.stint_.since({outer_, worker.finished()}, begun_);
    if (below_ == Below::rests) since_ = begun_ - since_;  // how long it has run
  }
  const auto next = outer_ / 2 + 1;
  // Release: with Worker::sight; what the last turn left behind.
  worker.turn_.store(2 * next + (kind == Kind::job ? 0 : 1), std::memory_order_release);
}

Worker::Turn::~Turn() {
  const auto last = worker_.turn_.load(std::memory_order_relaxed);  // own
  const auto next = 2 * (last / 2 + 1) + outer_ % 2;
  if (has_job_ && below_ == Below::rests) {
    const auto now = clock_ns();
    worker_.stint_.go_on({next, worker_.finished()}, now - since_);
    worker_.rested_ns_ = rested_ + (now - begun_);  // whatever rested on top of it
  } else if (has_job_) {
    worker_.stint_.go_on({next, worker_.finished()}, since_);
  }
  worker_.turn_.store(next, std::memory_order_release);  // as above
  worker_.alert();  // what was said to the job below, one on top of it may have heard
}

std::int64_t Worker::elapsed() noexcept {
  const auto now = clock_ns();
  return now - stint_.since({turn_.load(std::memory_order_relaxed), finished()}, now);  // own
}

/// The job first: while the count of finished jobs, which is read last, has not moved, the job that
/// was seen had not ended either.
Worker::Sight Worker::sight() const noexcept {
  const auto turn = turn_.load(std::memory_order_acquire);
  const auto* const job = static_cast<const JobRecord*>(tasks_.tag_in_sight());  // (J)
  return {turn % 2 == 0 ? job : nullptr, {turn, finished()}};
}

// --- odd ends ------------------------------------------------------------------------------------

void Worker::leave_watch() noexcept {
  tasks_.set_tag(nullptr);
  if (!watch_.is_watched()) return;
  watch_.await_release();
  if (frame_ == nullptr) watch_.unmark();  // else a job below may be marked
}

/// Somebody looks on, or jobs with deadlines are about, or the pool cancels or saves what it has.
void Worker::run_carefully(JobRecord& job) noexcept {
  if ((pulse() & Pulse::cancelling) != 0) return drop(job);
  if (engine_->saved.is_open() && set_aside(job)) return;
  const bool shared = job.word.is_shared();
  const JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // made before
  if (!shared && extra != nullptr && extra->limits.is_past(std::chrono::system_clock::now()))
    return expire(job);
  if (engine_->events->is_on() && !shared) {
    engine_->tell(job, JobState::pending, JobState::running);
    watch_.mark();  // so that it ends oddly, and that is told, too
  }
  run(job);
}

/// A job without handles whose deadline came before its start.
void Worker::expire(JobRecord& job) noexcept {
  engine_->tell(job, JobState::pending, JobState::running);
  job.word.step_alone(JobState::running);
  job.ops->discard(job);
  engine_->timed_out_early.fetch_add(1, std::memory_order_relaxed);  // a statistic
  (void)end_oddly(job, Outcome::timed_out);
  free_cell(job);
  count_dropped();
}

bool Worker::end_oddly(JobRecord& job, Outcome outcome) noexcept {
  leave_watch();
  JobExtra* const extra = job.extra.load(std::memory_order_relaxed);  // its own code made it
  if (outcome == Outcome::completed && job.word.is_overdue()) outcome = Outcome::timed_out;
  if (outcome == Outcome::completed && extra != nullptr && extra->next) {
    requeue(job, Runner::by_entry);
    return true;
  }
  engine_->count_outcome(outcome);
  // Without a handle, a job is cancelled only before it starts, by a pool that closes.
  engine_->tell(job, outcome == Outcome::cancelled ? JobState::pending : JobState::running,
                outcome);
  if (extra != nullptr && extra->limits.deadline_ns != Limits::none) engine_->end_care();
  delete extra;  // nobody else knows the job
  return false;
}

/// Behind all that waits here, so that whatever it yields to comes first. One who waits for the job
/// has not taken its entry, and starts it again if nobody else does: it needs no other.
void Worker::requeue(JobRecord& job, Runner runner) noexcept {
  JobExtra& extra = *job.extra.load(std::memory_order_relaxed);  // own
  job.ops->renew(job, extra.next.closure());
  extra.next = {};
  tally_.yields.add(1);
  // Its time so far is in its limits: what comes is another stint, though the record is the same.
  turn_.store(turn_.load(std::memory_order_relaxed) + 2,
              std::memory_order_release);  // own; sight()
  engine_->tell(job, JobState::running, JobState::pending);
  job.word.is_shared() ? job.word.requeue() : job.word.step_alone(JobState::pending);
  if (runner == Runner::by_entry)
    Engine::Submission(*engine_, Engine::Submission::Outside{}).push(job);
}

// --- the engine's side ---------------------------------------------------------------------------

void Engine::alert_workers() noexcept {
  for (const auto& worker : workers) worker->alert();
}

void Engine::begin_care() noexcept {
  const std::lock_guard hold(care_mutex_);
  if (carers_++ == 0) idle->set_careful(true);
}
void Engine::end_care() noexcept {
  const std::lock_guard hold(care_mutex_);
  if (--carers_ == 0) idle->set_careful(false);
}

namespace {

int worker_of(const Engine& engine) noexcept {
  const bool mine = this_worker != nullptr && &this_worker->engine() == &engine;
  return mine ? this_worker->store.index : -1;
}

}  // namespace

void Engine::add_step(const JobRecord& job, JobState from, JobState to,
                      std::uint64_t other) noexcept {
  events->add({.kind = EventKind::job_step,
               .worker = worker_of(*this),
               .job = job.id,
               .job_from = from,
               .job_to = to,
               .priority = job.word.priority(),
               .name = name_of(job),
               .other = other});
}

void Engine::tell(EventKind kind, const JobRecord& job, std::chrono::nanoseconds past) noexcept {
  if (!events->is_on()) return;
  events->add({.kind = kind,
               .worker = worker_of(*this),
               .job = job.id,
               .priority = job.word.priority(),
               .name = name_of(job),
               .past = past});
}

}  // namespace jackdaw::detail

// --- what a job says -----------------------------------------------------------------------------

namespace jackdaw {

void JobContext::throw_stopped() const {
  if (record_->word.is_overdue()) throw TimedOut("the job has passed its time limit");
  throw Cancelled("the job was cancelled");
}

void JobContext::go_on_with(detail::Continuation next) const {
  detail::JobExtra& extra = detail::Engine::extra_of(*record_);
  const std::lock_guard hold(extra.mutex);
  extra.next = std::move(next);
  extra.limits.ran_ns += worker_->elapsed();
}

bool detail::has_yielded(const JobContext& context) noexcept {
  const auto* extra =
      context.record_->extra.load(std::memory_order_acquire);  // others make it, too
  return extra != nullptr && static_cast<bool>(extra->next);
}
void detail::expect_in_time(const JobContext& context) {
  if (context.stop_requested()) throw TimedOut("the job has passed its time limit");
}

}  // namespace jackdaw
