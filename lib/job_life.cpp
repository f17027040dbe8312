#include <chrono>     // nanoseconds
#include <exception>  // current_exception
#include <new>        // align_val_t
#include <optional>   // optional
#include <string>     // string

#include "jackdaw/detail/closure.hpp"     // outcome_of_exception
#include "jackdaw/detail/engine.hpp"      // Engine, JobExtra
#include "jackdaw/detail/race_state.hpp"  // RaceState
#include "jackdaw/job_context.hpp"        // JobContext
#include "jackdaw/work_source.hpp"        // WorkSource
#include "steward.hpp"                    // Steward
#include "timeout.hpp"                    // Timeout

// What happens to a job between its making and the freeing of its record, beside being run.

namespace jackdaw::detail {

JobExtra& Engine::extra_of(JobRecord& job) {
  // seq_cst: with the load in release_dependents, see hold_back.
  JobExtra* extra = job.extra.load(std::memory_order_seq_cst);
  if (extra != nullptr) return *extra;
  auto fresh = std::make_unique<JobExtra>();
  if (job.extra.compare_exchange_strong(extra, fresh.get(), std::memory_order_seq_cst))
    return *fresh.release();
  return *extra;  // another thread was quicker
}

// --- endings -------------------------------------------------------------------------------------

namespace {

/// Of an exception that says that a job has stopped because it was asked to.
[[nodiscard]] std::optional<Outcome> outcome_of_stop(const JobWord<>& word,
                                                     const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const Cancelled&) {
    if (word.stop_requested() && !word.is_overdue()) return Outcome::cancelled;
  } catch (const TimedOut&) {
    if (word.is_overdue()) return Outcome::timed_out;
  } catch (const Answered& answered) {
    return outcome_of_stop(word, answered.error()).value_or(Outcome::failed);
  } catch (...) {
  }
  return {};
}

}  // namespace

Outcome outcome_of_exception(JobRecord& job) noexcept {
  if (const auto stopped = outcome_of_stop(job.word, std::current_exception())) return *stopped;
  if (!job.word.is_shared()) {
    this_worker->engine().keep_first_error(std::current_exception());
    return Outcome::failed;
  }
  JobExtra& extra = Engine::extra_of(job);
  const std::lock_guard hold(extra.mutex);
  extra.error = std::current_exception();
  return Outcome::failed;
}

void Engine::keep_first_error(std::exception_ptr error) noexcept {
  failed_detached.fetch_add(1, std::memory_order_relaxed);  // a statistic
  {
    const std::lock_guard hold(mutex_);
    if (!first_error_) first_error_ = std::move(error);
  }
  if (WorkSource* more = source.load(std::memory_order_acquire)) more->hear_of_failure();  // (X)
}

void Engine::count_outcome(JobState outcome) noexcept {  // relaxed: statistics
  if (outcome == JobState::timed_out) timed_out.fetch_add(1, std::memory_order_relaxed);
  if (outcome == JobState::failed) failed.fetch_add(1, std::memory_order_relaxed);
  if (outcome == JobState::cancelled) cancelled.fetch_add(1, std::memory_order_relaxed);
}

void Engine::finish(JobRecord& job, JobState outcome) noexcept {
  // Before the step: afterwards, whoever waited may be gone with all that belongs to the job; the
  // record itself is held by the caller.
  count_outcome(outcome);
  tell(job, JobState::running, outcome);
  job.word.finish(outcome);
  release_dependents(job);
}

bool Engine::cancel(JobRecord& job) noexcept {
  switch (job.word.cancel()) {
    case JobWord<>::Cancel::too_late: return false;
    case JobWord<>::Cancel::requested:
      // seq_cst: with JobContext::stop_token, which makes extra and then looks at the word.
      if (JobExtra* extra = job.extra.load(std::memory_order_seq_cst)) extra->stop.request_stop();
      alert_workers();
      return false;
    case JobWord<>::Cancel::done: break;
  }
  count_outcome(JobState::cancelled);
  cancelled_early.fetch_add(1, std::memory_order_relaxed);  // a statistic
  tell(job, JobState::pending, JobState::cancelled);
  end_early(job);
  return true;
}

/// Of a job that will never start: those that wait for it are told, and it waits for none.
void Engine::end_early(JobRecord& job) noexcept {
  release_dependents(job);
  JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // made before it was blocked
  if (extra == nullptr) return;
  Raised raised(*this);
  const std::lock_guard hold(lending);
  lend_to_predecessors(*extra, no_class, raised);
}

bool Engine::expire(const JobRef& ref) noexcept {
  expire(*ref.record_);
  return !ref.record_->word.is_under_way();
}

bool Engine::expire_if_late(JobRecord& job) noexcept {
  const JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // made before
  if (extra == nullptr || !extra->limits.is_past(std::chrono::system_clock::now())) return false;
  expire(job);
  return true;
}

