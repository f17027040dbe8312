#pragma once
/// \file
/// A batch of jobs on its way to another rank.

#include <array>    // array
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <span>     // span
#include <utility>  // move

#include "jackdaw/detail/job_record.hpp"  // JobRecord
#include "jackdaw/work_source.hpp"        // Bytes, PackedJob, Parcels

namespace jackdaw::detail {

class Engine;
class Overflow;

/// A job as it travels, or is kept. `long_payload` gets what has no room in `packed`.
/// \throws what its payload's codec throws
void pack_job(const JobRecord& job, PackedJob& packed, Bytes& long_payload);
/// Forgets a job without handles that was packed, and goes on elsewhere. Counts it.
void let_go(Engine& engine, JobRecord& job) noexcept;

class Packing {
 public:
  Packing(std::span<PackedJob> room, Parcels& parcels, Engine& engine)
      : room_(room), parcels_(parcels), engine_(engine) {}

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t room() const noexcept {
    return long_bytes_ < long_at_once ? room_.size() - count_ : 0;
  }
  [[nodiscard]] bool has_long() const noexcept { return long_bytes_ > 0; }

  /// Packs a job that the caller has taken from a deque. Then only its cell is left, to be freed.
  /// False: it does not move, or its payload cannot be written or kept; it can run here as it is.
  [[nodiscard]] bool take(JobRecord& job) noexcept;
  /// The oldest half of a block, rounded up; the rest goes back. Jobs of which
  /// the first does not move are left alone.
  void take_from(Overflow& list);
  /// Short jobs first. Who takes from the front gets fewer jobs each time, so that one batch has
  /// many short ones, and a long one goes alone: work is shared, not numbers. O(n log n), if jobs
  /// differ.
  void order_by_time();

 private:
  static constexpr std::size_t long_at_once = std::size_t{1} << 20;  // bytes, of long payloads
  void write(const JobRecord& job);

  std::span<PackedJob> room_;
  Parcels& parcels_;
  Engine& engine_;
  std::size_t count_ = 0;
  std::size_t long_bytes_ = 0;
  std::array<std::int64_t, 512> job_ns_;  // of each; a filling has no more
  Bytes bytes_;                           // of one payload; its memory serves for the next
};

}  // namespace jackdaw::detail
