#pragma once
/// \file
/// Jobs that have waited long get the next higher priority, so that none waits for ever.

#include <array>    // array
#include <chrono>   // steady_clock
#include <cstdint>  // int64_t
#include <deque>    // deque
#include <vector>   // vector

#include "jackdaw/detail/engine.hpp"  // Engine

namespace jackdaw::detail {

/// Jobs bear no time: making them reads no clock. So this remembers, of each deque, where its
/// bottom was and when; what lies below such a mark has been there since. The owner takes from the
/// bottom, and each look lowers the marks to where it is then. If the owner went below a mark and
/// came back between two looks, younger jobs may be promoted with the others: sooner than they
/// should be, never later. One thread looks.
class Ageing {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Ageing(Engine& engine);

  /// Promotes what has waited long enough.
  void look(Clock::time_point now);
  /// Nothing waits: what comes now has not been here before.
  void forget() noexcept;
  /// Between two looks; zero: none are wanted.
  [[nodiscard]] std::chrono::nanoseconds interval() const noexcept { return age_ / 8; }

 private:
  struct Mark {
    Clock::time_point time;
    std::int64_t bottom;
  };
  using Marks = std::deque<Mark>;  // of one deque, the oldest first

  void look_at(JobDeque& deque, Marks& marks, std::size_t job_class, Clock::time_point now);
  void promote(JobRecord& job, std::size_t job_class);

  Engine& engine_;
  std::chrono::nanoseconds age_;
  bool is_blank_ = true;
  std::vector<std::array<Marks, priority_count>> marks_;  // by store
};

}  // namespace jackdaw::detail
