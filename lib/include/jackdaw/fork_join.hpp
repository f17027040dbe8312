#pragma once
/// \file
/// Two functions, perhaps at once: the parallelism of recursive algorithms.
///
/// Source: Frigo, Leiserson, Randall, "The Implementation of the Cilk-5 Multithreaded Language",
/// PLDI 1998, with the child stolen rather than the continuation, so that plain functions will do.

#include <concepts>     // invocable
#include <cstdint>      // int64_t
#include <exception>    // exception_ptr
#include <memory>       // construct_at, destroy_at
#include <type_traits>  // conditional_t, decay_t, is_trivially_copyable_v, is_void_v
#include <utility>      // forward, move, pair

#include "jackdaw/detail/worker.hpp"  // Worker, Task, this_worker

namespace jackdaw {
namespace detail {

struct Nothing {};  ///< the result of a function that returns void, beside one that does not
template <typename R>
using Something = std::conditional_t<std::is_void_v<R>, Nothing, std::decay_t<R>>;

template <typename F>
using ForkResult = Something<std::invoke_result_t<F&>>;

template <typename F>
ForkResult<F> call_fork(F& function) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
    function();
    return {};
  } else {
    return function();
  }
}

/// A forked function, and room for what becomes of it in the hands of a thief.
/// \tparam Kept  the function, if it is small, or a reference to it
template <typename Kept>
class ForkedTask : public Task {
 public:
  using Result = ForkResult<std::remove_reference_t<Kept>>;

  template <typename G>
  explicit ForkedTask(G& from) noexcept : function(from) {
    run = &run_it;
  }
  ForkedTask(const ForkedTask&) = delete;
  ForkedTask& operator=(const ForkedTask&) = delete;
  ~ForkedTask() {}

  Kept function;

  /// After join(): what the thief got. \throws what the function threw
  Result take_result() {
    if (has_error_) {
      const std::exception_ptr error = std::move(error_);
      std::destroy_at(&error_);
      std::rethrow_exception(error);
    }
    Result result = std::move(result_);
    std::destroy_at(&result_);
    return result;
  }
  /// After join(): drops it.
  void drop_result() noexcept {
    if (has_error_) {
      std::destroy_at(&error_);
    } else {
      std::destroy_at(&result_);
    }
  }

 private:
  static void run_it(Task& task) noexcept {
    auto& self = static_cast<ForkedTask&>(task);
    try {
      std::construct_at(&self.result_, call_fork(self.function));
      self.has_error_ = false;
    } catch (...) {
      std::construct_at(&self.error_, std::current_exception());
      self.has_error_ = true;
    }
  }

  bool has_error_;  // the thief writes it; nobody reads it unless there was a thief
  union {
    Result result_;
    std::exception_ptr error_;
  };
};

/// A few values are copied into the task: then the closure itself need not be in memory. F is as
/// fork_join deduced it, so a reference for what the caller goes on to use.
template <typename F>
using KeptFunction =
    std::conditional_t<std::is_trivially_copyable_v<F> && sizeof(F) <= 4 * sizeof(void*), F,
                       std::remove_reference_t<F>&>;

template <typename F, typename G>
using ForkResults = std::pair<ForkResult<F>, ForkResult<G>>;

/// The rare ways through a fork; kept out of the way of the usual one.
template <typename F, typename G>
[[gnu::cold, gnu::noinline]] ForkResults<F, G> call_both(F& first, G& second) {
  ForkResult<F> a = call_fork(first);
  return {std::move(a), call_fork(second)};
}
/// The same object, without the compiler's knowing. For the rare paths of a fork: it would keep the
/// address that they need in a register all the while, which each call would have to save.
template <typename T>
[[gnu::always_inline]] inline T& find_again(T& task) noexcept {
#if defined(__x86_64__)
  void* address;
  asm("lea %1, %0" : "=r"(address) : "m"(task.run));  // the first member of the base
  return *static_cast<T*>(static_cast<Task*>(address));
#else
  return task;
#endif
}

/// The first function threw: the second is dropped if nobody has started it, else waited for.
template <typename T>
[[gnu::cold, gnu::noinline]] void abandon(Worker& worker, T& task, std::int64_t index) noexcept {
  if (worker.unfork(index)) return;
  worker.join(task);
  task.drop_result();
}
template <typename T>
[[gnu::cold, gnu::noinline]] typename T::Result join_stolen(Worker& worker, T& task) {
  worker.join(task);
  return task.take_result();
}

template <typename T, typename F>
[[gnu::always_inline]] inline ForkResult<F> call_first(Worker& worker, T& task, std::int64_t index,
                                                       F& first) {
  try {
    return call_fork(first);
  } catch (...) {
    abandon(worker, find_again(task), index);
    throw;
  }
}

/// The usual way: one plain call of each, and a few plain stores.
template <typename Kept, typename F, typename G>
[[gnu::always_inline]] inline ForkResults<F, G> fork_both(F& first, G& second) {
  Worker* const worker = this_worker;
  if (worker == nullptr) [[unlikely]]
    return call_both(first, second);
  ForkedTask<Kept> task(second);
  const std::int64_t index = worker->next_fork();
  if (worker->fork(task, index)) [[unlikely]] {
    if (!worker->attend_fork()) return call_both(first, task.function);
  }
  ForkResult<F> a = call_first(*worker, task, index, first);
  if (worker->unfork(index)) [[likely]]
    return {std::move(a), call_fork(task.function)};
  return {std::move(a), join_stolen(*worker, find_again(task))};
}

}  // namespace detail

/// Calls `first` here, and `second` here afterwards, or on another worker meanwhile if one has
/// nothing to do. Returns when both are done. Costs about 2 ns more than two calls.
///
/// \returns std::pair of both results; an empty struct stands for void beside a value; void if both
///          return void
/// \throws  what `first` threw (then `second` may not have run), else what `second` threw
/// On a thread that is no worker, the two are called one after the other.
template <std::invocable F, std::invocable G>
[[gnu::always_inline]] inline auto fork_join(F&& first, G&& second) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&>> &&
                std::is_void_v<std::invoke_result_t<G&>>) {
    (void)detail::fork_both<detail::KeptFunction<G>>(first, second);
  } else {
    return detail::fork_both<detail::KeptFunction<G>>(first, second);
  }
}

}  // namespace jackdaw
