#pragma once
/// \file
/// Runs a few threads of a lock-free algorithm under every interleaving, on one real thread.
///
/// Each access to an Explored atomic is a step. Before each step the explorer chooses who goes on,
/// and it comes back until every choice was made once. Plain stores first wait in their thread's
/// store buffer, as on x86, and leave it when the explorer chooses so, or when their thread does a
/// read-modify-write or a seq_cst store. A heavy barrier empties the buffers of all threads.
/// The choices are bounded by how often a thread is interrupted that could go on (a store of
/// another thread that lands in the middle of its run counts as well). A thread that spins (pause)
/// or sleeps (wait) is set aside until something changes; if all are set aside, the schedule is a
/// deadlock, or a lost wake-up, and the test fails.
///
/// Not covered: the further reorderings of weaker machines. ThreadSanitizer and review see to
/// those.

#include <gtest/gtest.h>
#include <setjmp.h>    // _setjmp, _longjmp: swapcontext would make a system call each time
#include <ucontext.h>  // makecontext

#include <atomic>       // memory_order
#include <cstddef>      // size_t
#include <cstdint>      // uint64_t
#include <cstring>      // memcpy
#include <functional>   // function
#include <memory>       // unique_ptr
#include <type_traits>  // is_trivially_copyable_v
#include <vector>       // vector

namespace jackdaw::testing {

class Explorer {
 public:
  using Body = std::function<void()>;

  struct Limits {
    /// How often a thread that could go on is interrupted, per schedule. Most bugs need two or
    /// three (Musuvathi and Qadeer, "Iterative Context Bounding", PLDI 2007).
    unsigned preemptions = ~0U;
    std::size_t schedules = 50'000'000;  ///< more, and the test fails: make the scene smaller
  };

  /// Runs `scenario` once per schedule. It hands its threads to run(), and checks what they did.
  /// Stops at the first schedule in which the test failed. \returns the number of schedules
  static std::size_t explore(const std::function<void(Explorer&)>& scenario, Limits limits) {
    Explorer explorer(limits);
    std::size_t schedules = 0;
    do {
      explorer.position_ = 0;
      scenario(explorer);
      if (++schedules > limits.schedules) {
        ADD_FAILURE() << "more than " << limits.schedules << " schedules";
        break;
      }
    } while (!::testing::Test::HasFailure() && explorer.next_schedule());
    return schedules;
  }
  static std::size_t explore(const std::function<void(Explorer&)>& scenario) {
    return explore(scenario, Limits{});
  }

  /// Runs the bodies to their ends, and lands all stores.
  void run(std::vector<Body> bodies) {
    active_ = this;
    changes_ = 0;
    preemptions_ = 0;
    current_ = none;
    switched_ = false;
    threads_.resize(bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) start(threads_[i], std::move(bodies[i]));
    while (step_once()) {
    }
    active_ = nullptr;
  }

  // --- what Explored and ExploredSync call -----------------------------------------------------

  struct Store {
    void* cell;
    std::uint64_t value;
    void (*land)(void*, std::uint64_t);
  };
  struct Thread {
    Body body;
    std::unique_ptr<char[]> stack;
    jmp_buf here;  // where it goes on; filled by the first switch
    std::vector<Store> stores;
    bool entered = false;
    std::size_t paused_at = none;     // the change it waits for comes after this one
    const void* asleep_on = nullptr;  // woken by wake(address)
    bool finished = false;
  };

