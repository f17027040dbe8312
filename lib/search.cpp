#include <algorithm>  // min
#include <bit>        // countr_zero
#include <chrono>     // microseconds, steady_clock
#include <cstdint>    // uint64_t
#include <thread>     // sleep_for

#include "jackdaw/detail/doze.hpp"    // doze
#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/detail/worker.hpp"  // Worker
#include "naps.hpp"                   // Naps

// How a worker finds something to do, and what it does while there is nothing.

namespace jackdaw::detail {
namespace {

constexpr auto usual_class = static_cast<std::size_t>(Priority::normal);
constexpr auto usual = std::uint64_t{1} << usual_class;  // most programs know no other
constexpr unsigned quiet_rounds = 4;                 // looks before the worker counts as a searcher
constexpr unsigned search_rounds = 96;               // looks before it lies down: some 50 us
constexpr unsigned urgent_patience = search_rounds;  // none: see Worker::take_from
constexpr unsigned urgent_tries = 1U << 20;  // a second: an owner may be off its core, lock in hand
constexpr unsigned spin_rounds = 12;         // of them, those that do not yield the core

constexpr std::chrono::microseconds shortest_nap{20}, longest_nap{1000};  // of a guest

void pause_for(unsigned round) noexcept {
  if (round >= spin_rounds) {
    Sync::yield();
    return;
  }
  for (unsigned i = 0; i < std::min(1U << round, 64U); ++i) Sync::pause();
}

/// What a worker that dozes looks at: nothing of its own, which a guest may take over meanwhile.
class House {
 public:
  House(Engine& engine, std::uint64_t seed)
      : engine_(engine), naps_(engine.config.backoff_min, engine.config.backoff_max, seed) {}
  [[nodiscard]] bool sees_work() const noexcept {
    // There may be work elsewhere, of which nobody here would hear.
    if (napped_ && engine_.source.load(std::memory_order_acquire) != nullptr) return true;  // (X)
    return engine_.sees_work();
  }
  [[nodiscard]] bool is_quiet() const noexcept { return engine_.is_quiet(); }
  [[nodiscard]] long nap_ns() noexcept {
    napped_ = true;
    return naps_.next_ns();
  }