void Engine::expire(JobRecord& job) noexcept {
  if (!job.word.try_expire()) return;
  count_outcome(JobState::timed_out);
  timed_out_early.fetch_add(1, std::memory_order_relaxed);  // a statistic
  tell(job, JobState::pending, JobState::running);
  tell(job, JobState::running, JobState::timed_out);
  if (job.ops->give_up != nullptr)
    job.ops->give_up(job, *this, "the deadline of the job has passed");
  end_early(job);
}

void Engine::set_limits(JobRecord& job, const Limits& limits) {
  if (limits == Limits{}) return;
  extra_of(job).limits = limits;
  if (limits.deadline_ns != Limits::none && !job.word.is_shared()) begin_care();
  if (limits.timeout_ns > 0) steward->attend_to(limits.timeout_ns);
  if (limits.deadline_ns == Limits::none) return;
  // Relaxed: a reference is held already, by the caller or by the queue the job is about to enter.
  if (job.word.is_shared()) {
    job.refs.fetch_add(1, std::memory_order_relaxed);
    steward->watch_deadline(limits.deadline_ns, JobRef(*this, job));
  }
}

// --- waiting -------------------------------------------------------------------------------------

void Engine::wait(JobRecord& job) {
  if (this_worker != nullptr && &this_worker->engine() == this) return this_worker->wait_for(job);
  while (!is_final(job.word.state())) job.word.sleep(-1);
}

bool Engine::wait_for(JobRecord& job, std::chrono::nanoseconds timeout) {
  if (this_worker != nullptr && &this_worker->engine() == this) {
    this_worker->wait_for(job, timeout.count());
    return is_final(job.word.state());
  }
  const Timeout patience(timeout);
  for (auto left = patience.left_ns(); left > 0; left = patience.left_ns()) {
    if (is_final(job.word.state())) return true;
    job.word.sleep(left);
  }
  return is_final(job.word.state());
}

// --- order between jobs --------------------------------------------------------------------------

/// A predecessor becomes final (word), then looks for dependents (extra). Here, extra is made, then
/// the word is looked at. All four are seq_cst, so one side sees the other; and under the mutex of
/// extra each dependent is told exactly once.
bool Engine::hold_back(JobRecord& job, std::span<const JobRef> predecessors, Raised& raised) {
  JobExtra& own = extra_of(job);
  own.predecessors.assign(predecessors.begin(), predecessors.end());  // nobody knows the job yet,
  own.unmet.store(1, std::memory_order_relaxed);                      // so neither lock nor order
  job.word.block();
  for (const JobRef& earlier : predecessors) {
    JobExtra& extra = extra_of(*earlier.record_);
    const std::lock_guard hold(extra.mutex);
    if (earlier.record_->word.is_final_in_order()) continue;
    own.unmet.fetch_add(1, std::memory_order_relaxed);  // our own 1 keeps it from reaching 0
    extra.dependents.push_back(&job);
  }
  {
    const std::lock_guard hold(lending);
    lend_to_predecessors(own, static_cast<std::uint8_t>(job.word.priority()), raised);
  }
  if (own.unmet.fetch_sub(1, std::memory_order_acq_rel) != 1) return true;  // (U)
  (void)job.word.unblock();
  return false;
}

std::vector<JobRef> Engine::predecessors_of(JobRecord& job) {
  JobExtra& extra = extra_of(job);
  const std::lock_guard hold(lending);
  return extra.predecessors;
}

void Engine::release_dependents(JobRecord& job) noexcept {
  JobExtra* extra = job.extra.load(std::memory_order_seq_cst);  // see hold_back
  if (extra == nullptr) return;
  if (extra->race != nullptr) extra->race->note_end(extra->place, job.word.state());
  std::vector<JobRecord*> dependents;
  {
    const std::lock_guard hold(extra->mutex);
    dependents.swap(extra->dependents);
  }
  for (JobRecord* dependent : dependents) {
    // (U) the last one sees what all predecessors did, and hands it on with the job
    if (dependent->extra.load(std::memory_order_acquire)
            ->unmet.fetch_sub(1, std::memory_order_acq_rel) == 1)
      unblock(*dependent);
  }
}

/// All that `job` came after is final: it goes into a deque, unless it was cancelled meanwhile.
void Engine::unblock(JobRecord& job) noexcept {
  {
    JobExtra& extra = *job.extra.load(std::memory_order_acquire);
    std::vector<JobRef> done;  // their last references, dropped outside the lock
    const std::lock_guard hold(lending);
    done.swap(extra.predecessors);
  }
  if (job.word.unblock() != JobState::pending) {
    if (drop_entry(job)) count_finished_here();
    return;
  }
  Submission submission(*this);
  submission.push(job);
}

