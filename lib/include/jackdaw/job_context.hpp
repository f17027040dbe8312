#pragma once
/// \file
/// What a running job can say to the scheduler.

#include <cstdint>      // uint64_t
#include <stop_token>   // stop_token
#include <string_view>  // string_view
#include <utility>      // forward

#include "jackdaw/detail/closure.hpp"  // JobFunction, DetachedJob, SharedJob, make_job
#include "jackdaw/detail/engine.hpp"   // Engine, Worker, this_worker
#include "jackdaw/job.hpp"             // JobHandle, JobOptions, Cancelled

namespace jackdaw {

/// Handed to a job's function that asks for it. Valid while the function runs; its tasks may use it
/// too, from whichever worker they are on.
class JobContext {
 public:
  JobContext(detail::Engine& engine, detail::JobRecord& record) noexcept
      : engine_(&engine), record_(&record) {}

  /// Makes a job of the same priority and forgets it: a few ns, no lock. What the function throws
  /// is kept for Pool::wait.
  template <detail::JobFunction F>
  void spawn(F&& function);
  template <detail::JobFunction F>
  void spawn(F&& function, const JobOptions& options) {
    spawn_on(*engine_, std::forward<F>(function), options);
  }

  /// Makes a job and keeps a handle on it.
  template <detail::JobFunction F>
  auto submit(F&& function, const JobOptions& options = {}) -> JobHandle<detail::JobResult<F>>;

  /// To be called now and then by a long job: stops it if it was cancelled, and lets thieves have
  /// what it spawned.
  /// \throws Cancelled  it was cancelled; let it pass
  void checkpoint() {
    if (stop_requested()) [[unlikely]]
      throw Cancelled("the job was cancelled");
    if (detail::this_worker != nullptr) detail::this_worker->answer_job_bells();
  }
  [[nodiscard]] bool stop_requested() const noexcept { return record_->word.stop_requested(); }
  /// Set when the job is cancelled: for functions of the standard library that take one.
  [[nodiscard]] std::stop_token stop_token();

  [[nodiscard]] std::uint64_t id() const noexcept { return record_->id; }
  [[nodiscard]] Priority priority() const noexcept { return record_->word.priority(); }
  [[nodiscard]] std::string_view name() const;
  /// The number of the worker that runs the caller, from 0.
  [[nodiscard]] unsigned worker() const noexcept;

 private:
  friend class Pool;
  template <typename F>
  static void spawn_on(detail::Engine& engine, F&& function, const JobOptions& options);

  detail::Engine* engine_;
  detail::JobRecord* record_;
};

template <detail::JobFunction F>
void JobContext::spawn(F&& function) {
  using Job = detail::DetachedJob<std::decay_t<F>>;
  auto* worker = detail::this_worker;
  if (worker == nullptr || &worker->engine() != engine_) [[unlikely]]
    return spawn(std::forward<F>(function), {.priority = priority()});
  const auto own = priority();
  auto& job = detail::make_job<Job>(worker->store, own, std::forward<F>(function));
  worker->push(job, static_cast<std::size_t>(own));
}

template <typename F>
void JobContext::spawn_on(detail::Engine& engine, F&& function, const JobOptions& options) {
  using Job = detail::DetachedJob<std::decay_t<F>>;
  detail::Engine::Submission submission(engine);
  submission.push(detail::make_job<Job>(submission.store(), detail::priority_of(options),
                                        std::forward<F>(function)),
                  options);
}

}  // namespace jackdaw
