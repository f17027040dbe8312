#pragma once
/// \file
/// The rank's housekeeping thread: time limits, ageing, rebalancing, events, and other ranks while
/// all workers are deep in long jobs.

#include <atomic>   // atomic
#include <chrono>   // steady_clock
#include <cstdint>  // int64_t
#include <thread>   // jthread

#include "ageing.hpp"       // Ageing
#include "rebalancing.hpp"  // Rebalancing
#include "time_limits.hpp"  // TimeLimits

namespace jackdaw::detail {

class Engine;

/// Lives as long as the workers. It is not pinned, and sleeps but for some microseconds at a time:
/// shortly while there is much to see to, for up to a second while the pool is idle.
class Steward {
 public:
  explicit Steward(Engine& engine);
  Steward(const Steward&) = delete;
  Steward& operator=(const Steward&) = delete;
  ~Steward();

  // Thread-safety: any thread.

  /// There are jobs, or will be, with a time limit as short as this: looks often enough for that.
  void attend_to(std::int64_t timeout_ns) noexcept;
  void watch_deadline(std::int64_t deadline_ns, JobRef job);
  [[nodiscard]] std::vector<Overstay> overstays() const { return limits_.overstays(); }
  /// Come by now.
  void ring() noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  void live(const std::stop_token& stop);
  void attend_source(Clock::time_point now);
  void keep_order(Clock::time_point now);
  [[nodiscard]] bool is_idle() const noexcept;
  [[nodiscard]] std::chrono::nanoseconds nap(Clock::time_point now) noexcept;

  Engine& engine_;
  TimeLimits limits_;
  Ageing ageing_;
  Rebalancing rebalancing_;
  Clock::time_point next_ageing_{}, next_rebalancing_{};
  /// Between two looks. Relaxed: who makes it shorter rings afterwards.
  std::atomic<std::int64_t> interval_ns_;
  std::chrono::nanoseconds idle_nap_{};
  std::atomic<bool> rests_{false};  ///< relaxed, a hint: it sleeps long, as the pool is idle
  Clock::time_point next_attendance_{};
  std::atomic<unsigned> bell_{0};  // (R): store, then wake -> load before the wait; unsigned: futex
  std::jthread thread_;            // last: it uses all the others
};

}  // namespace jackdaw::detail
