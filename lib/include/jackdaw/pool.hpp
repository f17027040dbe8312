#pragma once
/// \file
/// The workers of one rank, and how to give them jobs.

#include <chrono>       // nanoseconds
#include <cstddef>      // size_t
#include <cstdint>      // uint8_t
#include <iterator>     // iter_reference_t
#include <optional>     // optional
#include <ranges>       // forward_range
#include <stdexcept>    // invalid_argument
#include <string>       // string
#include <string_view>  // string_view
#include <type_traits>  // invoke_result_t, is_void_v
#include <utility>      // forward
#include <vector>       // vector

#include "jackdaw/config.hpp"        // Config
#include "jackdaw/detail/guest.hpp"  // Guest
#include "jackdaw/events.hpp"        // EventFunction, Subscription
#include "jackdaw/job.hpp"           // JobHandle, JobOptions
#include "jackdaw/job_context.hpp"   // JobContext
#include "jackdaw/overstay.hpp"      // Overstay
#include "jackdaw/saved_job.hpp"     // SavedJob
#include "jackdaw/statistics.hpp"    // Statistics

namespace jackdaw {

/// A pool of workers, one a core, pinned. Thread-safety: any thread may call anything but the
/// destructor, which must come last.
///
/// Threads: each that makes jobs from outside has a number, of 4096 for the whole process, from its
///         first job until it ends; one more of them gets a std::runtime_error.
/// Pools:  a job may use another pool, or make one. But while it waits there for a job of its own
///         pool, or here for one of another pool, its worker only blocks: it helps in one pool.
class Pool {
 public:
  /// Finds the cores that this process may use, and starts the workers, asleep.
  /// \throws ConfigError        a setting is out of range
  /// \throws std::system_error  a thread cannot be started
  explicit Pool(const Config& config = Config::from_environment());
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  /// Runs the jobs that are left, or cancels them (Config::at_exit), then ends the workers.
  ~Pool();

  /// Runs `function` now, as a job, and gives its result. The caller's thread becomes worker 0 for
  /// the while, pinned as that is; if worker 0 is busy, another worker runs it. Inside a job of
  /// this pool, it is a plain call. It has no time limit. Does not wait for jobs that were spawned.
  /// On the caller's own stack: Config::stack_bytes is of the others.
  /// \throws whatever `function` throws
  template <detail::JobFunction F>
  auto run(F&& function) -> detail::JobResult<F>;

  /// Makes a job. It starts as soon as a worker is free, on a stack of Config::stack_bytes.
  template <detail::JobFunction F>
  [[nodiscard]] auto submit(F&& function, const JobOptions& options = {})
      -> JobHandle<detail::JobResult<F>>;

  /// Makes a job of each function of a range, with one lock and one wake-up. Reading the range, and
  /// copying its functions, may make jobs, but must not wait for a thread that makes some.
  template <std::ranges::input_range Functions>
  [[nodiscard]] auto submit_batch(Functions&& functions, const JobOptions& options = {})
      -> std::vector<JobHandle<detail::JobResult<std::ranges::range_reference_t<Functions>>>>;

  /// Makes a job and forgets it: cheaper than submit. What it throws is kept for wait().
  template <detail::JobFunction F>
  void spawn(F&& function, const JobOptions& options = {});

  /// The same for a movable job, as JobContext::spawn. Only a Scheduler moves it.
  template <auto Function, typename... Args>
  requires(!detail::begins_with_options<Args...>) void spawn(Args&&... args) {
    spawn<Function>(JobOptions{}, std::forward<Args>(args)...);
  }
  template <auto Function, typename... Args>
  void spawn(const JobOptions& options, Args&&... args) {
    using Job = detail::MovableJob<Function>;
    (void)Job::registered;  // makes it known to all ranks
    JobContext::emplace_on<Job>(*engine_, options, std::forward<Args>(args)...);
  }

