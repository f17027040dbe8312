#include <algorithm>     // min
#include <chrono>        // nanoseconds
#include <system_error>  // system_error

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/detail/worker.hpp"  // Worker

// How a worker waits inside a job: for a stolen task, or for another job. It never starts unrelated
// work on top, so stacks stay bounded, and no wait can deadlock through it: every piece of work
// above a waiting frame is one that this frame waits for.

namespace jackdaw::detail {
namespace {

constexpr unsigned spin_rounds = 64;     // before the worker sleeps
constexpr unsigned max_help_depth = 16;  // frames of helping, beside those of the own thief
constexpr std::chrono::nanoseconds shortest_sleep{200'000}, longest_sleep{8'000'000};

}  // namespace

/// Spins, helps, and at last sleeps, until `done`. `sleep(ns)` must return early once it is done.
/// The sleeps are short: work that one could help with wakes nobody.
template <typename Done, typename Help, typename Sleep>
void Worker::wait_until(Done done, Help help, Sleep sleep) {
  struct Account {  // also if help() throws
    TimeAccount& time;
    ~Account() { time.enter(Slice::working); }
  } account{time_};
  time_.enter(Slice::searching);
  auto nap = shortest_sleep;
  for (unsigned round = 0; !done();) {
    patience_ = round;
    if (help()) {
      round = 0;
      nap = shortest_sleep;
      continue;
    }
    if (++round < spin_rounds) {
      round < spin_rounds / 4 ? Sync::pause() : Sync::yield();
      continue;
    }
    time_.enter(Slice::asleep);
    sleep(nap.count());
    time_.enter(Slice::searching);
    nap = std::min(nap * 2, longest_sleep);
  }
}

/// Runs one task of `job`: of the given thief's first, since the wait depends on those; of others
/// only while the stack is not too deep. Source: Wagner and Calder, "Leapfrogging", PPoPP 1993.
bool Worker::help(const void* job, unsigned thief) noexcept {
  Task* task = nullptr;
  if (thief != Task::nobody && thief != store.index)
    task = task_from(*engine_->workers[thief], job);
  const bool from_thief = task != nullptr;
  if (!from_thief && help_depth_ < max_help_depth) task = any_task(job);
  if (task == nullptr) return false;
  time_.enter(Slice::working);
  if (!from_thief) ++help_depth_;
  run_stolen(*task);
  if (!from_thief) --help_depth_;
  time_.enter(Slice::searching);
  return true;
}

void Worker::join(Task& task) noexcept {
  wait_until([&] { return task.end.is_done(); },
             [&] {  // relaxed: a hint
               return help(task.job, task.thief.load(std::memory_order_relaxed));
             },
             [&](long ns) { task.end.sleep(ns); });
}

bool Worker::is_part_of(const JobRecord& job) const noexcept {
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->below()) {
    if (frame->outer_job() == &job) return true;
  }
  return this->job() == &job;
}

/// Starts `job` here if it can be started, or else what it comes after. False: others have it.
bool Worker::start_for(JobRecord& job) {
  if (job.word.state() != JobState::pending) return false;
  if (job.word.is_blocked()) {
    for (const JobRef& earlier : engine_->predecessors_of(job)) earlier.wait();
    time_.enter(Slice::searching);
    return false;  // whoever finished the last of them has pushed it, or is about to
  }
  if (!job.word.try_start()) return false;
  time_.enter(Slice::working);
  {
    const Frame frame(*this, &job);
    run_shared(job);
  }
  count_finished();  // its entry in some deque is stale now; who pops it drops it
  time_.enter(Slice::searching);
  return true;
}

void Worker::wait_for(JobRecord& job) {
  if (is_final(job.word.state())) return;
  if (is_part_of(job)) {
    throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                            "a job waits for itself");
  }
  wait_until([&] { return is_final(job.word.state()); },
             [&] { return start_for(job) || help(&job, Task::nobody); },
             [&](long ns) { job.word.sleep(ns); });
}

}  // namespace jackdaw::detail