/// It leaves its deque and is pending again with the thief. False: its entry was stale.
bool Engine::mark_stolen(JobRecord& job, std::uint16_t from) noexcept {
  const Priority before = job.word.priority();
  if (job.word.is_shared()) {
    // It may be cancelled, or started by a waiter, meanwhile.
    if (!job.word.try_steal()) return false;
  } else {
    job.word.step_alone(JobState::stolen);
  }
  tell(job, JobState::pending, JobState::stolen);
  job.stolen_from.store(from, std::memory_order_relaxed);  // see there
  const auto moves = job.moves.load(std::memory_order_relaxed);
  if (moves != UINT16_MAX) job.moves.store(moves + 1, std::memory_order_relaxed);
  tell(job, JobState::stolen, JobState::pending);
  if (job.word.is_shared()) {
    settle(job, before);
  } else {
    job.word.step_alone(JobState::pending);
  }
  return true;
}

/// Who lent it a priority or cancelled it while it was marked has left the rest to the thief: both
/// change the word that settling changes, so either side sees the other.
void Engine::settle(JobRecord& job, Priority before) noexcept {
  job.word.settle();
  if (job.word.stop_requested()) (void)cancel(job);
  if (job.word.priority() >= before) return;
  Raised raised(*this);
  raised.add(job);
}

// --- references ----------------------------------------------------------------------------------

/// Its closure goes with its end, not with its last handle: README.md says why nobody sees it then.
bool Engine::end_unstarted(JobRecord& job) noexcept {
  // One that a thief has marked will run.
  if (!is_final(job.word.state()) || job.word.is_spent() || !job.word.claim_count()) return false;
  if (job.ops->give_up != nullptr) return true;  // who ended it is about to call that
  job.ops->discard(job);
  job.word.spend();
  return true;
}

bool Engine::drop_entry(JobRecord& job) noexcept {
  const bool never_ran = end_unstarted(job);
  drop_reference(job);
  return never_ran;
}

void Engine::drop_reference(JobRecord& job) noexcept {
  // Release: what this holder did; acquire: what all holders did comes before the end.
  if (job.refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (!job.word.is_spent()) {
    job.ops->discard(job);
  } else if (job.word.state() == JobState::completed) {
    job.ops->drop_result(job);
  }
  delete job.extra.load(std::memory_order_relaxed);  // nobody else is left
  JobStore& home = store(job.store());
  free_cell(job);
  drop_store(home);
}

void Engine::free_cell(JobRecord& job) noexcept {
  if (this_worker != nullptr && &this_worker->engine() == this) return this_worker->free_cell(job);
  const std::size_t bytes = job.ops->bytes;
  if (!JobHeap::holds(bytes, job.ops->alignment))
    return ::operator delete (&job, std::align_val_t{job.ops->alignment});
  JobHeap& heap = store(job.store()).heap;
  JobHeap::Chain chain;
  chain.add(&job);
  heap.give_back(chain, bytes);
}

void Engine::drop_store(JobStore& home) noexcept {
  // Acquire and release: whoever deletes the engine comes after all that was done in it.
  if (home.shared_alive.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (stores_alive_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void Engine::forget(JobRecord& job) noexcept {
  job.word.is_shared() ? drop_reference(job) : free_cell(job);
  count_finished_here();
}

void Engine::forget_awaited(const Reply& to) noexcept {
  if (JobRecord* const job = awaited.take(to)) drop_reference(*job);
}

// --- names and reports ---------------------------------------------------------------------------

std::uint32_t Engine::intern(std::string_view name) {
  if (name.empty()) return 0;
  const std::lock_guard hold(mutex_);
  const auto found = names_.find(name);
  if (found != names_.end()) return found->second;
  const auto added =
      names_.emplace(std::string(name), static_cast<std::uint32_t>(name_list_.size() + 1)).first;
  name_list_.push_back(added->first);  // keys of a map stay where they are
  return added->second;
}

std::string_view Engine::name_of(const JobRecord& job) const {
  if (job.name == 0) {
    const JobKind* const kind = job.ops == nullptr ? nullptr : job.ops->kind;
    return kind == nullptr ? std::string_view{} : kind->name;
  }
  const std::lock_guard hold(mutex_);
  return name_list_[job.name - 1];
}

JobReport Engine::report_on(JobRecord& job) {
  JobReport report{job.id,
                   std::string(name_of(job)),
                   job.word.priority(),
                   job.word.state(),
                   job.moves.load(std::memory_order_relaxed),  // see there
                   job.stolen_from.load(std::memory_order_relaxed),
                   {}};
  JobExtra* extra = job.extra.load(std::memory_order_acquire);  // others make it
  if (report.state != JobState::failed || extra == nullptr) return report;
  const std::lock_guard hold(extra->mutex);
  report.error = text_of(extra->error);
  return report;
}

}  // namespace jackdaw::detail
