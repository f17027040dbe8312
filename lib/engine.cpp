#include "jackdaw/detail/engine.hpp"

#include <algorithm>     // find_if
#include <stdexcept>     // logic_error
#include <system_error>  // system_error

#include "jackdaw/topology/binding.hpp"       // pin_this_thread, SavedBinding
#include "jackdaw/topology/layout.hpp"        // lay_out
#include "jackdaw/topology/machine.hpp"       // Machine
#include "jackdaw/topology/victim_order.hpp"  // order_victims
#include "steward.hpp"                        // Steward

namespace jackdaw::detail {
namespace {

constexpr std::size_t inbox_count = 4;  // threads outside are spread over them

topology::Layout lay_out(const topology::Machine& machine, const Config& config) {
  return topology::lay_out(
      machine, topology::allowance_of_this_process(machine),
      {.workers = config.workers,
       .order = config.placement == Placement::compact ? topology::Order::compact
                                                       : topology::Order::scatter,
       .smt = config.smt,
       .rank = topology::local_rank_from_environment()});
}

void raise(std::atomic<unsigned>& most, unsigned to) noexcept {
  auto before = most.load(std::memory_order_relaxed);  // a number alone; the CAS decides
  while (before < to && !most.compare_exchange_weak(before, to, std::memory_order_relaxed)) {
  }
}

}  // namespace

struct Engine::Pins {
  std::vector<topology::Place> places;          // by worker
  bool pin = false;                             // asked for, and possible
  std::optional<topology::SavedBinding> guest;  // what the guest was bound to before
};

Engine::Engine(const Config& asked)
    : config((asked.validate(), asked)), pins_(std::make_unique<Pins>()) {
  lay_out_workers();
  const std::size_t count = pins_->places.size();
  raise(most_workers, static_cast<unsigned>(count));
  gifts = std::vector<std::array<Overflow, priority_count>>(count);
  events = std::make_shared<EventLog>(*this, count);
  idle = std::make_unique<IdleSet<>>(count);
  for (std::size_t i = 0; i < count; ++i) {
    workers.push_back(std::make_unique<Worker>(*this, static_cast<std::uint16_t>(i),
                                               config.deque_capacity, config.seed));
  }
  for (std::size_t i = 0; i < count; ++i) {
    workers[i]->set_victims(
        topology::order_victims(pins_->places, static_cast<std::uint32_t>(i), config.seed + i)
            .tiers);
  }
  for (std::size_t i = 0; i < inbox_count; ++i) {
    inboxes.push_back(
        std::make_unique<Inbox>(static_cast<std::uint16_t>(count + i), config.deque_capacity));
  }
  stores_alive_.store(count + inbox_count, std::memory_order_relaxed);  // nobody else is here yet
  // While the process has one thread, this costs nothing; later, milliseconds.
  (void)heavy_barrier_works();
  steward = std::make_unique<Steward>(*this);  // before anybody is pinned
  start_threads();
}

Engine::~Engine() = default;

void Engine::lay_out_workers() {
  const auto machine = topology::Machine::here();
  auto layout = lay_out(machine, config);
  pins_->pin = config.pin && machine.is_here();
  pins_->places = std::move(layout.places);
  notes = std::move(layout.notes);
}

unsigned Engine::workers_of(const Config& config) {
  if (config.workers != 0) return config.workers;
  return static_cast<unsigned>(lay_out(topology::Machine::here(), config).places.size());
}

std::optional<unsigned> Engine::package() const noexcept {
  const auto first = pins_->places.front().package;
  for (const auto& place : pins_->places) {
    if (place.package != first) return {};
  }
  return first;
}

// --- threads -------------------------------------------------------------------------------------

void Engine::start_threads() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, config.stack_bytes);
  std::vector<std::string> refused(workers.size());  // why one was not pinned, by worker
  int error = 0;
  for (std::size_t i = 0; i < workers.size() && error == 0; ++i)
    error = start_thread(i, attributes, refused[i]);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    end_threads();
    throw std::system_error(error, std::generic_category(),
                            "cannot start worker " + std::to_string(threads_.size()) + " with " +
                                std::to_string(config.stack_bytes) +
                                " bytes of stack; lower workers or stack_bytes");
  }
  // A pool starts asleep, so that the first run() finds the seat of worker 0 free. Acquire: each
  // worker's step to sleep releases what it says in `refused`, and the later steps continue that.
  const auto& pulse = idle->pulse_word();
  while (Pulse::sleepers(pulse.load(std::memory_order_acquire)) != workers.size()) Sync::yield();
  const auto reason =
      std::find_if(refused.begin(), refused.end(), [](const auto& text) { return !text.empty(); });
  if (reason != refused.end()) notes.push_back("workers are not pinned: " + *reason);
}

