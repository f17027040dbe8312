#include "jackdaw/detail/worker.hpp"

#include <cassert>  // assert

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/job_context.hpp"    // JobContext

namespace jackdaw::detail {

Worker::Worker(Engine& engine, std::uint16_t index, std::size_t capacity, std::uint64_t seed)
    : pulse_(&engine.idle->pulse_word()),
      engine_(&engine),
      store(index, capacity),
      random_(static_cast<std::minstd_rand::result_type>(seed + index * 7919U + 1U)) {
  if (!heavy_barrier_works()) tasks_.ring();  // for ever: see attend_fork
}

void Worker::set_state(WorkerState to) noexcept {
  const auto from = state_.load(std::memory_order_relaxed);  // the owner alone writes
  if (from == to || from == WorkerState::draining) {
    if (to != WorkerState::shutdown) return;  // a draining worker runs what is left
  }
  assert(may_step(from, to) && "this step of a worker is not legal");
  steps_[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)].add(1);
  if (engine_->events->is_on()) [[unlikely]] {
    engine_->events->add({.kind = EventKind::worker_step,
                          .worker = store.index,
                          .worker_from = from,
                          .worker_to = to});
  }
  state_.store(to, std::memory_order_release);  // a snapshot for others
}

// --- the slow side of pushing ------------------------------------------------------------------

bool Worker::attend_fork() noexcept {
  const bool barriers = heavy_barrier_works();
  if (tasks_.answer(/*rearm=*/barriers) == TaskDeque::Room::full) {
    // Nothing was lost to a thief, or there would be room: the task comes back.
    const bool mine = tasks_.take(tasks_.next_index() - 1);
    if (mine) return false;
  }
  if (!barriers) heavy_barrier();  // what sleepers cannot do from their side
  if ((engine_->idle->pulse() & Pulse::hungry) != 0) {
    if (tasks_.public_length() == 0) (void)tasks_.answer(barriers);
    if (engine_->idle->wake_one()) tally_.wakes.add(1);
  }
  give_way();
  return true;
}

void Worker::attend_push(std::size_t job_class) noexcept {
  auto& deque = store.deques[job_class];
  const bool barriers = heavy_barrier_works();
  if (JobStore::is_urgent(job_class)) deque.publish_all();  // for everybody, at once
  if (deque.answer(JobStore::rearms(job_class)) == JobDeque::Room::full) make_room(job_class);
  if (!barriers) heavy_barrier();  // what sleepers cannot do from their side
  auto& idle = *engine_->idle;
  if ((idle.pulse() & std::uint64_t{1} << job_class) == 0) idle.set_present(job_class);
  if ((idle.pulse() & Pulse::hungry) != 0 && idle.wake_one()) tally_.wakes.add(1);
  if (job_class == static_cast<std::size_t>(Priority::critical)) engine_->alert_workers();
}

void Worker::attend_spawn(std::size_t job_class) noexcept {
  attend_push(job_class);
  give_way();
}

void Worker::make_room(std::size_t job_class) noexcept {
  auto& deque = store.deques[job_class];
  std::vector<JobRecord*> block(engine_->config.deque_capacity / 2);
  block.resize(deque.relieve(block.data(), block.size()));
  (void)deque.answer(JobStore::rearms(job_class));                         // there is room now
  engine_->overflowed.fetch_add(block.size(), std::memory_order_relaxed);  // a statistic
  engine_->overflow[job_class].put(std::move(block));
}

void Worker::attend_bells() noexcept {
  if (tasks_.length() > 0) {
    (void)tasks_.answer(heavy_barrier_works());  // no put: there is room as before
    if ((engine_->idle->pulse() & Pulse::hungry) != 0 && engine_->idle->wake_one())
      tally_.wakes.add(1);
  }
  give_way();
}

void Worker::answer_job_bells() noexcept {
  answer_bells();
  for (std::size_t c = 0; c < priority_count; ++c) {
    auto& deque = store.deques[c];
    if (deque.length() <= 0) continue;
    if (deque.bell_rings()) (void)deque.answer(JobStore::rearms(c));  // no put: room as before
    if ((engine_->idle->pulse() & Pulse::hungry) != 0 && engine_->idle->wake_one())
      tally_.wakes.add(1);
  }
}

// --- running -------------------------------------------------------------------------------------