  /// The same, with its result: as JobContext::submit.
  template <auto Function, typename... Args>
  requires(!detail::begins_with_options<Args...>) auto submit(Args&&... args)
      -> detail::FutureOf<Function> {
    return JobContext::submit_on<Function>(*engine_, {}, std::forward<Args>(args)...);
  }
  template <auto Function, typename... Args>
  auto submit(const JobOptions& options, Args&&... args) -> detail::FutureOf<Function> {
    return JobContext::submit_on<Function>(*engine_, options, std::forward<Args>(args)...);
  }

  /// Blocks until no job is left, neither queued nor running.
  /// \throws the first exception that escaped from a job without a handle since the last wait()
  /// \throws std::logic_error  called by a job of this pool, for which it would wait
  void wait();

  [[nodiscard]] unsigned workers() const noexcept;
  /// What there was to say about the machine when the pool was made: cores left idle, pinning
  /// refused. Sentences, mostly none.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept;
  /// The package (socket) that all its workers lie in; nothing if they lie in several.
  [[nodiscard]] std::optional<unsigned> package() const noexcept;
  [[nodiscard]] Statistics statistics() const;
  /// From now on, `function` hears of each step of a job that has not started yet, and of each
  /// worker. A step costs a lock and a clock while anybody listens. Keep what it gives: when that
  /// goes, the function is not called any more.
  [[nodiscard]] Subscription subscribe(EventFunction function);
  /// Jobs that run although they have passed their time limit or their deadline.
  [[nodiscard]] std::vector<Overstay> overstays() const;
  /// The calling thread becomes worker 0 until `source` says that nothing is left anywhere; the
  /// other workers ask it for work, too. For who has more ranks; not inside the pool.
  void run_with(WorkSource& source);
  /// The jobs that were set aside (PoolDoor::save), after run_with().
  [[nodiscard]] std::vector<SavedJob> take_saved() noexcept;
  /// Packs a call of a movable function instead of making a job of it; its future, if any, is one
  /// of this pool. For who starts it later. Of the options, all travel but the name.
  /// \throws std::invalid_argument  it should come after other jobs, which only a pool can see to
  template <auto Function, typename... Args>
  requires(!detail::begins_with_options<Args...>) auto pack(PackedJob& packed, Bytes& long_payload,
                                                            Args&&... args)
      -> detail::FutureOf<Function> {
    return pack<Function>(packed, long_payload, JobOptions{}, std::forward<Args>(args)...);
  }
  template <auto Function, typename... Args>
  auto pack(PackedJob& packed, Bytes& long_payload, const JobOptions& options, Args&&... args)
      -> detail::FutureOf<Function>;
  /// Fails all futures that are open: for who knows that nothing comes from other ranks any more.
  void abandon_futures(std::string_view why) noexcept;

