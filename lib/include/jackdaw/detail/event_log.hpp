#pragma once
/// \file
/// Steps on their way to those who want to see them. Nothing is lost, and the order is one.

#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <map>      // map
#include <mutex>    // mutex
#include <vector>   // vector

#include "jackdaw/detail/sync.hpp"  // cache_line
#include "jackdaw/events.hpp"       // Event, EventFunction

namespace jackdaw::detail {

class Engine;

/// Thread-safety: any thread. A step costs a lock that is seldom contended, and a clock.
class EventLog {
 public:
  /// \param workers  each has a list of its own; other threads share one
  EventLog(Engine& engine, std::size_t workers) : engine_(&engine), lists_(workers + 1) {}

  /// Somebody listens. Callers ask first, so that a pool that nobody watches pays one load.
  [[nodiscard]] bool is_on() const noexcept {
    return listeners_count_.load(std::memory_order_relaxed) != 0;  // a listener misses what was
  }                                                                // made before it was seen
  /// Gives it its number and its time.
  void add(Event event) noexcept;

  /// \returns a number for unsubscribe
  [[nodiscard]] std::uint64_t subscribe(EventFunction function);
  void unsubscribe(std::uint64_t number) noexcept;
  /// Calls the listeners for all that was added so far. Not from a listener.
  void deliver();
  /// The engine goes, and adds nothing any more.
  void detach() noexcept;

 private:
  struct alignas(cache_line) List {
    std::mutex mutex;
    std::vector<Event> events;
  };
  void deliver_held();

  Engine* engine_;  // under delivery_; null: it is gone
  std::vector<List> lists_;
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::size_t> listeners_count_{0};
  std::mutex delivery_;  // of what follows
  std::map<std::uint64_t, EventFunction> listeners_;
  std::uint64_t last_listener_ = 0;
  std::vector<Event> backlog_;  // not delivered yet: an earlier one is still being added
  std::uint64_t delivered_ = 0;
};

}  // namespace jackdaw::detail
