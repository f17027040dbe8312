#pragma once
/// \file
/// Job records with the closure of the user behind them.

#include <concepts>     // invocable
#include <memory>       // construct_at, destroy_at
#include <new>          // operator new, align_val_t
#include <type_traits>  // decay_t, is_void_v
#include <utility>      // declval, forward, move

#include "jackdaw/detail/job_heap.hpp"    // JobHeap
#include "jackdaw/detail/job_record.hpp"  // JobRecord, JobOps
#include "jackdaw/detail/job_store.hpp"   // JobStore
#include "jackdaw/detail/worker.hpp"      // Worker
#include "jackdaw/movable.hpp"            // kind_of

namespace jackdaw {
class JobContext;
}

namespace jackdaw::detail {

/// What can be a job: callable without arguments, or with the job's context.
template <typename F>
concept JobFunction = std::invocable < std::decay_t<F>
&, JobContext& > || std::invocable<std::decay_t<F>&>;

template <JobFunction F>
decltype(auto) call_job(F& function, JobContext& context) {
  if constexpr (std::invocable<F&, JobContext&>) {
    return function(context);
  } else {
    return function();
  }
}
template <typename F>
using JobResult =
    std::decay_t<decltype(call_job(std::declval<std::decay_t<F>&>(), std::declval<JobContext&>()))>;

/// What the exception being handled makes of a job; keeps it for those who ask.
[[nodiscard]] Outcome outcome_of_exception(JobRecord& job) noexcept;

struct NoResult {};

/// The result of a job with handles, whatever its closure is. R may be void.
template <typename R>
struct ResultJob : JobRecord {
  using Value = std::conditional_t<std::is_void_v<R>, NoResult, R>;
  union {
    Value result;  // lives once the job is completed
  };
  ResultJob(const JobOps& table, Priority priority) noexcept
      : JobRecord{&table, 0, nullptr, {JobState::pending, priority, JobWord<>::shared},
                  2,      0, 0,       0} {}  // 2: one handle, and the scheduler
  ~ResultJob() {}  // a record is freed, not destroyed: the scheduler knows which member lives
};

/// Calls the closure and destroys it, whichever way it ends.
template <typename F, typename Keep>
Outcome run_closure(F& function, JobRecord& record, JobContext& context, Keep keep) noexcept {
  struct Destroy {
    F& function;
    ~Destroy() { std::destroy_at(&function); }
  } destroy{function};
  try {
    keep([&]() -> decltype(auto) { return call_job(function, context); });
    return Outcome::completed;
  } catch (...) {
    return outcome_of_exception(record);
  }
}

/// A job without a handle. What it returns is dropped.
template <typename F>
struct DetachedJob : JobRecord {
  union {
    F function;
  };

  template <typename... Args>
  explicit DetachedJob(Priority priority, Args&&... args)
      : JobRecord{&table, 0, nullptr, {JobState::pending, priority}, 0, 0, 0, 0} {
    std::construct_at(&function, std::forward<Args>(args)...);
  }
  ~DetachedJob() {}  // see ResultJob

  // In job_context.hpp. Nothing else calls the closure, so the compiler may put it there whole.
  static void run(JobRecord& record, Worker& worker) noexcept;
  static void discard(JobRecord& record) noexcept {
    std::destroy_at(&static_cast<DetachedJob&>(record).function);
  }
  static void drop_result(JobRecord&) noexcept {}
  static void renew([[maybe_unused]] JobRecord& record, [[maybe_unused]] void* closure) noexcept {
    if constexpr (may_yield<F>) {
      std::construct_at(&static_cast<DetachedJob&>(record).function,
                        std::move(*static_cast<F*>(closure)));
    }
  }
  static const JobOps table;
};
template <typename F>
constinit const JobOps DetachedJob<F>::table{
    &run,    nullptr, &discard,   &drop_result, sizeof(DetachedJob), alignof(DetachedJob),
    nullptr, &renew,  note_of<F>, kind_of<F>};

/// A job with handles.
template <typename F, typename R>
struct SharedJob : ResultJob<R> {
  union {
    F function;
  };

  template <typename... Args>
  explicit SharedJob(Priority priority, Args&&... args) : ResultJob<R>(table, priority) {
    std::construct_at(&function, std::forward<Args>(args)...);
  }
  ~SharedJob() {}  // see ResultJob

  static void run(JobRecord& record, Worker& worker) noexcept { worker.run_shared_entry(record); }
  static Outcome call(JobRecord& record, JobContext& context) noexcept {
    auto& self = static_cast<SharedJob&>(record);
    return run_closure(self.function, record, context, [&](auto call) {
      if constexpr (std::is_void_v<R>) {
        call();
      } else {
        std::construct_at(&self.result, call());
      }
    });
  }
  static void discard(JobRecord& record) noexcept {
    std::destroy_at(&static_cast<SharedJob&>(record).function);
  }
  static void drop_result(JobRecord& record) noexcept {
    if constexpr (!std::is_void_v<R>) std::destroy_at(&static_cast<SharedJob&>(record).result);
  }
  static void give_up(JobRecord& record, Engine& engine, const char* why) noexcept {
    static_cast<SharedJob&>(record).function.give_up(engine, why);
  }
  using GiveUp = void (*)(JobRecord&, Engine&, const char*) noexcept;
  static constexpr GiveUp give_up_if_asked() noexcept {
    if constexpr (has_future<F>) {
      return &give_up;
    } else {
      return nullptr;
    }
  }
  static void renew([[maybe_unused]] JobRecord& record, [[maybe_unused]] void* closure) noexcept {
    if constexpr (may_yield<F>) {
      std::construct_at(&static_cast<SharedJob&>(record).function,
                        std::move(*static_cast<F*>(closure)));
    }
  }
  static const JobOps table;
};
template <typename F, typename R>
constinit const JobOps SharedJob<F, R>::table{&run,
                                              &call,
                                              &discard,
                                              &drop_result,
                                              sizeof(SharedJob),
                                              alignof(SharedJob),
                                              give_up_if_asked(),
                                              &renew,
                                              note_of<F>,
                                              kind_of<F>};

/// Makes a job in a store, whose owner calls this, with a function that is made of `args`. Not
/// counted as created before it exists. The constructor of the function may make jobs of its own.
template <typename Job, typename... Args>
[[nodiscard, gnu::always_inline]] inline Job& make_job(JobStore& store, Priority priority,
                                                       Args&&... args) {
  constexpr bool in_heap = JobHeap::holds(sizeof(Job), alignof(Job));
  void* cell = in_heap ? store.heap.allocate(sizeof(Job))
                       : ::operator new (sizeof(Job), std::align_val_t{alignof(Job)});
  struct Undo {  // if the closure's constructor throws
    JobStore& store;
    void* cell;
    ~Undo() {
      if (cell == nullptr) return;
      if constexpr (in_heap) {
        store.heap.free(cell, sizeof(Job));
      } else {
        ::operator delete (cell, std::align_val_t{alignof(Job)});
      }
    }
  } undo{store, cell};
  auto* job = ::new (cell) Job(priority, std::forward<Args>(args)...);
  undo.cell = nullptr;
  job->id = store.next_id();  // not before: that constructor may have made jobs here
  store.count(job->id);
  return *job;
}

}  // namespace jackdaw::detail
