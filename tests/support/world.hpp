#pragma once
/// \file
/// A world of ranks in one thread, in virtual time, from a seed: each rank is a function on a stack
/// of its own, which goes on when the time it waits for has come.

#include <setjmp.h>    // _setjmp, _longjmp: swapcontext would make a system call each time
#include <ucontext.h>  // makecontext

#include <cstddef>     // byte, size_t
#include <cstdint>     // int64_t, uint64_t
#include <functional>  // function, greater
#include <memory>      // unique_ptr
#include <queue>       // priority_queue
#include <random>      // mt19937_64
#include <utility>     // move
#include <vector>      // vector

namespace jackdaw::testing {

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Another rank. Its body must return, or stop().
  void add(std::function<void()> body) {
    ranks_.push_back(std::make_unique<Rank>());
    ranks_.back()->body = std::move(body);
    ranks_.back()->stack = std::make_unique<std::byte[]>(stack_bytes);
    at(now_, [this, rank = ranks_.back().get()] { resume(*rank); });
  }
  /// Until nothing is left to happen, or `limit_ns`. \returns false at the limit
  bool run(std::int64_t limit_ns) {
    while (!events_.empty()) {
      if (events_.top().time > limit_ns) return false;
      const auto what = std::move(events_.top().what);
      now_ = events_.top().time;
      events_.pop();
      what();
    }
    return true;
  }
  [[nodiscard]] std::int64_t now() const noexcept { return now_; }
  /// From 0 to `most`.
  [[nodiscard]] std::uint64_t draw(std::uint64_t most) { return random_() % (most + 1); }

  /// Lets something happen later.
  void at(std::int64_t time, std::function<void()> what) {
    events_.push({time, ++events_made_, std::move(what)});
  }

  // --- for the ranks ---------------------------------------------------------------------------

  void wait(std::int64_t ns) {
    at(now_ + ns, [this, rank = running_] { resume(*rank); });
    leave();
  }
  /// The calling rank never goes on.
  void stop() { leave(); }

 private:
  static constexpr std::size_t stack_bytes = 64 * 1024;
  struct Rank {
    std::function<void()> body;
    std::unique_ptr<std::byte[]> stack;
    jmp_buf here;
    bool started = false;
  };
  struct Event {
    std::int64_t time;
    std::uint64_t number;  // what was said first happens first
    mutable std::function<void()> what;
    bool operator>(const Event& other) const {
      return time != other.time ? time > other.time : number > other.number;
    }
  };

  void leave() {
    if (_setjmp(running_->here) == 0) _longjmp(scheduler_, 1);
  }
  void resume(Rank& rank) {
    running_ = &rank;
    if (_setjmp(scheduler_) != 0) return;
    if (rank.started) _longjmp(rank.here, 1);
    rank.started = true;
    ucontext_t context;
    getcontext(&context);
    context.uc_stack.ss_sp = rank.stack.get();
    context.uc_stack.ss_size = stack_bytes;
    entering_ = this;
    makecontext(&context, &World::enter, 0);
    setcontext(&context);
  }
  static void enter() {
    World& world = *entering_;
    world.running_->body();
    world.leave();  // nobody resumes it
  }

  static inline World* entering_ = nullptr;
  std::mt19937_64 random_;
  std::int64_t now_ = 0;
  std::uint64_t events_made_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<std::unique_ptr<Rank>> ranks_;
  Rank* running_ = nullptr;
  jmp_buf scheduler_;
};

}  // namespace jackdaw::testing