 private:
  Engine& engine_;
  Naps naps_;
  bool napped_ = false;
};

}  // namespace

void Worker::live() {
  this_worker = this;
  time_.enter(Slice::searching);
  start_searching();
  while (hunt() || doze()) {
  }
  set_state(WorkerState::draining);
  set_state(WorkerState::shutdown);
  this_worker = nullptr;
}

/// A guest has no bed: it naps, and counts as a searcher meanwhile.
void Worker::live_as_guest(const WorkSource& source) {
  run_dry();
  start_searching();
  auto nap = shortest_nap;
  while (!source.is_done()) {
    if (hunt()) {
      nap = shortest_nap;
      continue;
    }
    std::this_thread::sleep_for(nap);
    nap = std::min(nap * 2, longest_nap);
  }
  stop_searching();
}

/// The policy of the scheduler for a job's end: what is most urgent in the rank, from the own deque
/// if it is there. One read of a word that is seldom written, if it is.
void Worker::drain() noexcept {
  for (;;) {
    if (--until_service_ == 0) [[unlikely]] {
      serve();
      if (JobRecord* job = next_rare_job()) {
        run_timed(*job);
        continue;
      }
    }
    if ((pulse() & (Pulse::class_mask | Pulse::cancelling | Pulse::careful)) == usual) [[likely]] {
      if (JobRecord* job = store.deques[usual_class].pop()) {
        run(*job);
        continue;
      }
    }
    JobRecord* job = next_rare_job();
    if (job == nullptr) return;
    run_or_drop(*job);
  }
}

/// The same when jobs of several classes are about, or the own deques run dry.
JobRecord* Worker::next_rare_job() noexcept {
  const auto present = engine_->idle->pulse() & Pulse::class_mask;
  if (present == 0) return nullptr;
  const auto highest = static_cast<std::size_t>(std::countr_zero(present));
  // While somebody finds out whether a class has run out, its bit may be clear for a moment.
  if (highest == static_cast<std::size_t>(Priority::low) && has_own_above(highest))
    return next_below(Pulse::class_mask);
  if (JobRecord* job = store.deques[highest].pop()) return unless_lowered(job, highest);
  return next_below(present);
}

/// A job that was lent a priority, and has had to give it back, waits where it belongs.
JobRecord* Worker::unless_lowered(JobRecord* job, std::size_t job_class) noexcept {
  if (job == nullptr || !job->word.is_shared()) return job;
  const auto own_class = static_cast<std::size_t>(job->word.priority());
  if (own_class <= job_class) return job;
  push(*job, own_class);
  return nullptr;
}

/// The most urgent class of the rank is not in the own deques. Null: they are all empty.
JobRecord* Worker::next_below(std::uint64_t present) noexcept {
  for (; present != 0; present &= present - 1) {
    const auto job_class = static_cast<std::size_t>(std::countr_zero(present));
    if (JobRecord* job = store.deques[job_class].pop()) return unless_lowered(job, job_class);
    if (!has_own_below(job_class)) return nullptr;
    // Before anything less urgent.
    if (JobRecord* job = unless_lowered(fetch_urgently(job_class), job_class)) return job;
  }
  return nullptr;
}

/// Jobs of this class keep the caller from less urgent ones, so it does not wait for a victim to
/// answer. Null: none is in sight, or none could be had for a second: its owner computes, and the
/// kernel lets nobody seize (no membarrier). The bit of the class stays while nothing less urgent
/// waits: then it delays nobody.
JobRecord* Worker::fetch_urgently(std::size_t job_class) noexcept {
  patience_ = urgent_patience;
  JobRecord* job = fetch(job_class);
  for (unsigned tries = 0; job == nullptr && tries < urgent_tries; ++tries) {
    engine_->idle->clear_if_gone(job_class, [&] { return engine_->sees_jobs(job_class); });
    if ((engine_->idle->pulse() & std::uint64_t{1} << job_class) == 0) break;
    pause_for(tries);
    job = fetch(job_class);
  }
  patience_ = 0;
  return job;
}

bool Worker::has_own_above(std::size_t job_class) const noexcept {
  for (std::size_t c = 0; c < job_class; ++c) {
    if (store.deques[c].length() > 0) return true;
  }
  return false;
}

bool Worker::has_own_below(std::size_t job_class) const noexcept {
  for (std::size_t c = job_class + 1; c < priority_count; ++c) {
    if (store.deques[c].length() > 0) return true;
  }
  return false;
}

/// One look around, in the order of the policy: urgent jobs, tasks of jobs that run already, other
/// jobs. Runs what it finds, and all that follows from it. False: there is nothing.
bool Worker::hunt_once() noexcept {
  bool tasks_are_due = true;
  for (auto present = engine_->idle->pulse() & Pulse::class_mask;; present &= present - 1) {
    const auto job_class = static_cast<std::size_t>(std::countr_zero(present));  // 64 if none
    if (tasks_are_due && job_class >= static_cast<std::size_t>(Priority::normal)) {
      tasks_are_due = false;
      if (Task* task = any_task(nullptr)) {
        start_working();
        run_stolen(*task);
        return true;
      }
    }
    if (present == 0) return false;
    JobRecord* job = store.deques[job_class].pop();
    const bool others_wait = (present & (present - 1)) != 0;  // which are less urgent
    if (job == nullptr) job = others_wait ? fetch_urgently(job_class) : fetch(job_class);
    job = unless_lowered(job, job_class);
    if (job != nullptr) {
      start_working();
      run_timed(*job);
      return true;
    }
  }
}

/// The clock is read for a job after a hunt, and for one now and then: enough to know its kind.
/// Time in which it waited does not count, and an entry that was stale teaches nothing.
void Worker::run_timed(JobRecord& job) noexcept {
  MeanTime& kind = job.ops->note->run_time;  // outlives the job
  const auto before = finished();
  const auto rested = rested_ns_;
  const auto start = std::chrono::steady_clock::now();
  run_or_drop(job);
  if (finished() == before) return;
  const auto ns = std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count() -
                  (rested_ns_ - rested);
  kind.learn(ns);
  job_time_.learn(kind.ns());  // what was told of the kind counts here, too
}

/// Looks for work, harder and harder. True: it found some, and ran dry again. False: it gave up,
/// and is counted as a searcher, as doze() wants it.
bool Worker::hunt() noexcept {
  for (unsigned round = 0; round < search_rounds; ++round) {
    if (round == quiet_rounds) start_searching();
    patience_ = round;
    if (hunt_once() || (round >= quiet_rounds && fetch_elsewhere() && hunt_once())) {
      if (engine_->source.load(std::memory_order_acquire) != nullptr) until_service_ = 1;  // (X)
      drain();
      run_dry();
      return true;
    }
    // Relaxed: a hint; the guest spins, and falls back.
    if (store.index == 0 && engine_->seat_wanted.load(std::memory_order_relaxed)) break;
    pause_for(round);
  }
  start_searching();
  return false;
}

void Worker::start_working() noexcept {
  stop_searching();
  set_state(WorkerState::working);
  time_.enter(Slice::working);
}

void Worker::run_dry() noexcept {
  return_cells();
  tasks_.set_tag(nullptr);
  set_state(WorkerState::stealing);
  time_.enter(Slice::searching);
}

/// Once it searches, a worker finishes nothing more.
void Worker::start_searching() noexcept {
  if (searching_) return;
  searching_ = true;
  engine_->idle->enter_search();
  engine_->notice_quiet();
}

void Worker::stop_searching() noexcept {
  if (!searching_) return;
  searching_ = false;
  if (engine_->idle->leave_search([&] { return engine_->sees_work(); })) tally_.wakes.add(1);
}

/// Sleeps until there is work. False: the pool has closed and nothing is left.
bool Worker::doze() noexcept {
  set_state(WorkerState::idle);
  time_.enter(Slice::asleep);
  tally_.sleeps.add(1);
  House house(*engine_, random_());
  searching_ = false;
  const bool goes_on = detail::doze(*engine_->idle, engine_->gate, store.index, house);
  searching_ = true;
  time_.enter(Slice::searching);
  if (goes_on) set_state(WorkerState::stealing);
  return goes_on;
}

}  // namespace jackdaw::detail