/// \param refused  where the thread will say why it could not be pinned; it outlives the start
/// \returns an error number, or 0
int Engine::start_thread(std::size_t index, const pthread_attr_t& attributes,
                         std::string& refused) {
  struct Start {
    Engine& engine;
    Worker& worker;
    std::string& refused;
  };
  const auto body = [](void* raw) -> void* {
    const std::unique_ptr<Start> mine(static_cast<Start*>(raw));
    const Pins& pins = *mine->engine.pins_;
    Worker& worker = mine->worker;
    if (pins.pin) {
      const auto result = topology::pin_this_thread(pins.places[worker.store.index]);
      if (!result.pinned) mine->refused = result.reason;
    }
    worker.live();
    return nullptr;
  };
  auto start = std::make_unique<Start>(Start{*this, *workers[index], refused});
  pthread_t thread{};
  const int error = pthread_create(&thread, &attributes, body, start.get());
  if (error != 0) return error;
  (void)start.release();  // the thread has it
  threads_.push_back(thread);
  return 0;
}

void Engine::end_threads() noexcept {
  gate.close();
  wake_all();
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
}

void Engine::wake_all() noexcept {
  for (std::size_t i = 0; i < workers.size(); ++i) (void)idle->wake(i);
}

void Engine::close() {
  if (config.at_exit == AtExit::cancel) idle->set_cancelling();
  end_threads();
  steward.reset();
  events->detach();
  drop_stale_entries();
  replies.fail_all("the pool has ended, and the job has not run", 0);
  // The last of these deletes the engine, unless a handle outlives the pool.
  std::vector<JobStore*> stores;
  for (auto& worker : workers) stores.push_back(&worker->store);
  for (auto& inbox : inboxes) stores.push_back(&inbox->store);
  for (JobStore* home : stores) drop_store(*home);
}

/// No job is left, but there may be entries of jobs that were run by who waited for them. The
/// threads have ended, so the caller owns all stores.
void Engine::drop_stale_entries() noexcept {
  for (std::size_t i = 0; i < workers.size() + inboxes.size(); ++i) {
    for (auto& deque : store(i).deques) {
      while (JobRecord* job = deque.pop()) (void)drop_entry(*job);
    }
  }
  const auto drop_list = [this](Overflow& list) {
    while (!list.empty()) {
      for (JobRecord* job : list.take().jobs) (void)drop_entry(*job);
    }
  };
  for (auto& list : overflow) drop_list(list);
  for (auto& gift : gifts) {
    for (auto& list : gift) drop_list(list);
  }
}

JobStore& Engine::store(std::size_t index) noexcept {
  return index < workers.size() ? workers[index]->store : inboxes[index - workers.size()]->store;
}

// --- is there work, is there none ----------------------------------------------------------------