  /// Hands control to the explorer. \returns the thread, or null outside run()
  static Thread* step() {
    if (active_ == nullptr || active_->running_ == nullptr) return nullptr;
    Thread* self = active_->running_;
    if (_setjmp(self->here) == 0) _longjmp(active_->here_, 1);
    return self;
  }
  static void land_all(Thread& t) {
    for (const Store& store : t.stores) land(store);
    t.stores.clear();
  }
  static void note_change() {
    if (active_ != nullptr) ++active_->changes_;
  }
  static void pause() {
    if (active_ == nullptr || active_->running_ == nullptr) return;
    Thread* self = active_->running_;
    self->paused_at = active_->changes_;
    step();
    self->paused_at = none;
  }
  static void heavy_barrier() {
    if (step() == nullptr) return;
    for (Thread& t : active_->threads_) land_all(t);
  }
  /// Sleeps if `still()`, asked in the same step.
  template <typename Still>
  static void wait(const void* address, Still still) {
    Thread* self = step();
    if (self == nullptr) return;
    land_all(*self);
    if (!still()) return;
    self->asleep_on = address;
    step();
  }
  static void wake(const void* address) {
    Thread* self = step();
    if (self == nullptr) return;
    land_all(*self);
    for (Thread& t : active_->threads_) {
      if (t.asleep_on == address) t.asleep_on = nullptr;
    }
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};
  static constexpr std::size_t stack_bytes = 128 * 1024;
  struct Choice {
    std::size_t taken, options;
  };

  explicit Explorer(Limits limits) : limits_(limits) {}

  void start(Thread& t, Body body) {
    t.body = std::move(body);
    if (t.stack == nullptr) t.stack.reset(new char[stack_bytes]);
    t.stores.clear();
    t.paused_at = none;
    t.asleep_on = nullptr;
    t.finished = false;
    t.entered = false;
  }
  static void enter() {
    active_->running_->body();
    active_->running_->finished = true;
    _longjmp(active_->here_, 1);
  }
  /// Lets `t` run up to its next step.
  void resume(Thread& t) {
    running_ = &t;
    if (_setjmp(here_) == 0) {
      if (t.entered) _longjmp(t.here, 1);
      t.entered = true;
      ucontext_t context;
      getcontext(&context);
      context.uc_stack.ss_sp = t.stack.get();
      context.uc_stack.ss_size = stack_bytes;
      context.uc_link = nullptr;
      makecontext(&context, &Explorer::enter, 0);
      setcontext(&context);
    }
    running_ = nullptr;
  }
  static void land(const Store& store) {
    store.land(store.cell, store.value);
    note_change();
  }
  [[nodiscard]] bool can_go_on(const Thread& t) const {
    return !t.finished && t.asleep_on == nullptr &&
           (t.paused_at == none || t.paused_at != changes_);
  }

  /// One choice, and what follows from it. False: nothing is left to do.
  bool step_once() {
    // Option i < n: thread i goes on; i >= n: the oldest store of thread i - n lands.
    const std::size_t n = threads_.size();
    const bool goes_on = current_ != none && can_go_on(threads_[current_]);
    const bool may_interrupt = preemptions_ < limits_.preemptions;
    options_.clear();
    if (goes_on) options_.push_back(current_);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == current_) continue;
      // Behind a switch others may only land their stores: they could have gone on before it.
      if (can_go_on(threads_[i]) && (!goes_on || (may_interrupt && !switched_)))
        options_.push_back(i);
      if (!threads_[i].stores.empty() && (!goes_on || may_interrupt || switched_))
        options_.push_back(n + i);
    }
    if (!goes_on && current_ != none && !threads_[current_].stores.empty())
      options_.push_back(n + current_);
    if (options_.empty()) {
      for (const Thread& t : threads_) {
        if (!t.finished) ADD_FAILURE() << "a thread waits for ever";
      }
      return false;
    }
    const std::size_t option = options_[choose(options_.size())];
    if (goes_on && !switched_ && option != current_) ++preemptions_;
    if (option >= n) {
      auto& stores = threads_[option - n].stores;
      land(stores.front());
      stores.erase(stores.begin());
      return true;
    }
    if (option != current_) {
      current_ = option;
      switched_ = true;
      return true;
    }
    switched_ = false;
    resume(threads_[current_]);
    return true;
  }
  std::size_t choose(std::size_t options) {
    if (options == 1) return 0;
    if (position_ == choices_.size()) choices_.push_back({0, options});
    return choices_[position_++].taken;
  }
  bool next_schedule() {
    choices_.resize(position_);
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().options)
      choices_.pop_back();
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }

  inline static Explorer* active_ = nullptr;
  Limits limits_;
  jmp_buf here_;
  std::vector<Thread> threads_;
  Thread* running_ = nullptr;
  std::size_t current_ = none;
  bool switched_ = false;  // to current_, which has not gone on yet
  std::size_t changes_ = 0;
  unsigned preemptions_ = 0;
  std::vector<std::size_t> options_;
  std::vector<Choice> choices_;
  std::size_t position_ = 0;
};

