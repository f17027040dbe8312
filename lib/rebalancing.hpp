#pragma once
/// \file
/// Moves queued jobs from workers that have much to workers that have little, now and then.

#include <chrono>   // nanoseconds
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <vector>   // vector

#include "jackdaw/detail/engine.hpp"  // Engine

namespace jackdaw::detail {

struct Move;
struct Queue;

/// One thread looks.
class Rebalancing {
 public:
  explicit Rebalancing(Engine& engine) noexcept
      : engine_(engine), interval_(engine.config.rebalance_interval) {}

  /// Moves what should be moved. Afterwards interval() is shorter if there was something, longer if
  /// there was not.
  void look();
  /// Until the next look; zero: none is wanted.
  [[nodiscard]] std::chrono::nanoseconds interval() const noexcept { return interval_; }

 private:
  [[nodiscard]] std::vector<Queue> queues() const;
  [[nodiscard]] std::int64_t carry_out(const Move& move);
  void give(std::size_t worker, std::size_t job_class, std::vector<JobRecord*> jobs);

  Engine& engine_;
  std::chrono::nanoseconds interval_;
};

}  // namespace jackdaw::detail
