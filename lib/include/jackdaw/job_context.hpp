#pragma once
/// \file
/// What a running job can say to the scheduler.

#include <atomic>       // atomic
#include <concepts>     // constructible_from
#include <cstdint>      // uint64_t
#include <stdexcept>    // logic_error
#include <stop_token>   // stop_token
#include <string_view>  // string_view
#include <type_traits>  // decay_t, is_void_v
#include <utility>      // forward

#include "jackdaw/detail/asked_job.hpp"  // AskedJob, FutureOf, MovableJob, Promise
#include "jackdaw/detail/closure.hpp"    // JobFunction, DetachedJob, SharedJob, make_job
#include "jackdaw/detail/engine.hpp"     // Engine, Worker, this_worker
#include "jackdaw/job.hpp"               // JobHandle, JobOptions, Cancelled

namespace jackdaw {
namespace detail {
struct SelfYield;
}

/// Handed to a job's function that asks for it. Valid while the function runs; its tasks may use it
/// too, from whichever worker they are on.
class JobContext {
 public:
  JobContext(detail::Worker& worker, detail::JobRecord& record) noexcept
      : worker_(&worker), record_(&record) {}

  /// Makes a job of the same priority and forgets it: a few ns, no lock. What the function throws
  /// is kept for Pool::wait.
  template <detail::JobFunction F>
  void spawn(F&& function) {
    emplace<std::decay_t<F>>(std::forward<F>(function));
  }
  /// Makes a job that calls F(args...)(), and forgets it. The function object is constructed where
  /// it will run, not moved there.
  template <detail::JobFunction F, typename... Args>
  requires std::constructible_from<F, Args...>
  void emplace(Args&&... args);
  /// Makes a job that may run on another rank, of the same priority: Function(job, payload), where
  /// the payload is made of `args` in braces. In a Pool it stays.
  template <auto Function, typename... Args>
  requires(!detail::begins_with_options<Args...>) void spawn(Args&&... args) {
    (void)detail::MovableJob<Function>::registered;  // makes it known to all ranks
    emplace<detail::MovableJob<Function>>(std::forward<Args>(args)...);
  }
  /// The same with options. All of them travel with the job, but the name; it
  /// does not move before all that it comes after is final.
  template <auto Function, typename... Args>
  void spawn(const JobOptions& options, Args&&... args) {
    (void)detail::MovableJob<Function>::registered;  // makes it known to all ranks
    emplace_on<detail::MovableJob<Function>>(worker_->engine(), options,
                                             std::forward<Args>(args)...);
  }
  /// The same, and its result comes here, wherever it runs: a RemoteFuture, or void for a function
  /// that returns nothing. What it throws comes out of the future alone.
  template <auto Function, typename... Args>
  requires(!detail::begins_with_options<Args...>) auto submit(Args&&... args)
      -> detail::FutureOf<Function> {
    return submit_on<Function>(worker_->engine(), {}, std::forward<Args>(args)...);
  }
  template <auto Function, typename... Args>
  auto submit(const JobOptions& options, Args&&... args) -> detail::FutureOf<Function> {
    return submit_on<Function>(worker_->engine(), options, std::forward<Args>(args)...);
  }
  /// The job, one of this movable function, goes back into the queue when its function returns, and
  /// goes on with Function(job, payload), the payload made of `args`: behind what waits here, and
  /// perhaps on another worker or rank. Then what the function returns is dropped. To be called by
  /// the function itself, once. \throws std::logic_error  the job is not one of this function
  template <auto Function, typename... Args>
  void yield(Args&&... args);
  template <detail::JobFunction F>
  void spawn(F&& function, const JobOptions& options) {
    spawn_on(worker_->engine(), std::forward<F>(function), options);
  }

  /// Makes a job and keeps a handle on it.
  template <detail::JobFunction F>
  auto submit(F&& function, const JobOptions& options = {}) -> JobHandle<detail::JobResult<F>>;

  /// To be called now and then by a long job: stops it if it was cancelled or has passed its time
  /// limit, runs critical jobs that wait, and lets thieves have what it spawned. A spawn and a
  /// fork_join run critical jobs, too; each time at most Config::max_preemption_depth deep.
  /// \throws Cancelled  it was cancelled; let it pass
  /// \throws TimedOut   it has passed its time limit or its deadline; let it pass
  void checkpoint() {
    detail::Worker* const worker = detail::this_worker;
    if (worker != nullptr) worker->clear_attention();
    if (stop_requested()) [[unlikely]]
      throw_stopped();
    if (worker != nullptr) worker->answer_job_bells();
  }
  /// A checkpoint is being made, and waits for the jobs that run: one that can yield should, so
  /// that what is left of it is saved. Costs two loads.
  [[nodiscard]] bool yield_requested() const noexcept { return worker_->engine().saved.is_open(); }
  /// For loops that cannot call anything: not zero once a checkpoint has something to do. Of the
  /// worker that runs the caller, which must not change meanwhile: each task asks anew.
  [[nodiscard]] const std::atomic<unsigned>& attention() const noexcept {
    return detail::this_worker->attention();
  }
  /// It was cancelled, or has passed its time limit or its deadline.
  [[nodiscard]] bool stop_requested() const noexcept { return record_->word.stop_requested(); }
  /// Set when stop_requested() becomes true: for functions of the standard library that take one.
  [[nodiscard]] std::stop_token stop_token();

