#pragma once
/// \file
/// A thread from outside that becomes worker 0 for the while.

#include "jackdaw/detail/closure.hpp"  // call_job
#include "jackdaw/detail/engine.hpp"   // Engine, Worker
#include "jackdaw/job_context.hpp"     // JobContext

namespace jackdaw::detail {

/// Holds the seat of worker 0 while it lives, unless that worker is busy.
class Guest {
 public:
  explicit Guest(Engine& engine)
      : engine_(engine), outer_(this_worker), worker_(engine.enter_seat()) {
    if (worker_ != nullptr) this_worker = worker_;
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest() {
    if (worker_ == nullptr) return;
    this_worker = outer_;
    engine_.leave_seat();
  }
  [[nodiscard]] explicit operator bool() const noexcept { return worker_ != nullptr; }

  /// Runs `function` as a job of its own. \throws what it throws
  template <typename R, typename F>
  R run(F& function) {
    Root root(*worker_);
    JobContext context(*worker_, root.record);
    try {
      return call_job(function, context);
    } catch (...) {
      root.outcome = JobState::failed;
      throw;
    }
  }

 private:
  /// The job that is run here: it lives on this stack, and in no deque.
  struct Root {
    explicit Root(Worker& on) : worker(on) {
      on.store.count(record.id);
      on.engine().tell(record, JobState::pending, JobState::running);
    }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    ~Root() {
      worker.leave_watch();
      worker.engine().count_outcome(outcome);
      worker.engine().tell(record, JobState::running, outcome);
      worker.count_finished();
      delete record.extra.load(std::memory_order_relaxed);  // only this job's own code made it
    }
    Worker& worker;
    JobState outcome = JobState::completed;
    JobRecord record{
        nullptr, worker.store.next_id(), nullptr, {JobState::running, Priority::normal}, 0, 0, 0,
        0};
    const Worker::Turn turn{worker, Worker::Turn::Kind::other, Worker::Turn::Below::rests};
    const Worker::Frame frame{worker, &record};
  };

  Engine& engine_;
  Worker* outer_;
  Worker* worker_;
};

}  // namespace jackdaw::detail
