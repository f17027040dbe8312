#pragma once
/// \file
/// The courier of a rank, behind the door through which its pool asks for work. Whoever plays the
/// courier holds a try-lock, so one thread at a time calls MPI.

#include <atomic>      // atomic
#include <chrono>      // nanoseconds
#include <exception>   // exception_ptr
#include <functional>  // function
#include <mutex>       // mutex
#include <thread>      // thread::id
#include <utility>     // move, pair
#include <vector>      // vector

#include "courier.hpp"              // Courier
#include "jackdaw/work_source.hpp"  // WorkSource
#include "kinds.hpp"                // Kinds
#include "save_plan.hpp"            // SavePlan

namespace jackdaw::mpi {

class RankSource final : public WorkSource {
 public:
  struct Settings {
    int rank = 0;
    unsigned workers = 1;
    std::int64_t interval_ns = 50'000;  ///< between two services of a busy worker
    std::int64_t attendance_ns = 0;     ///< between two looks of the steward; 0: it has no business
    bool fail_fast = false;             ///< the first job that throws stops all ranks
    bool any_thread = true;             ///< false: only the thread that makes this may call MPI
  };
  RankSource(Courier& courier, const Kinds& kinds, const Settings& settings);

  bool fetch(PoolDoor& door) noexcept override;
  unsigned serve(PoolDoor& door) noexcept override;
  void send_reply(const Reply& to, bool failed, Bytes bytes) noexcept override;
  void send_place(const Reply& to) noexcept override;
  void send_wish(const Reply& to, unsigned job_class) noexcept override;
  void take_back() noexcept override {
    takes_back_.store(true, std::memory_order_relaxed);  // (E)
  }
  [[nodiscard]] int rank() const noexcept override { return settings_.rank; }
  [[nodiscard]] bool is_done() const noexcept override {
    return done_.load(std::memory_order_acquire);  // (D)
  }
  void attend(PoolDoor& door) noexcept override;
  [[nodiscard]] std::chrono::nanoseconds attendance_interval() const noexcept override {
    return std::chrono::nanoseconds(plan_ == nullptr || settings_.attendance_ns > 0
                                        ? settings_.attendance_ns
                                        : plan_attendance_ns);
  }
  void hear_of_failure() noexcept override {
    if (settings_.fail_fast) failed_.store(true, std::memory_order_relaxed);  // (E)
  }
  /// A job of this rank that starts in the next run().
  void hold(const PackedJob& job, Bytes long_payload) {
    held_.emplace_back(job, std::move(long_payload));
  }
  /// Before run(); no worker is here yet. \param plan  lives as long as the run; null: no
  /// checkpoints
  void restart(SavePlan* plan) noexcept;
  /// Calls `function` as the courier. \throws std::logic_error  this thread may not call MPI
  void with_mpi(const std::function<void()>& function);
  /// Collective, after run(). \throws what MPI said, if it failed
  void part();

 private:
  static constexpr std::int64_t plan_attendance_ns = 5'000'000;  // of one rank alone
  void heed(Home& home);
  void heed_plan(Home& home);
  void add(Notice notice) noexcept;
  void serve_as_courier(PoolDoor& door) noexcept;
  class Visit;
  class Stay;
  class PoolHome;

  Courier& courier_;
  const Kinds& kinds_;
  SavePlan* plan_ = nullptr;
  std::uint64_t called_off_ = 0;  ///< checkpoints, as far as the plan knows
  Settings settings_;
  std::thread::id maker_;
  std::atomic<bool> taken_{false};  ///< (C) exchange acquires, store releases: all of the courier
  std::atomic<bool> done_{false};   ///< (D) store releases -> is_done(): the error is written
  std::atomic<std::uint64_t> visits_{
      0};                          ///< relaxed: who holds the role writes, the steward compares
  std::uint64_t visits_seen_ = 0;  ///< the steward's
  std::atomic<bool> takes_back_{false};  ///< (E)
  std::atomic<bool> failed_{false};      ///< (E) relaxed: it carries nothing; each visit looks
  std::exception_ptr error_;
  std::vector<std::pair<PackedJob, Bytes>> held_;
  std::mutex notices_mutex_;  // of what follows
  std::vector<Notice> notices_;
  struct Service {
    std::int64_t last_ns = 0;
    unsigned jobs = 1;
  };
  std::vector<Service> services_;  // by worker; each its own
};

}  // namespace jackdaw::mpi