  [[nodiscard]] std::uint64_t id() const noexcept { return record_->id; }
  /// The one that counts now: its own, or a higher one that it was lent, or has got by its age.
  [[nodiscard]] Priority priority() const noexcept { return record_->word.priority(); }
  [[nodiscard]] std::string_view name() const;
  /// The number of the worker that runs the caller, from 0.
  [[nodiscard]] unsigned worker() const noexcept;

 private:
  friend class Pool;
  friend bool detail::has_yielded(const JobContext& context) noexcept;
  friend struct detail::SelfYield;
  [[noreturn]] void throw_stopped() const;
  void go_on_with(detail::Continuation next) const;
  friend class detail::RaceState;
  template <typename F>
  static void spawn_on(detail::Engine& engine, F&& function, const JobOptions& options) {
    emplace_on<std::decay_t<F>>(engine, options, std::forward<F>(function));
  }
  template <typename F, typename... Args>
  static void emplace_on(detail::Engine& engine, const JobOptions& options, Args&&... args);
  template <auto Function, typename... Args>
  static auto submit_on(detail::Engine& engine, const JobOptions& options, Args&&... args)
      -> detail::FutureOf<Function>;

  detail::Worker* worker_;  // that began the job; its tasks may be elsewhere
  detail::JobRecord* record_;
};

namespace detail {
/// For closures of ours that go on as another one of their type, for which may_yield is true.
struct SelfYield {
  static void go_on(const JobContext& job, Continuation next) { job.go_on_with(std::move(next)); }
};

template <typename F>
void DetachedJob<F>::run(JobRecord& record, Worker& worker) noexcept {
  record.word.step_alone(JobState::running);
  JobContext context(worker, record);
  const Outcome outcome = run_closure(static_cast<DetachedJob&>(record).function, record, context,
                                      [](auto call) { (void)call(); });
  if (worker.ends_oddly(record, outcome)) [[unlikely]] {
    if (worker.end_oddly(record, outcome)) return;
  }
  worker.free_cell(record, sizeof(DetachedJob), alignof(DetachedJob));
  worker.count_finished();
}
}  // namespace detail

template <detail::JobFunction F, typename... Args>
requires std::constructible_from<F, Args...>
[[gnu::always_inline]] inline void JobContext::emplace(Args&&... args) {
  using Job = detail::DetachedJob<F>;
  const auto own = record_->word.own_priority();
  detail::Worker* const worker = detail::this_worker;
  if (worker != worker_) [[unlikely]]
    return spawn(F(std::forward<Args>(args)...), {.priority = own});
  auto& job = detail::make_job<Job>(worker->store, own, std::forward<Args>(args)...);
  worker->spawn(job, static_cast<std::size_t>(own));
}

template <auto Function, typename... Args>
void JobContext::yield(Args&&... args) {
  const auto go_on = [this]<typename F>(F* closure) {
    go_on_with({closure, [](void* raw) { delete static_cast<F*>(raw); }});
  };
  if (record_->ops == &detail::DetachedJob<detail::MovableJob<Function>>::table)
    return go_on(new detail::MovableJob<Function>(std::forward<Args>(args)...));
  if constexpr (!std::is_void_v<typename detail::MovableJob<Function>::Result>) {
    using Asked = detail::AskedRecord<Function>;
    if (record_->ops == &Asked::table) {
      return go_on(new detail::AskedJob<Function>(static_cast<Asked*>(record_)->function.to(),
                                                  std::forward<Args>(args)...));
    }
  }
  throw std::logic_error("yield: the job that runs is not one of this function");
}

template <typename F, typename... Args>
[[gnu::noinline]] void JobContext::emplace_on(detail::Engine& engine, const JobOptions& options,
                                              Args&&... args) {
  using Job = detail::DetachedJob<F>;
  detail::Engine::Submission submission(engine);
  submission.push(detail::make_job<Job>(submission.store(), detail::priority_of(options),
                                        std::forward<Args>(args)...),
                  options);
}

template <auto Function, typename... Args>
auto JobContext::submit_on(detail::Engine& engine, const JobOptions& options, Args&&... args)
    -> detail::FutureOf<Function> {
  using Job = detail::MovableJob<Function>;
  (void)Job::registered;  // makes it known to all ranks
  if constexpr (std::is_void_v<typename Job::Result>) {
    emplace_on<Job>(engine, options, std::forward<Args>(args)...);
  } else {
    detail::Promise<typename Job::Result> promise(engine);
    {
      detail::Engine::Submission submission(engine);
      auto& job = detail::make_asked<Function>(submission.store(), detail::priority_of(options),
                                               promise.to(), std::forward<Args>(args)...);
      engine.awaited.add(promise.to(), job);
      submission.push(job, options);
    }
    return promise.future();
  }
}

}  // namespace jackdaw