/// A job that the closing pool cancels.
void Worker::drop(JobRecord& job) noexcept {
  if (job.word.is_shared()) {
    if (engine_->cancel(job) && job.ops->give_up != nullptr)
      job.ops->give_up(job, *engine_, "the job was cancelled");
    return run_shared_entry(job);
  }
  job.word.step_alone(JobState::cancelled);
  job.ops->discard(job);
  engine_->cancelled_early.fetch_add(1, std::memory_order_relaxed);  // a statistic
  (void)end_oddly(job, Outcome::cancelled);
  free_cell(job);
  count_dropped();
}

void Worker::run_shared_entry(JobRecord& job) noexcept {
  // Cancelled, or started by another, or too late.
  if (engine_->expire_if_late(job) || !job.word.try_start()) {
    leave_watch();
    if (!engine_->drop_entry(job)) return;
    return count_dropped();
  }
  if (!run_shared(job, Runner::by_entry)) return;
  engine_->drop_reference(job);
  count_finished();
}

/// A job with handles that this worker has moved to `running`. \returns false if it has yielded:
/// then its entry is in a queue again, or somebody waits for it
bool Worker::run_shared(JobRecord& job, Runner runner) noexcept {
  engine_->tell(job, JobState::pending, JobState::running);
  if (job.word.stop_requested())
    alert();  // said to it before it yielded, on another worker perhaps
  JobContext context(*this, job);
  auto outcome = job.ops->call(job, context);
  leave_watch();
  const JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // others make it, too
  if (outcome == Outcome::completed && extra != nullptr && extra->next) {
    requeue(job, runner);
    return false;
  }
  if (outcome == Outcome::completed && job.word.is_overdue()) {
    job.ops->drop_result(job);
    outcome = Outcome::timed_out;
  }
  engine_->finish(job, outcome);
  return true;
}

void Worker::run_stolen(Task& task) noexcept {
  task.thief.store(store.index, std::memory_order_relaxed);  // relaxed: a hint
  alert();  // what was said to the job of this task, another job here may have heard
  {
    const Turn turn(*this, Turn::Kind::other, Turn::Below::goes_on);
    const Frame frame(*this, task.job);
    task.run(task);
  }
  task.end.tell_done();  // the task may be gone now
}

// --- cells that were made elsewhere --------------------------------------------------------------

void Worker::free_elsewhere(JobRecord& job) noexcept {
  const std::size_t bytes = job.ops->bytes;
  if (!JobHeap::holds(bytes, job.ops->alignment))
    return ::operator delete (&job, std::align_val_t{job.ops->alignment});
  const std::size_t home = job.store();
  if (returns_.count != 0 && (returns_.store != home || returns_.bytes != bytes)) return_cells();
  returns_.chain.add(&job);
  returns_.store = home;
  returns_.bytes = bytes;
  if (++returns_.count == 64) return_cells();
}

void Worker::return_cells() noexcept {
  if (returns_.count == 0) return;
  engine_->store(returns_.store).heap.give_back(returns_.chain, returns_.bytes);
  returns_.chain.forget();
  returns_.count = 0;
}

// --- guests and observers ----------------------------------------------------------------------

void Worker::enter_as_guest() noexcept {
  time_.enter(Slice::working);
  set_state(WorkerState::working);
}
void Worker::leave_as_guest() noexcept {
  return_cells();
  set_state(WorkerState::idle);
  time_.enter(Slice::asleep);
}

WorkerStatistics Worker::statistics() const {
  const auto dropped = tally_.jobs_dropped.get();  // before those finished: never more
  return {state(),
          time_.snapshot(),
          finished() - dropped,
          tally_.jobs_stolen.get(),
          tally_.tasks_stolen.get(),
          tally_.steals.get(),
          tally_.steals_lost.get(),
          tally_.seizures.get(),
          tally_.sleeps.get(),
          tally_.wakes.get(),
          tally_.preemptions.get(),
          tally_.yields.get(),
          steps()};
}

WorkerSteps Worker::steps() const noexcept {
  WorkerSteps all{};
  for (std::size_t from = 0; from < worker_state_count; ++from) {
    for (std::size_t to = 0; to < worker_state_count; ++to) all[from][to] = steps_[from][to].get();
  }
  return all;
}

}  // namespace jackdaw::detail
