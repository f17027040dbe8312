#pragma once
/// \file
/// One worker: what it owns, and the few instructions on the path of a fork and of a job.
///
/// A worker is owned by one thread at a time: its resident thread, or a guest that took its seat
/// while the resident sleeps (IdleSet::take_seat). Whatever says "owner" means that thread.

#include <array>    // array
#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint32_t, uint64_t
#include <random>   // minstd_rand
#include <span>     // span
#include <utility>  // declval
#include <vector>   // vector

#include "jackdaw/detail/idle_set.hpp"      // Pulse
#include "jackdaw/detail/job_store.hpp"     // JobStore, JobRecord
#include "jackdaw/detail/task.hpp"          // Task, TaskDeque
#include "jackdaw/detail/time_account.hpp"  // TimeAccount
#include "jackdaw/detail/watch.hpp"         // Stint, Watch
#include "jackdaw/statistics.hpp"           // WorkerStatistics
#include "jackdaw/work_source.hpp"          // PackedJob, Parcels, WorkSource
#include "jackdaw/worker_state.hpp"         // WorkerState

namespace jackdaw::detail {

class Engine;
class Overflow;
class Packing;
class RaceState;
class ReplyState;
class Worker;

/// The worker that the calling thread owns, or null. Initial-exec: one load, also in a shared
/// library.
[[gnu::tls_model("initial-exec")]] inline thread_local constinit Worker* this_worker = nullptr;

/// A counter with one writer, which others may read.
class Tally {
 public:
  void add(std::uint64_t n) noexcept {  // relaxed: a statistic, and one writer
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const noexcept {
    return value_.load(std::memory_order_relaxed);  // as above
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Worker {
 public:
  Worker(Engine& engine, std::uint16_t index, std::size_t capacity, std::uint64_t seed);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // --- tasks: owner --------------------------------------------------------------------------

  /// Where the next task will be; for unfork().
  [[nodiscard]] std::int64_t next_fork() const noexcept { return tasks_.next_index(); }
  /// Offers `task` to thieves. \returns true if attend_fork() must follow
  [[nodiscard]] bool fork(Task& task, std::int64_t index) noexcept {
    const bool bell = tasks_.put(&task, index);
    Sync::light_barrier();  // first the put, then the pulse: pair (P) of IdleSet
    return bell || (pulse() & (Pulse::hungry | Pulse::critical)) != 0;
  }
  /// Answers the bell, wakes who sleeps, runs critical jobs. False: no room; the task is not
  /// offered, its owner runs it.
  [[nodiscard, gnu::cold]] bool attend_fork() noexcept;
  /// Takes the youngest task back. False: it was stolen, and join() must follow.
  [[nodiscard]] bool unfork(std::int64_t index) noexcept { return tasks_.take(index); }
  /// Waits until the thief of `task` is done, and helps with tasks of the same job meanwhile.
  void join(Task& task) noexcept;
  /// True if all that was forked here is stolen: a loop had better split again.
  [[nodiscard]] bool wants_split() noexcept { return tasks_.length() <= 0; }
  /// To be called now and then in a long loop: lets thieves have tasks, if somebody asks for them.
  void answer_bells() noexcept {
    // Relaxed: a hint; whoever asks, asks again.
    if (tasks_.bell_rings() || (pulse() & (Pulse::hungry | Pulse::critical)) != 0) [[unlikely]]
      attend_bells();
  }
  /// The same for jobs; costs a little more.
  void answer_job_bells() noexcept;

  // --- those who want something of the running job: owner --------------------------------------

  /// Set when a checkpoint may have something to do. Pair: (I) who wants something of a job says so
  /// first, then sets it; a checkpoint clears it first, then looks.
  [[nodiscard]] const std::atomic<unsigned>& attention() const noexcept { return attention_; }
  void clear_attention() noexcept {
    if (attention_.load(std::memory_order_relaxed) != 0) [[unlikely]]  // exchange decides
      (void)attention_.exchange(0, std::memory_order_acq_rel);         // (I)
  }
  /// Runs the critical jobs that wait, on top of the job that runs here, unless that one is
  /// critical, or preempts already as many as Config::max_preemption_depth allows.
  void give_way() noexcept;
  /// A job without handles is over: false, but for odd ones, which end_oddly must see to.
  [[nodiscard]] bool ends_oddly(const JobRecord& job, Outcome outcome) noexcept {
    tasks_.set_tag(nullptr);  // it does not run any more: (H) of Watch
    // Relaxed: the job's own code made it.
    return watch_.is_watched() || outcome != Outcome::completed ||
           job.extra.load(std::memory_order_relaxed) != nullptr;
  }
  /// Afterwards the steward does not touch `job` any more, nor find it too slow.
  void leave_watch() noexcept;
  /// How long the job that runs here has been running since it began, or went on. In ns.
  [[nodiscard]] std::int64_t elapsed() noexcept;

  // --- jobs: owner ---------------------------------------------------------------------------

  void push(JobRecord& job, std::size_t job_class) noexcept {
    if (put(job, job_class)) [[unlikely]]
      attend_push(job_class);
  }
  /// The same by a job that runs, and so gives way to critical ones.
  void spawn(JobRecord& job, std::size_t job_class) noexcept {
    if (put(job, job_class)) [[unlikely]]
      attend_spawn(job_class);
  }
  void free_cell(JobRecord& job) noexcept { free_cell(job, job.ops->bytes, job.ops->alignment); }
  /// The same, if the caller knows the type of the job.
  void free_cell(JobRecord& job, std::size_t bytes, std::size_t alignment) noexcept {
    if (job.store() == store.index && JobHeap::holds(bytes, alignment)) [[likely]]
      return store.heap.free(&job, bytes);
    free_elsewhere(job);
  }
  /// Of a job without handles for which ends_oddly() was true. \returns true if it goes on: it has
  /// yielded, and is in a queue again
  [[nodiscard]] bool end_oddly(JobRecord& job, Outcome outcome) noexcept;
  /// As PoolDoor has them.
  [[nodiscard]] std::size_t give_away(std::span<PackedJob> room, Parcels& parcels) noexcept;
  void receive(const PackedJob& packed, const JobKind& kind, std::span<const std::byte> payload);
  /// Of a job without handles that will never run, or not here.
  void count_dropped() noexcept {
    tally_.jobs_dropped.add(1);
    count_finished();
  }
  /// A job with handles, whose entry this worker has taken from a deque.
  void run_shared_entry(JobRecord& job) noexcept;
  /// Blocks until `job` is final: starts it here if nobody has, else helps with its tasks.
  /// \throws std::system_error  the caller is part of that job: resource_deadlock_would_occur
  void wait_for(JobRecord& job);
  /// The same, but gives up after `timeout_ns`, and does not start the job: only helps it.
  void wait_for(JobRecord& job, std::int64_t timeout_ns);
  /// Blocks until a race is over: starts contenders here, else helps with their tasks.
  /// \throws std::system_error  as RaceState::wait
  void wait_for(RaceState& race);
  /// Blocks until an answer is there; runs other jobs meanwhile. \throws as RemoteFuture::wait
  void wait_for(ReplyState& reply);

  // --- the life of its thread ------------------------------------------------------------------

  void live();                                   ///< the body of the resident thread
  void live_as_guest(const WorkSource& source);  ///< of a guest, until nothing is left anywhere
  void enter_as_guest() noexcept;
  void leave_as_guest() noexcept;

  /// A job, or a task of one, that this worker begins, perhaps on top of another.
  class Frame {
   public:
    Frame(Worker& worker, JobRecord* job) noexcept
        : worker_(worker), below_(worker.frame_), outer_(worker.tasks_.tag_from_here(job)) {
      worker.frame_ = this;
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    ~Frame() {
      worker_.frame_ = below_;
      worker_.tasks_.restore(outer_);
    }
    /// What goes on when this frame has ended. Null: nothing.
    [[nodiscard]] const void* outer_job() const noexcept { return outer_.tag; }
    [[nodiscard]] const Frame* below() const noexcept { return below_; }

   private:
    Worker& worker_;
    const Frame* below_;
    TaskDeque::Tagging outer_;
  };

  /// What this worker does from now on, on top of what it did, which goes on afterwards.
  class Turn {
   public:
    enum class Kind : std::uint8_t { job, other };       ///< the steward watches over jobs alone
    enum class Below : std::uint8_t { rests, goes_on };  ///< whether its time runs meanwhile
    Turn(Worker& worker, Kind kind, Below below) noexcept;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    Worker& worker_;
    std::uint64_t outer_;
    Below below_;
    bool has_job_;
    std::int64_t rested_;
    std::int64_t begun_ = 0, since_ = 0;
  };

  /// A job that runs on this worker and will answer a future.
  class Answering {
   public:
    Answering(Worker& worker, const Reply& to) noexcept
        : worker_(worker), below_(worker.answering_), to_(to) {
      worker.answering_ = this;
    }
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    ~Answering() { worker_.answering_ = below_; }
    [[nodiscard]] const Answering* below() const noexcept { return below_; }
    [[nodiscard]] bool is_awaited_by(const ReplyState& reply) const noexcept;

   private:
    Worker& worker_;
    const Answering* below_;
    Reply to_;
  };

  // --- any thread ------------------------------------------------------------------------------

  [[nodiscard]] Engine& engine() const noexcept { return *engine_; }
  /// Owner. What it runs: the job, or the job whose task it is; null for neither.
  [[nodiscard]] JobRecord* job() const noexcept {
    return static_cast<JobRecord*>(const_cast<void*>(tasks_.tag()));
  }
  [[nodiscard]] WorkerState state() const noexcept {
    return state_.load(std::memory_order_acquire);  // a snapshot
  }
  [[nodiscard]] WorkerStatistics statistics() const;
  /// What the steward sees: the job that runs here, unless it waits, and since when.
  struct Sight {
    const JobRecord* job = nullptr;
    Stint::Key key;
  };
  [[nodiscard]] Sight sight() const noexcept;
  [[nodiscard]] Watch<>& watch() noexcept { return watch_; }
  [[nodiscard]] Stint& stint() noexcept { return stint_; }
  /// What the jobs take that it runs, about.
  [[nodiscard]] std::int64_t job_ns() const noexcept { return job_time_.ns(); }
  /// Jobs in its deques: a guess.
  [[nodiscard]] std::int64_t queued() const noexcept;
  void alert() noexcept {
    // Relaxed: a look, which spares the line. (I)
    if (attention_.load(std::memory_order_relaxed) == 0)
      attention_.store(1, std::memory_order_seq_cst);
  }
  /// Jobs run to their end here. Acquire (Q): all that they created was counted before.
  [[nodiscard]] std::uint64_t finished() const noexcept {
    return finished_.load(std::memory_order_acquire);
  }
  void count_finished() noexcept {  // owner; release (Q)
    finished_.store(finished_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  [[nodiscard]] TaskDeque& tasks() noexcept { return tasks_; }
  void set_victims(std::vector<std::vector<std::uint32_t>> tiers);

 private:
  static constexpr unsigned between_samples = 4096;  // jobs, where nobody is to be served
  static constexpr std::uint64_t first_turn = 2;     // no stint has the key 0

  [[nodiscard]] bool put(JobRecord& job, std::size_t job_class) noexcept {
    const bool bell = store.deques[job_class].put(&job);
    Sync::light_barrier();  // first the put, then the pulse: pair (P) of IdleSet
    const auto present = std::uint64_t{1} << job_class;
    return bell || (pulse() & (present | Pulse::hungry | Pulse::critical)) != present;
  }
  void attend_bells() noexcept;
  void attend_spawn(std::size_t job_class) noexcept;
  void attend_push(std::size_t job_class) noexcept;
  void make_room(std::size_t job_class) noexcept;
  void pack_class(Packing& packing, std::size_t job_class) noexcept;
  void free_elsewhere(JobRecord& job) noexcept;
  void return_cells() noexcept;

  // Running: worker.cpp.
  void run(JobRecord& job) noexcept {
    tasks_.set_tag(&job);
    job.ops->run(job, *this);
  }
  void run_or_drop(JobRecord& job) noexcept {
    (pulse() & (Pulse::cancelling | Pulse::careful)) == 0 ? run(job) : run_carefully(job);
  }
  void run_carefully(JobRecord& job) noexcept;
  [[nodiscard]] bool set_aside(JobRecord& job) noexcept;
  void run_timed(JobRecord& job) noexcept;
  void expire(JobRecord& job) noexcept;
  [[nodiscard]] bool may_preempt(const JobRecord& urgent) const noexcept;
  void run_on_top(JobRecord& critical) noexcept;
  /// Who runs a job: one that has taken its entry from a queue, or one that waits for it, and will
  /// until it is final.
  enum class Runner : std::uint8_t { by_entry, waits };
  void requeue(JobRecord& job, Runner runner) noexcept;
  void drop(JobRecord& job) noexcept;
  [[nodiscard]] bool run_shared(JobRecord& job, Runner runner) noexcept;
  void run_stolen(Task& task) noexcept;

  // Finding work: search.cpp, thief.cpp.
  [[nodiscard]] bool hunt() noexcept;
  [[nodiscard]] bool hunt_once() noexcept;
  [[nodiscard]] bool doze() noexcept;
  void start_working() noexcept;
  void drain() noexcept;
  void serve() noexcept;
  [[nodiscard]] bool fetch_elsewhere() noexcept;
  void run_dry() noexcept;
  void start_searching() noexcept;
  void stop_searching() noexcept;
  [[nodiscard]] JobRecord* next_rare_job() noexcept;
  [[nodiscard]] std::uint64_t pulse() const noexcept {
    return pulse_->load(std::memory_order_relaxed);  // a hint, or ordered by barriers: (P)
  }
  [[nodiscard]] JobRecord* unless_lowered(JobRecord* job, std::size_t job_class) noexcept;
  [[nodiscard]] JobRecord* next_below(std::uint64_t present) noexcept;
  [[nodiscard]] JobRecord* fetch_urgently(std::size_t job_class) noexcept;
  [[nodiscard]] bool has_own_above(std::size_t job_class) const noexcept;
  [[nodiscard]] bool has_own_below(std::size_t job_class) const noexcept;
  [[nodiscard]] JobRecord* fetch(std::size_t job_class) noexcept;
  [[nodiscard]] JobRecord* search(std::size_t job_class) noexcept;
  [[nodiscard]] JobRecord* from_list(Overflow& list, std::size_t job_class) noexcept;
  [[nodiscard]] JobRecord* from_inboxes(std::size_t job_class) noexcept;
  [[nodiscard]] JobRecord* from_victims(std::size_t job_class) noexcept;
  template <typename T, typename Deque>
  [[nodiscard]] std::size_t take_from(Deque& deque, T* room, std::size_t most, const void* wanted);
  [[nodiscard]] JobRecord* settle(JobRecord** loot, std::size_t count,
                                  std::size_t job_class) noexcept;
  [[nodiscard]] Task* task_from(Worker& victim, const void* wanted) noexcept;
  [[nodiscard]] Task* any_task(const void* wanted) noexcept;
  [[nodiscard]] std::size_t share_of(const JobDeque& deque) const noexcept;
  [[nodiscard]] std::size_t start_in(const std::vector<std::uint32_t>& tier) noexcept;
  template <typename Visit>
  auto visit_victims(Visit visit) noexcept -> decltype(visit(std::declval<Worker&>()));

  // Waiting: join.cpp.
  [[nodiscard]] bool is_part_of(const JobRecord& job) const noexcept;
  [[nodiscard]] bool start_for(JobRecord& job);
  class Spectator;
  [[nodiscard]] bool help(const void* job, unsigned thief) noexcept;
  [[nodiscard]] bool run_another() noexcept;
  template <typename Done, typename Help, typename Sleep>
  void wait_until(Done done, Help help, Sleep sleep);

  void set_state(WorkerState to) noexcept;
  [[nodiscard]] WorkerSteps steps() const noexcept;

  // What a fork and a job touch.
  TaskDeque tasks_{task_deque_capacity};
  const std::atomic<std::uint64_t>* pulse_;
  Engine* engine_;
  std::atomic<std::uint64_t> finished_{0};
  const Frame* frame_ = nullptr;  // the youngest one
  Watch<> watch_;

 public:
  JobStore store;

 private:
  // What only a worker without work touches.
  alignas(cache_line) std::minstd_rand random_;
  std::vector<std::vector<std::uint32_t>> victims_;  // by tier
  unsigned patience_ = 0;  // fruitless rounds; from seize_after on victims are not asked any more
  const Answering* answering_ = nullptr;  // the youngest one
  unsigned help_depth_ = 0;       // frames of helping on this stack that no thief's task led to
  MeanTime job_time_;             // of the jobs that were timed here
  MeanTime loot_time_;            // what jobs take that came from others
  MeanTime steal_time_;           // what it costs to get them
  unsigned lost_lately_ = 0;      // races for deques
  bool inboxes_trickle_ = false;  // the last visit to them brought few jobs
  bool searching_ = false;        // counted as a searcher by the idle set
  unsigned until_service_ = between_samples;  // jobs until the source is served, one is timed
  struct Returns {                            // cells of one heap and one size, on their way home
    JobHeap::Chain chain;
    std::size_t store = 0, bytes = 0, count = 0;
  } returns_;
  unsigned preemptions_ = 0;  // critical jobs on this stack, on top of those that they preempt
  std::atomic<std::uint64_t> turn_{first_turn};  // the owner's; even: it runs jobs
  std::int64_t rested_ns_ = 0;  // of the jobs that ran here, while others ran or none did
  Stint stint_;
  std::atomic<WorkerState> state_{WorkerState::idle};
  TimeAccount time_;
  struct {
    Tally jobs_dropped, jobs_stolen, tasks_stolen, steals, steals_lost, seizures, sleeps, wakes;
    Tally preemptions, yields;
  } tally_;
  std::array<std::array<Tally, worker_state_count>, worker_state_count> steps_;  // from, to
  // Last, away from the rest: others write it.
  alignas(cache_line) std::atomic<unsigned> attention_{0};
};

}  // namespace jackdaw::detail
