#pragma once
/// \file
/// What few jobs have. Made on demand; lives as long as its job.

#include <array>       // array
#include <atomic>      // atomic
#include <chrono>      // nanoseconds, system_clock
#include <cstddef>     // size_t
#include <cstdint>     // int64_t, uint32_t
#include <exception>   // exception_ptr
#include <memory>      // shared_ptr
#include <mutex>       // mutex
#include <optional>    // optional
#include <stop_token>  // stop_source
#include <utility>     // exchange, swap
#include <vector>      // vector

#include "jackdaw/codec.hpp"       // Bytes
#include "jackdaw/job.hpp"         // JobRef
#include "jackdaw/packed_job.hpp"  // PackedJob

namespace jackdaw::detail {

struct JobRecord;

/// How long a job may run, and until when. A copy goes with a job that moves to another rank.
struct Limits {
  static constexpr std::int64_t usual = -1;  ///< of its kind, or else of the pool
  static constexpr std::int64_t none = 0;
  std::int64_t timeout_ns = usual;
  std::int64_t deadline_ns = none;  ///< of the system clock
  std::int64_t ran_ns = 0;          ///< before it yielded
  [[nodiscard]] bool is_past(std::chrono::system_clock::time_point now) const noexcept {
    return deadline_ns != none &&
           std::chrono::nanoseconds(now.time_since_epoch()).count() >= deadline_ns;
  }
  friend bool operator==(const Limits&, const Limits&) = default;
};

/// Puts limits that are not the usual ones before a payload that is packed already.
void pack_limits(const Limits& limits, PackedJob& packed, Bytes& long_payload);

/// The closure with which a job that has yielded goes on.
class Continuation {
 public:
  Continuation() noexcept = default;
  Continuation(void* closure, void (*destroy)(void*)) noexcept
      : closure_(closure), destroy_(destroy) {}
  Continuation(Continuation&& other) noexcept
      : closure_(std::exchange(other.closure_, nullptr)), destroy_(other.destroy_) {}
  Continuation& operator=(Continuation other) noexcept {
    std::swap(closure_, other.closure_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  ~Continuation() {
    if (closure_ != nullptr) destroy_(closure_);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return closure_ != nullptr; }
  [[nodiscard]] void* closure() const noexcept { return closure_; }

 private:
  void* closure_ = nullptr;
  void (*destroy_)(void*) = nullptr;
};

class Engine;
class Loan;
class RaceState;

inline constexpr auto no_class = static_cast<std::uint8_t>(priority_count);

/// What is left to do after a change of loans, when this is destroyed; no lock may be held then:
/// jobs that have got a higher priority, and so must be found in another queue, get there.
class Raised {
 public:
  explicit Raised(Engine& engine) noexcept : engine_(engine) {}
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;
  ~Raised();
  void add(JobRecord& job);
  /// Takes over a reference, and drops it then.
  void keep(JobRecord& job);

 private:
  Engine& engine_;
  std::vector<JobRecord*> jobs_, kept_;
};

struct JobExtra {
  std::mutex mutex;  // of error, stop, dependents
  std::exception_ptr error;
  std::stop_source stop;
  std::vector<JobRecord*> dependents;   // to be told when this job is final
  std::atomic<std::uint32_t> unmet{0};  // predecessors that are not final yet, and 1 while made
  std::shared_ptr<RaceState> race;      // that it runs in; set before the job is pushed,
  std::size_t place = 0;                // as is its place there

  // Under Engine::lending.
  std::vector<JobRef> predecessors;                     // this job comes after them
  std::vector<Loan*> loans;                             // one for each wait of this job
  std::array<std::uint32_t, priority_count> lenders{};  // who wait for it, by their priority
  std::uint8_t wanted = no_class;                       // by those who wait for its future
  std::uint8_t lent_to_predecessors = no_class;
  std::optional<std::uint8_t> unlent;  // its priority without them, while there are any

  // Written before the job is handed to anybody, or by the worker that runs it, under the mutex:
  // the steward may read the limits meanwhile.
  Limits limits;
  Continuation next;
};

}  // namespace jackdaw::detail