/// Stands in for std::atomic under the explorer.
template <typename T>
class Explored {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);

 public:
  Explored() noexcept : value_{} {}
  Explored(T value) noexcept : value_(value) {}  // NOLINT: as std::atomic
  Explored(const Explored&) = delete;
  Explored& operator=(const Explored&) = delete;

  T load(std::memory_order = std::memory_order_seq_cst) const {
    if (auto* self = Explorer::step()) {
      for (auto it = self->stores.rbegin(); it != self->stores.rend(); ++it) {
        if (it->cell == this) return from_bits(it->value);
      }
    }
    return value_;
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    auto* self = Explorer::step();
    if (self == nullptr) {
      value_ = value;
      return;
    }
    self->stores.push_back({this, to_bits(value), [](void* cell, std::uint64_t bits) {
                              static_cast<Explored*>(cell)->value_ = from_bits(bits);
                            }});
    if (order == std::memory_order_seq_cst) Explorer::land_all(*self);
  }
  bool compare_exchange_strong(T& expected, T desired,
                               std::memory_order = std::memory_order_seq_cst,
                               std::memory_order = std::memory_order_seq_cst) {
    begin_rmw();
    if (value_ != expected) {
      expected = value_;
      return false;
    }
    change(desired);
    return true;
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                             std::memory_order = std::memory_order_seq_cst) {
    return compare_exchange_strong(expected, desired);
  }
  T exchange(T value, std::memory_order = std::memory_order_seq_cst) {
    begin_rmw();
    return change(value);
  }
  T fetch_add(T x, std::memory_order = std::memory_order_seq_cst) {
    begin_rmw();
    return change(static_cast<T>(value_ + x));
  }
  T fetch_or(T x, std::memory_order = std::memory_order_seq_cst) {
    begin_rmw();
    return change(static_cast<T>(value_ | x));
  }
  T fetch_and(T x, std::memory_order = std::memory_order_seq_cst) {
    begin_rmw();
    return change(static_cast<T>(value_ & x));
  }

  /// The value that has landed; for ExploredSync::wait.
  [[nodiscard]] T landed() const { return value_; }

 private:
  static void begin_rmw() {
    if (auto* self = Explorer::step()) Explorer::land_all(*self);
  }
  T change(T to) {
    const T old = value_;
    value_ = to;
    if (old != to) Explorer::note_change();
    return old;
  }
  static std::uint64_t to_bits(T value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    return bits;
  }
  static T from_bits(std::uint64_t bits) {
    T value{};
    std::memcpy(&value, &bits, sizeof(T));
    return value;
  }

  T value_;
};

/// Stands in for detail::Sync under the explorer.
struct ExploredSync {
  template <typename T>
  using Atomic = Explored<T>;
  template <typename T>
  using LateAtomic = Explored<T>;
  static void pause() { Explorer::pause(); }
  static void yield() { Explorer::pause(); }
  static void light_barrier() {}  // orders the compiler alone, and each access is a step here
  static void heavy_barrier() { Explorer::heavy_barrier(); }
  static bool heavy_barrier_works() { return true; }
  static void wait(const Explored<unsigned>& word, unsigned expected, long) {
    Explorer::wait(&word, [&] { return word.landed() == expected; });
  }
  static void wake(const Explored<unsigned>& word) { Explorer::wake(&word); }
  static void wake_all(const Explored<unsigned>& word) { Explorer::wake(&word); }
};

}  // namespace jackdaw::testing
