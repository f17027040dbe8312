#pragma once
/// \file
/// Movable jobs as closures: those that somebody waits for, and how both kinds become bytes.

#include <cstdint>      // uint64_t
#include <exception>    // current_exception, exception_ptr
#include <memory>       // make_shared, shared_ptr
#include <span>         // span
#include <stdexcept>    // runtime_error
#include <type_traits>  // conditional_t, is_object_v, is_same_v, is_void_v, remove_cvref_t
#include <typeinfo>     // type_info
#include <utility>      // forward, move

#include "jackdaw/detail/closure.hpp"  // DetachedJob, make_job
#include "jackdaw/detail/engine.hpp"   // Engine, Worker
#include "jackdaw/job.hpp"             // JobOptions
#include "jackdaw/movable.hpp"         // MovableJob
#include "jackdaw/remote_future.hpp"   // RemoteFuture

namespace jackdaw::detail {

/// What submit gives for a movable function.
template <auto Function>
using FutureOf = std::conditional_t<
    std::is_void_v<typename MovableJob<Function>::Result>, void,
    RemoteFuture<std::conditional_t<std::is_void_v<typename MovableJob<Function>::Result>, NoResult,
                                    typename MovableJob<Function>::Result>>>;

/// Whether the arguments of a movable job come after options.
template <typename... Args>
inline constexpr bool begins_with_options = false;
template <typename First, typename... Rest>
inline constexpr bool begins_with_options<First, Rest...> =
    std::is_same_v<std::remove_cvref_t<First>, JobOptions>;

[[nodiscard]] bool has_yielded(const JobContext& context) noexcept;
/// \throws TimedOut  the job has passed its time limit
void expect_in_time(const JobContext& context);

/// What a job with a future threw, after the future was told.
class Answered {
 public:
  explicit Answered(std::exception_ptr error) noexcept : error_(std::move(error)) {}
  [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

 private:
  std::exception_ptr error_;
};

/// A movable job with a future: shared by its entries and the table of those that are awaited. Its
/// own type, so that one without pays nothing.
template <auto Function>
class AskedJob {
 public:
  using Payload = typename MovableJob<Function>::Payload;
  using Result = typename MovableJob<Function>::Result;
  static_assert(std::is_object_v<Result> && std::is_move_constructible_v<Result>,
                "the result of a movable job travels: it must be a value that can be moved");

  template <typename... Args>
  explicit AskedJob(const Reply& to, Args&&... args) : to_(to), job_(std::forward<Args>(args)...) {}

  /// Answers before the job counts as finished: while no job is left, no answer is missing.
  void operator()(JobContext& context) {
    Worker& worker = *this_worker;
    const Worker::Answering answering(worker, to_);
    struct Forget {  // unless it goes on
      Engine& engine;
      const Reply& to;
      bool is_over = true;
      ~Forget() {
        if (is_over) engine.forget_awaited(to);
      }
    } forget{worker.engine(), to_};
    try {
      auto result = job_.call(context);
      if (has_yielded(context)) {
        forget.is_over = false;
        return;
      }
      worker.leave_watch();  // the answer and the state will agree
      expect_in_time(context);
      worker.engine().answer<Result>(to_, std::move(result));
    } catch (...) {
      worker.engine().answer_exception(to_);
      throw Answered(std::current_exception());
    }
  }
  void give_up(Engine& engine, const char* why) noexcept {
    engine.answer_failure(to_, why);
    engine.forget_awaited(to_);
  }

  [[nodiscard]] const Payload& payload() const noexcept { return job_.payload(); }
  [[nodiscard]] const Reply& to() const noexcept { return to_; }

 private:
  Reply to_;
  MovableJob<Function> job_;
};
template <auto Function>
inline constexpr const JobKind* kind_of<AskedJob<Function>> = &MovableJob<Function>::kind;
template <auto Function>
inline constexpr KindNote* note_of<AskedJob<Function>> = &MovableJob<Function>::note;
template <auto Function>
inline constexpr bool may_yield<AskedJob<Function>> = true;
template <auto Function>
inline constexpr bool has_future<AskedJob<Function>> = true;

template <auto Function>
using AskedRecord = SharedJob<AskedJob<Function>, void>;

/// The caller has a reference for AwaitedJobs, and one for the entry.
template <auto Function, typename... Args>
[[nodiscard]] AskedRecord<Function>& make_asked(JobStore& store, Priority priority, const Reply& to,
                                                Args&&... args) {
  auto& job = make_job<AskedRecord<Function>>(store, priority, to, std::forward<Args>(args)...);
  // Relaxed: counts records for Engine::close, which is ordered after all that makes any.
  store.shared_alive.fetch_add(1, std::memory_order_relaxed);
  return job;
}

/// A future in the making: forgotten again unless the job comes to be.
template <typename R>
class Promise {
 public:
  explicit Promise(Engine& engine)
      : engine_(engine),
        state_(std::make_shared<ReplyOf<R>>(engine)),
        to_{engine.replies.add(state_), Reply::here} {}
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;
  ~Promise() {
    if (state_ != nullptr) (void)engine_.replies.take(to_.number);
  }
  [[nodiscard]] const Reply& to() const noexcept { return to_; }
  /// The job is made.
  [[nodiscard]] RemoteFuture<R> future() noexcept { return RemoteFuture<R>(std::move(state_)); }

 private:
  Engine& engine_;
  std::shared_ptr<ReplyOf<R>> state_;
  Reply to_;
};

/// How the jobs of a movable function are packed, and made again from bytes.
template <auto Function>
struct Packer {
  using Plain = DetachedJob<MovableJob<Function>>;
  static constexpr bool returns = !std::is_void_v<typename MovableJob<Function>::Result>;

  static void pack(const JobRecord& record, PackedJob& packed, Bytes& long_payload) {
    if constexpr (returns) {
      using Asked = AskedRecord<Function>;
      if (record.ops == &Asked::table) {
        const auto& function = static_cast<const Asked&>(record).function;
        packed.reply_rank = function.to().rank;
        packed.reply = function.to().number;
        return pack_payload(function.payload(), packed, long_payload);
      }
    }
    pack_payload(static_cast<const Plain&>(record).function.payload(), packed, long_payload);
  }
  static JobRecord& unpack(JobStore& store, const PackedJob& packed,
                           std::span<const std::byte> payload) {
    const auto priority = static_cast<Priority>(packed.job_class);
    if (packed.reply_rank == Reply::nobody)
      return make_job<Plain>(store, priority, PackedPayload{payload});
    if constexpr (returns) {
      return make_asked<Function>(store, priority, Reply{packed.reply, packed.reply_rank},
                                  PackedPayload{payload});
    }
    throw std::runtime_error("somebody waits for its result, but it has none");
  }
};

template <auto Function>
constinit JobKind MovableJob<Function>::kind{name_of_function<Function>(), 0,
                                             Codec<Payload>::fixed ? sizeof(Payload) : 0,
                                             &Packer<Function>::pack, &Packer<Function>::unpack};
// The kind is there before any code runs, so its place in the list stays.
template <auto Function>
const bool MovableJob<Function>::registered = register_kind(kind,
                                                            typeid(FunctionTag<Function>).name());

}  // namespace jackdaw::detail
