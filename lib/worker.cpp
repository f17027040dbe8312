#include "jackdaw/detail/worker.hpp"

#include <cassert>  // assert

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/job_context.hpp"    // JobContext

namespace jackdaw::detail {

Worker::Worker(Engine& engine, std::uint16_t index, std::size_t capacity, std::uint64_t seed)
    : pulse_(&engine.idle->pulse_word()),
      engine_(&engine),
      store(index, capacity),
      random_(static_cast<std::minstd_rand::result_type>(seed + index * 7919U + 1U)) {}

void Worker::set_state(WorkerState to) noexcept {
  const auto from = state_.load(std::memory_order_relaxed);  // the owner alone writes
  if (from == to || from == WorkerState::draining) {
    if (to != WorkerState::shutdown) return;  // a draining worker runs what is left
  }
  assert(may_step(from, to) && "this step of a worker is not legal");
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
  return true;
}

void Worker::attend_push(std::size_t job_class) noexcept {
  auto& deque = store.deques[job_class];
  const bool barriers = heavy_barrier_works();
  if (job_class < 2) deque.publish_all();  // urgent: for everybody, at once
  if (deque.answer(barriers) == JobDeque::Room::full) make_room(job_class);
  if (!barriers) heavy_barrier();  // what sleepers cannot do from their side
  auto& idle = *engine_->idle;
  if ((idle.pulse() & std::uint64_t{1} << job_class) == 0) idle.set_present(job_class);
  if ((idle.pulse() & Pulse::hungry) != 0 && idle.wake_one()) tally_.wakes.add(1);
}

void Worker::make_room(std::size_t job_class) noexcept {
  auto& deque = store.deques[job_class];
  std::vector<JobRecord*> block(engine_->config.deque_capacity / 2);
  block.resize(deque.relieve(block.data(), block.size()));
  engine_->overflowed.fetch_add(block.size(), std::memory_order_relaxed);  // a statistic
  engine_->overflow[job_class].put(std::move(block));
}

void Worker::attend_bells() noexcept {
  if (tasks_.length() <= 0) return;
  (void)tasks_.answer(heavy_barrier_works());  // no put: there is room as before
  if ((engine_->idle->pulse() & Pulse::hungry) != 0 && engine_->idle->wake_one())
    tally_.wakes.add(1);
}

void Worker::answer_job_bells() noexcept {
  answer_bells();
  for (auto& deque : store.deques) {
    if (deque.length() <= 0) continue;
    if (deque.bell_rings()) (void)deque.answer(heavy_barrier_works());  // no put: room as before
    if ((engine_->idle->pulse() & Pulse::hungry) != 0 && engine_->idle->wake_one())
      tally_.wakes.add(1);
  }
}

// --- running -------------------------------------------------------------------------------------

void Worker::run(JobRecord& job) noexcept {
  if (job.word.is_shared() || engine_->cancelling.load(std::memory_order_relaxed)) [[unlikely]]
    return run_odd(job);  // relaxed: a job that slips through runs, as it may
  job.word.step_alone(JobState::running);
  Frame frame{&job, frame_};
  frame_ = &frame;
  JobContext context(*engine_, job);
  const Outcome outcome = job.ops->run(job, context);
  frame_ = frame.below;
  tally_.jobs_run.add(1);
  if (outcome != Outcome::completed || job.extra.load(std::memory_order_relaxed) != nullptr)
      [[unlikely]] {  // relaxed: the job's own code made it
    engine_->count_outcome(outcome);
    delete job.extra.load(std::memory_order_relaxed);
  }
  free_cell(job);
  count_finished();
}

/// A job with handles, or one that the closing pool cancels.
void Worker::run_odd(JobRecord& job) noexcept {
  if (job.word.is_shared()) {
    if (engine_->cancelling.load(std::memory_order_relaxed)) engine_->cancel(job);
    if (!job.word.try_start()) {
      if (engine_->drop_entry(job)) count_finished();
      return;
    }
    run_shared(job);
    engine_->drop_reference(job);
    return count_finished();
  }
  job.word.step_alone(JobState::cancelled);
  job.ops->discard(job);
  engine_->count_outcome(Outcome::cancelled);
  delete job.extra.load(std::memory_order_relaxed);  // nobody else knows the job
  free_cell(job);
  count_finished();
}

/// A job with handles that this worker has moved to `running`.
void Worker::run_shared(JobRecord& job) noexcept {
  Frame frame{&job, frame_};
  frame_ = &frame;
  JobContext context(*engine_, job);
  const Outcome outcome = job.ops->run(job, context);
  frame_ = frame.below;
  tally_.jobs_run.add(1);
  engine_->finish(job, outcome);
}

void Worker::run_stolen(Task& task) noexcept {
  // Relaxed: a hint for the forker, whom to help.
  std::atomic_ref(task.thief).store(store.index, std::memory_order_relaxed);
  Frame frame{task.job, frame_};
  frame_ = &frame;
  task.run(task);
  frame_ = frame.below;
  unsigned* const word = &task.state;
  // (J) From here on the forker may return, and its stack is gone: only the address is used.
  if (std::atomic_ref(*word).exchange(Task::done, std::memory_order_acq_rel) ==
      Task::waiting_asleep)
    futex_wake(word, 1);
}

// --- cells that were made elsewhere --------------------------------------------------------------

void Worker::free_elsewhere(JobRecord& job) noexcept {
  const std::size_t bytes = job.ops->bytes;
  if (!JobHeap::holds(bytes, job.ops->alignment))
    return ::operator delete (&job, std::align_val_t{job.ops->alignment});
  const std::size_t home = job.store();
  if (returns_.count != 0 && (returns_.store != home || returns_.bytes != bytes)) return_cells();
  auto* cell = new (&job) JobHeap::Cell{returns_.first};
  if (returns_.count == 0) returns_ = {nullptr, cell, home, bytes, 0};
  returns_.first = cell;
  if (++returns_.count == 64) return_cells();
}

void Worker::return_cells() noexcept {
  if (returns_.count == 0) return;
  engine_->store(returns_.store).heap.give_back(returns_.first, returns_.last, returns_.bytes);
  returns_ = {};
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
  return {state(),
          time_.snapshot(),
          tally_.jobs_run.get(),
          tally_.jobs_stolen.get(),
          tally_.tasks_stolen.get(),
          tally_.steals.get(),
          tally_.steals_lost.get(),
          tally_.seizures.get(),
          tally_.sleeps.get(),
          tally_.wakes.get()};
}

}  // namespace jackdaw::detail