bool Engine::sees_jobs(std::size_t job_class) const noexcept {
  if (!overflow[job_class].empty()) return true;
  for (const auto& gift : gifts) {
    if (!gift[job_class].empty()) return true;
  }
  for (const auto& worker : workers) {
    if (worker->store.deques[job_class].length() > 0) return true;
  }
  for (const auto& inbox : inboxes) {
    if (inbox->store.deques[job_class].length() > 0) return true;
  }
  return false;
}

bool Engine::sees_work() const noexcept {
  for (const auto& worker : workers) {
    if (worker->tasks().length() > 0) return true;
  }
  for (std::size_t c = 0; c < priority_count; ++c) {
    if (sees_jobs(c)) return true;
  }
  return false;
}

std::uint64_t Engine::jobs_finished() const noexcept {
  auto sum = finished_elsewhere_.load(std::memory_order_acquire);  // (Q)
  for (const auto& worker : workers) sum += worker->finished();    // (Q)
  return sum;
}
std::uint64_t Engine::jobs_created() const noexcept {
  std::uint64_t sum = 0;  // those that count are ordered by (Q)
  for (const auto& worker : workers) sum += worker->store.created();
  for (const auto& inbox : inboxes) sum += inbox->store.created();
  return sum;
}

void Engine::count_finished_here() noexcept {
  if (this_worker != nullptr && &this_worker->engine() == this) return this_worker->count_dropped();
  finished_elsewhere_.fetch_add(1, std::memory_order_release);  // (Q)
  notice_quiet();
}

void Engine::wait_until_quiet() {
  if (this_worker != nullptr && &this_worker->engine() == this) {
    throw std::logic_error(
        "Pool::wait was called by a job of that pool, and would wait for that job; wait for the "
        "handles of single jobs instead");
  }
  gate.wait([this] { return is_quiet(); });
  std::exception_ptr error;
  {
    const std::lock_guard hold(mutex_);
    error = std::exchange(first_error_, nullptr);
  }
  if (error) std::rethrow_exception(error);
}

void Engine::notice_quiet() noexcept {
  if (gate.notice([this] { return is_quiet(); })) wake_all();
}

// --- the seat of worker 0 ------------------------------------------------------------------------

void Engine::run_with(WorkSource& more) {
  source.store(&more, std::memory_order_release);  // (X)
  steward->ring();
  Worker* seat = nullptr;
  while ((seat = enter_seat()) == nullptr) Sync::yield();  // worker 0 runs a job from before
  Worker* const outer = std::exchange(this_worker, seat);
  wake_all();
  seat->live_as_guest(more);
  this_worker = outer;
  leave_seat();
  source.store(nullptr, std::memory_order_seq_cst);                            // (Y)
  while (source_visitors.load(std::memory_order_seq_cst) != 0) Sync::yield();  // (Y)
  idle->clear_cancelling();  // if the source has stopped the pool
  end_saving();
}

Worker* Engine::enter_seat() {
  constexpr int patience = 2000;  // some 100 us
  bool seated = idle->take_seat(0);
  for (int i = 0; i < patience && !seated; ++i) {
    if (workers[0]->state() == WorkerState::working) break;  // it may take long: another way then
    seat_wanted.store(true, std::memory_order_relaxed);      // a hint to worker 0
    Sync::yield();
    seated = idle->take_seat(0);
  }
  seat_wanted.store(false, std::memory_order_relaxed);  // the same hint
  if (!seated) return nullptr;
  Worker& worker = *workers[0];
  if (pins_->pin) {
    pins_->guest.emplace();
    (void)topology::pin_this_thread(pins_->places[0]);  // a refusal is in the notes already
  }
  worker.enter_as_guest();
  return &worker;
}

void Engine::leave_seat() noexcept {
  workers[0]->leave_as_guest();
  if (pins_->guest) {
    pins_->guest->restore();
    pins_->guest.reset();
  }
  // Worker 0 gets what the guest leaves behind in its deques, and what others left to it.
  idle->leave_seat(0, [this] { return sees_work(); });
  notice_quiet();
}

}  // namespace jackdaw::detail
