#pragma once
/// \file
/// Sees to it that jobs which run too long are asked to stop, and told of while they run on.

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <mutex>        // mutex
#include <string_view>  // string_view
#include <vector>       // vector

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/overstay.hpp"       // Overstay

namespace jackdaw::detail {

/// A job that is seen twice is looked at once, for its limits; that it began before the first time
/// is not seen, so a job may run for one interval between two looks longer than it should.
/// Thread-safety: one thread looks; overstays() and watch_deadline() may be called by any.
class TimeLimits {
 public:
  explicit TimeLimits(Engine& engine) : engine_(engine), seen_(engine.workers.size()) {}

  /// Looks at every worker, and at the jobs whose deadline has passed before they started.
  void look();
  [[nodiscard]] std::vector<Overstay> overstays() const;
  /// Of a job with handles. `job` is let go soon after the deadline, or some time after its end.
  void watch_deadline(std::int64_t deadline_ns, JobRef job);
  /// Lets all jobs go. Afterwards nothing looks any more.
  void clear();

 private:
  /// What is known of the job that a worker runs.
  struct Sighting {
    Worker::Sight sight;
    bool is_known = false;  // its limits are
    Limits limits;
    bool is_overdue = false;
    std::int64_t told_after_ns = 0;  // past its limit, when it was told of last
    Overstay overstay;
    std::string_view name;  // lives as the pool
    Priority priority = Priority::normal;
  };
  struct Deadline {
    std::int64_t ns;
    JobRef job;
  };

  void look_at(unsigned worker, std::int64_t now, std::int64_t clock_now);
  void learn(Worker& worker, Sighting& seen);
  void ask_to_stop(Worker& worker, Sighting& seen);
  void tell(Sighting& seen, std::int64_t past);
  void expire(std::int64_t clock_now);
  void add(Deadline deadline);  // under the mutex, as is the next
  [[nodiscard]] std::vector<Deadline> prune();

  static constexpr std::size_t fewest_pruned = 1024;

  Engine& engine_;
  std::vector<Sighting> seen_;  // by worker
  mutable std::mutex mutex_;    // of what follows
  std::vector<Overstay> overstays_;
  std::vector<Deadline> deadlines_;  // a heap, the next one first
  std::size_t prune_at_ = fewest_pruned;
};

}  // namespace jackdaw::detail
