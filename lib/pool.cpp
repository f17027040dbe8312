#include "jackdaw/pool.hpp"

#include <stdexcept>  // logic_error

#include "steward.hpp"  // Steward

namespace jackdaw {

// --- handles -------------------------------------------------------------------------------------

JobRef::JobRef(const JobRef& other) noexcept : engine_(other.engine_), record_(other.record_) {
  // Relaxed: a reference is held already.
  if (record_ != nullptr) record_->refs.fetch_add(1, std::memory_order_relaxed);
}
JobRef::~JobRef() {
  if (record_ != nullptr) engine_->drop_reference(*record_);
}

std::uint64_t JobRef::id() const noexcept { return record_->id; }
JobState JobRef::state() const noexcept { return record_->word.state(); }
JobReport JobRef::report() const { return engine_->report_on(*record_); }
void JobRef::wait() const { engine_->wait(*record_); }
bool JobRef::wait_for(std::chrono::nanoseconds timeout) const {
  return engine_->wait_for(*record_, timeout);
}
bool JobRef::cancel() const noexcept { return engine_->cancel(*record_); }

void JobRef::throw_unless_completed() const {
  const JobState state = record_->word.state();
  if (state == JobState::completed) return;
  if (state == JobState::cancelled) throw Cancelled("the job was cancelled, so it has no result");
  if (state == JobState::timed_out)
    throw TimedOut("the job has passed its time limit or its deadline, so it has no result");
  detail::JobExtra& extra = detail::Engine::extra_of(*record_);
  std::exception_ptr error;
  {
    const std::lock_guard hold(extra.mutex);
    error = extra.error;
  }
  std::rethrow_exception(error);
}

// --- inside a job --------------------------------------------------------------------------------

std::stop_token JobContext::stop_token() {
  detail::JobExtra& extra = detail::Engine::extra_of(*record_);  // seq_cst, as is cancel(): one of
  // the two sees the other.
  if (record_->word.stop_requested_in_order()) extra.stop.request_stop();
  return extra.stop.get_token();
}
std::string_view JobContext::name() const { return worker_->engine().name_of(*record_); }
unsigned JobContext::worker() const noexcept { return detail::this_worker->store.index; }

// --- the pool ------------------------------------------------------------------------------------

Pool::Pool(const Config& config) : engine_(new detail::Engine(config)) {}
Pool::~Pool() { engine_->close(); }
void Pool::run_with(WorkSource& source) { engine_->run_with(source); }
std::vector<SavedJob> Pool::take_saved() noexcept { return engine_->saved.take(); }
void Pool::abandon_futures(std::string_view why) noexcept {
  engine_->replies.fail_all(why, engine_->rank());
}
void Pool::wait() { engine_->wait_until_quiet(); }
unsigned Pool::workers() const noexcept { return static_cast<unsigned>(engine_->workers.size()); }
const std::vector<std::string>& Pool::notes() const noexcept { return engine_->notes; }
std::optional<unsigned> Pool::package() const noexcept { return engine_->package(); }

namespace {

/// What follows from the other counts.
void count_steps(Statistics& all, std::uint64_t cancelled_early, std::uint64_t expired_early) {
  using enum JobState;
  const auto step = [&](JobState from, JobState to) -> std::uint64_t& {
    return all.job_steps[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
  };
  std::uint64_t run = 0, steals = all.jobs_rebalanced, preemptions = 0, yields = 0;
  for (const auto& worker : all.workers) {
    run += worker.jobs_run;
    steals += worker.jobs_stolen;
    preemptions += worker.preemptions;
    yields += worker.yields;
  }
  const auto late = all.jobs_timed_out, odd = all.jobs_cancelled - cancelled_early;
  step(pending, running) = run + yields + expired_early;
  step(pending, stolen) = steals + all.jobs_given_away;
  step(stolen, pending) = steals + all.jobs_received;
  step(pending, cancelled) = cancelled_early;
  step(running, preempted) = step(preempted, running) = preemptions;
  step(running, pending) = yields;
  step(running, failed) = all.jobs_failed;
  step(running, cancelled) = odd;
  step(running, timed_out) = late;
  const auto others = all.jobs_failed + odd + late;
  const auto ended = run + expired_early;
  step(running, completed) = ended > others ? ended - others : 0;  // read one after the other
}

}  // namespace

Statistics Pool::statistics() const {
  Statistics all;
  for (const auto& worker : engine_->workers) all.workers.push_back(worker->statistics());
  all.jobs_finished = engine_->jobs_finished();  // before those created: never more
  all.jobs_created = engine_->jobs_created();
  all.jobs_failed = engine_->failed.load(std::memory_order_relaxed);  // relaxed: statistics
  all.jobs_failed_detached = engine_->failed_detached.load(std::memory_order_relaxed);
  all.jobs_cancelled = engine_->cancelled.load(std::memory_order_relaxed);
  all.jobs_timed_out = engine_->timed_out.load(std::memory_order_relaxed);
  all.jobs_promoted = engine_->promoted.load(std::memory_order_relaxed);
  all.jobs_rebalanced = engine_->rebalanced.load(std::memory_order_relaxed);
  all.jobs_given_away = engine_->given_away.load(std::memory_order_relaxed);
  all.jobs_received = engine_->received.load(std::memory_order_relaxed);
  all.jobs_overflowed = engine_->overflowed.load(std::memory_order_relaxed);
  count_steps(all, engine_->cancelled_early.load(std::memory_order_relaxed),
              engine_->timed_out_early.load(std::memory_order_relaxed));
  return all;
}

Subscription Pool::subscribe(EventFunction function) {
  return {engine_->events, engine_->events->subscribe(std::move(function))};
}
std::vector<Overstay> Pool::overstays() const { return engine_->steward->overstays(); }

}  // namespace jackdaw