 private:
  friend class JobContext;
  friend class detail::RaceState;
  template <typename F>
  static auto submit_to(detail::Engine& engine, F&& function, const JobOptions& options)
      -> JobHandle<detail::JobResult<F>>;
  template <typename F>
  static auto make(detail::Engine::Submission& submission, detail::Engine& engine, F&& function,
                   const JobOptions& options) -> JobHandle<detail::JobResult<F>>;
  template <typename F>
  static auto add(detail::Engine::Submission& submission, detail::Engine& engine, F&& function,
                  const JobOptions& options) -> JobHandle<detail::JobResult<F>>;
  detail::Engine* engine_;  // deletes itself after close(), when no handle is left
};

/// A job that is not pushed yet.
template <typename F>
auto Pool::make(detail::Engine::Submission& submission, detail::Engine& engine, F&& function,
                const JobOptions& options) -> JobHandle<detail::JobResult<F>> {
  using Job = detail::SharedJob<std::decay_t<F>, detail::JobResult<F>>;
  auto& job = detail::make_job<Job>(submission.store(), detail::priority_of(options),
                                    std::forward<F>(function));
  JobHandle<detail::JobResult<F>> handle(engine, job);
  // Relaxed: counts records for close(), which is ordered after every submission.
  submission.store().shared_alive.fetch_add(1, std::memory_order_relaxed);
  return handle;
}

template <typename F>
auto Pool::add(detail::Engine::Submission& submission, detail::Engine& engine, F&& function,
               const JobOptions& options) -> JobHandle<detail::JobResult<F>> {
  auto handle = make(submission, engine, std::forward<F>(function), options);
  submission.push(*handle.record_, options);
  return handle;
}

template <typename F>
auto Pool::submit_to(detail::Engine& engine, F&& function, const JobOptions& options)
    -> JobHandle<detail::JobResult<F>> {
  detail::Engine::Submission submission(engine);
  return add(submission, engine, std::forward<F>(function), options);
}

template <detail::JobFunction F>
auto Pool::submit(F&& function, const JobOptions& options) -> JobHandle<detail::JobResult<F>> {
  return submit_to(*engine_, std::forward<F>(function), options);
}

template <std::ranges::input_range Functions>
auto Pool::submit_batch(Functions&& functions, const JobOptions& options)
    -> std::vector<JobHandle<detail::JobResult<std::ranges::range_reference_t<Functions>>>> {
  std::vector<JobHandle<detail::JobResult<std::ranges::range_reference_t<Functions>>>> handles;
  detail::Engine::Submission submission(*engine_);
  for (auto&& function : functions)
    handles.push_back(
        add(submission, *engine_, std::forward<decltype(function)>(function), options));
  return handles;
}

template <auto Function, typename... Args>
auto Pool::pack(PackedJob& packed, Bytes& long_payload, const JobOptions& options, Args&&... args)
    -> detail::FutureOf<Function> {
  if (!options.after.empty()) {
    throw std::invalid_argument(
        "a movable job that starts in run() cannot come after others; let one of those spawn it");
  }
  using Job = detail::MovableJob<Function>;
  (void)Job::registered;  // makes it known to all ranks
  const Job job(std::forward<Args>(args)...);
  packed = {};
  packed.kind = Job::kind.id;
  packed.job_class = packed.flags = static_cast<std::uint8_t>(detail::priority_of(options));
  detail::pack_payload(job.payload(), packed, long_payload);
  detail::pack_limits(detail::limits_of(options), packed, long_payload);
  if constexpr (!std::is_void_v<typename Job::Result>) {
    detail::Promise<typename Job::Result> promise(*engine_);
    packed.reply = promise.to().number;
    packed.reply_rank = promise.to().rank;
    return promise.future();
  }
}

template <detail::JobFunction F>
void Pool::spawn(F&& function, const JobOptions& options) {
  JobContext::spawn_on(*engine_, std::forward<F>(function), options);
}

template <detail::JobFunction F>
auto Pool::run(F&& function) -> detail::JobResult<F> {
  using R = detail::JobResult<F>;
  if (detail::this_worker != nullptr && &detail::this_worker->engine() == engine_) {
    JobContext context(*detail::this_worker, *detail::this_worker->job());
    return detail::call_job(function, context);
  }
  detail::Guest guest(*engine_);
  if (guest) return guest.run<R>(function);
  const auto handle =
      submit(std::forward<F>(function), {.timeout = std::chrono::nanoseconds::zero()});
  if constexpr (std::is_void_v<R>) {
    handle.get();
  } else {
    return std::move(handle.get());  // nobody else has a handle
  }
}

template <detail::JobFunction F>
auto JobContext::submit(F&& function, const JobOptions& options)
    -> JobHandle<detail::JobResult<F>> {
  return Pool::submit_to(worker_->engine(), std::forward<F>(function), options);
}

template <typename R>
decltype(auto) JobHandle<R>::get() const {
  wait();
  throw_unless_completed();
  if constexpr (!std::is_void_v<R>) {
    // The job is final (F), so the result is written and stays.
    return static_cast<R&>(static_cast<detail::ResultJob<R>*>(record_)->result);
  }
}

}  // namespace jackdaw
