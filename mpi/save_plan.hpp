#pragma once
/// \file
/// When the ranks are to make a checkpoint, and whether they go on afterwards.

#include <atomic>      // atomic
#include <cstdint>     // int64_t
#include <functional>  // function
#include <utility>     // move

#include "signal_watch.hpp"  // SignalWatch

namespace jackdaw::mpi {

/// Of one rank. Thread-safety: ask() from any thread; the rest is for the courier.
class SavePlan {
 public:
  struct Settings {
    std::int64_t every_ns = 0;  ///< 0: only when it is asked for
    std::int64_t grace_ns = 0;  ///< the jobs that run may take so long to end
    bool heeds_signals = true;
    std::function<void()> give_up{};  ///< nothing could be saved in time, and the ranks must leave
  };
  explicit SavePlan(Settings settings) : settings_(std::move(settings)) {}

  void ask() noexcept {
    asked_.store(true, std::memory_order_relaxed);
  }  // relaxed: looked at again
  /// It counts once: when the checkpoint that it has begun is called off, it does not begin the
  /// next.
  [[nodiscard]] bool take_request() noexcept {
    return asked_.load(std::memory_order_relaxed) &&  // a look; exchange decides
           asked_.exchange(false, std::memory_order_relaxed);
  }
  [[nodiscard]] bool must_leave() const noexcept {
    return settings_.heeds_signals && SignalWatch::caught() != 0;
  }
  [[nodiscard]] bool is_due(std::int64_t now_ns) const noexcept {
    return settings_.every_ns > 0 && now_ns >= due_ns_;
  }
  [[nodiscard]] bool is_too_long(std::int64_t ns) const noexcept { return ns > settings_.grace_ns; }

  /// It was made, or has failed: the next one is due after a whole interval.
  void put_off(std::int64_t now_ns) noexcept {
    due_ns_ = now_ns + settings_.every_ns;
    asked_.store(false, std::memory_order_relaxed);  // who asks now, may be content with this one
  }
  void give_up() const { settings_.give_up(); }

 private:
  Settings settings_;
  std::atomic<bool> asked_{false};
  std::int64_t due_ns_ = 0;
};

}  // namespace jackdaw::mpi
