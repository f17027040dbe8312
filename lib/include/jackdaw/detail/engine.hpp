#pragma once
/// \file
/// The inside of a pool: its workers, its inboxes for other threads, what they share.

#include <pthread.h>  // pthread_t

#include <array>        // array
#include <atomic>       // atomic
#include <chrono>       // nanoseconds
#include <cstdint>      // uint32_t, uint64_t
#include <exception>    // exception_ptr
#include <map>          // map
#include <memory>       // shared_ptr, unique_ptr
#include <mutex>        // mutex, recursive_mutex, unique_lock
#include <optional>     // optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "jackdaw/config.hpp"               // Config
#include "jackdaw/detail/awaited_jobs.hpp"  // AwaitedJobs
#include "jackdaw/detail/event_log.hpp"     // EventLog
#include "jackdaw/detail/idle_set.hpp"      // IdleSet
#include "jackdaw/detail/job_extra.hpp"     // JobExtra
#include "jackdaw/detail/overflow.hpp"      // Overflow
#include "jackdaw/detail/quiet_gate.hpp"    // QuietGate, nothing_is_left
#include "jackdaw/detail/replies.hpp"       // Replies
#include "jackdaw/detail/saved_jobs.hpp"    // SavedJobs
#include "jackdaw/detail/worker.hpp"        // Worker
#include "jackdaw/job.hpp"                  // JobOptions

namespace jackdaw::detail {

/// The priority of a job that is made with these options by the calling thread.
/// \throws std::invalid_argument  an option is out of range; so call it before there is a job
[[nodiscard]] Priority priority_of(const JobOptions& options);
[[nodiscard]] Limits limits_of(const JobOptions& options) noexcept;

/// Where threads that are no workers leave their jobs.
struct Inbox {
  Inbox(std::uint16_t index, std::size_t capacity) : store(index, capacity) {}
  /// Its holder owns the store. Recursive, because functions of the program run under it, when a
  /// job is made of one or a range of them is read, and may make jobs; the store is whole then.
  std::recursive_mutex mutex;
  JobStore store;
};

class Steward;

class Engine {
 public:
  explicit Engine(const Config& config);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// How many a pool of that configuration would have.
  [[nodiscard]] static unsigned workers_of(const Config& config);
  static inline std::atomic<unsigned> most_workers{0};  ///< that any pool of this process has had

  /// Runs or cancels what is left, and ends the threads. Deletes this once no handle is left.
  void close();

  /// Gives the caller a store to make a job in, and hands the job over at the end of its life.
  class Submission {
   public:
    explicit Submission(Engine& engine);
    /// Of jobs that shall wait behind those of the caller: as if it came from outside.
    struct Outside {};
    Submission(Engine& engine, Outside);
    Submission(const Submission&) = delete;
    Submission& operator=(const Submission&) = delete;
    ~Submission();
    [[nodiscard]] JobStore& store() noexcept { return *store_; }
    void push(JobRecord& job, const JobOptions& options);
    void push(JobRecord& job) noexcept;

   private:
    Engine& engine_;
    Raised raised_{engine_};  // before the lock, so that it is pushed when that is free again
    Worker* worker_;          // null: the store is that of an inbox
    std::unique_lock<std::recursive_mutex> lock_;
    JobStore* store_;
    std::uint64_t classes_ = 0;  // pushed to an inbox, as bits of the pulse
    unsigned pushed_ = 0;        // to an inbox

    void enter_inbox();
    void call_workers() noexcept;
  };

  // Jobs with a handle.
  void finish(JobRecord& job, JobState outcome) noexcept;
  /// Who has taken a job from the deque of a worker says so. False: its entry was stale.
  bool mark_stolen(JobRecord& job, std::uint16_t from) noexcept;
  /// The caller holds a reference of `job`. \returns true if that has ended without being started,
  /// and nobody has counted this yet: the caller must, and its closure is gone
  [[nodiscard]] bool end_unstarted(JobRecord& job) noexcept;
  /// An entry came out of a deque whose job somebody else has started or cancelled.
  /// \returns true if it never ran, so that the caller must count it as finished
  [[nodiscard]] bool drop_entry(JobRecord& job) noexcept;
  void drop_reference(JobRecord& job) noexcept;
  void wait(JobRecord& job);
  bool wait_for(JobRecord& job, std::chrono::nanoseconds timeout);
  bool cancel(JobRecord& job) noexcept;
  /// The deadline of a job with handles has passed. If it has not started, it never will.
  /// \returns false if a thief has just marked it: it must be asked again
  [[nodiscard]] bool expire(const JobRef& job) noexcept;
  /// The same, before it is started, if it has a deadline and that has passed.
  [[nodiscard]] bool expire_if_late(JobRecord& job) noexcept;
  void set_limits(JobRecord& job, const Limits& limits);
  /// Makes `job`, which is not pushed yet, wait for others. False: they are final already.
  [[nodiscard]] bool hold_back(JobRecord& job, std::span<const JobRef> predecessors,
                               Raised& raised);
  [[nodiscard]] std::vector<JobRef> predecessors_of(JobRecord& job);
  void count_outcome(JobState outcome) noexcept;
  [[nodiscard]] static JobExtra& extra_of(JobRecord& job);
  void keep_error(JobRecord& job, std::exception_ptr error) noexcept;
  void count_finished_here() noexcept;

  [[nodiscard]] std::uint32_t intern(std::string_view name);
  /// What it was called when it was made, or else its function, if it can move.
  [[nodiscard]] std::string_view name_of(const JobRecord& job) const;
  [[nodiscard]] JobReport report_on(JobRecord& job);
  /// Keeps the exception of a job without a handle for wait().
  void keep_first_error(std::exception_ptr error) noexcept;

  // Those who look on: preemption.cpp.
  /// A checkpoint of any worker may have something to do.
  void alert_workers() noexcept;
  /// While one needs it, every job goes the slow way, which looks at deadlines and tells of steps.
  void begin_care() noexcept;
  void end_care() noexcept;
  void tell(const JobRecord& job, JobState from, JobState to, std::uint64_t other = 0) noexcept {
    if (events->is_on()) [[unlikely]]
      add_step(job, from, to, other);
  }
  /// It has left for another rank, or into a checkpoint.
  void tell_gone(const JobRecord& job) noexcept {
    given_away.fetch_add(1, std::memory_order_relaxed);  // a statistic
    tell(job, JobState::pending, JobState::stolen);
  }
  void tell(EventKind kind, const JobRecord& job, std::chrono::nanoseconds past = {}) noexcept;

  // Answers to futures: replies.cpp.
  template <typename R>
  void answer(const Reply& to, R&& result);
  void answer_failure(const Reply& to, std::string text) noexcept;
  /// Of the exception that is being handled.
  void answer_exception(const Reply& to) noexcept;
  void deliver(std::uint64_t number, bool has_failed, int from_rank,
               std::span<const std::byte> bytes);
  /// Of this process, while run_with() lasts; else 0.
  [[nodiscard]] int rank() const noexcept;

  /// Makes a job again that another rank has packed, in a store that the caller owns.
  /// \throws std::runtime_error  it cannot be read; says of which kind it is, and why
  [[nodiscard]] JobRecord& unpack(const PackedJob& packed, const JobKind& kind,
                                  std::span<const std::byte> payload, JobStore& store);

  // Lending of priorities: lending.cpp. A class is a Priority, or no_class. They take `lending`.
  /// One who waits for `job` lends it another class than before.
  void relend(JobRecord& job, std::uint8_t from, std::uint8_t to, Raised& raised) noexcept;
  /// The same for the job that answers a future of this rank.
  void relend(std::uint64_t reply, std::uint8_t from, std::uint8_t to, Raised& raised) noexcept;
  /// Who waits for its future wants `job` to be at least of this class.
  void want(JobRecord& job, std::uint8_t job_class, Raised& raised) noexcept;
  void want(const Reply& to, std::uint8_t job_class, Raised& raised) noexcept;
  /// Its class but for what it was lent. A Priority.
  [[nodiscard]] std::uint8_t unlent_class(const JobRecord& job) noexcept;
  /// A job that is queued has waited so long that it is of this class now, if not of a higher one.
  void promote(JobRecord& job, Priority to) noexcept;
  /// The job that answers a future of this rank has come to that rank.
  void locate(std::uint64_t reply, int holder) noexcept;

  // Checkpoints: exchange.cpp.
  /// From now on, movable jobs without futures are set aside when their turn comes.
  void begin_saving() noexcept;
  /// They are no more; what was set aside stays so.
  void end_saving() noexcept;
  /// They are no more; what was set aside is queued again.
  void resume() noexcept;

  // The pool.
  [[nodiscard]] bool is_quiet() const noexcept {
    return nothing_is_left([this] { return jobs_finished(); }, [this] { return jobs_created(); });
  }
  [[nodiscard]] std::uint64_t jobs_created() const noexcept;
  [[nodiscard]] std::uint64_t jobs_finished() const noexcept;
  void wait_until_quiet();
  void notice_quiet() noexcept;
  /// The calling thread becomes worker 0 until `more` says that nothing is left anywhere; the other
  /// workers ask it for work, too. Call it outside the pool.
  void run_with(WorkSource& more);
  [[nodiscard]] Worker* enter_seat();
  void leave_seat() noexcept;
  /// After a heavy barrier: true if any deque or list holds something that was put before it.
  [[nodiscard]] bool sees_work() const noexcept;
  [[nodiscard]] bool sees_jobs(std::size_t job_class) const noexcept;
  [[nodiscard]] JobStore& store(std::size_t index) noexcept;
  void free_cell(JobRecord& job) noexcept;
  /// An entry of a job that has left for another rank. Counts it.
  void forget(JobRecord& job) noexcept;
  /// Nobody can find the job by its future any more.
  void forget_awaited(const Reply& to) noexcept;
  [[nodiscard]] std::optional<unsigned> package() const noexcept;

  const Config config;
  std::vector<std::string> notes;
  std::unique_ptr<IdleSet<>> idle;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::unique_ptr<Inbox>> inboxes;
  std::array<Overflow, priority_count> overflow;  // by class
  /// What the steward has put aside for one worker, by worker and class; others take it as well,
  /// but later.
  std::vector<std::array<Overflow, priority_count>> gifts;
  Replies replies;
  AwaitedJobs awaited;
  SavedJobs saved;
  std::atomic<std::uint64_t> failed{0}, failed_detached{0}, cancelled{0}, timed_out{0};
  std::atomic<std::uint64_t> cancelled_early{0}, timed_out_early{0};  ///< of these, never started
  std::atomic<std::uint64_t> overflowed{0}, promoted{0}, rebalanced{0};
  std::atomic<std::uint64_t> given_away{0}, received{0};  ///< to and from other ranks
  std::shared_ptr<EventLog> events;
  std::unique_ptr<Steward> steward;
  QuietGate<> gate;  ///< closed: workers end when the pool is quiet
  /// Where more work may come from. (X): its release store -> the workers' acquire loads.
  std::atomic<WorkSource*> source{nullptr};
  /// Workers that call it. (Y): a visitor counts itself, then loads the source; who takes the
  /// source away clears it, then counts. All seq_cst, so one of them sees the other; a visitor's
  /// release, when it leaves -> the last count: all that it did there.
  std::atomic<unsigned> source_visitors{0};
  std::atomic<bool> seat_wanted{false};  ///< a guest waits for worker 0
  /// Of all loans; taken after the lock of an inbox, if both are. What borrows lends in its turn.
  std::recursive_mutex lending;

 private:
  ~Engine();
  void lay_out_workers();
  void start_threads();
  [[nodiscard]] int start_thread(std::size_t index, const pthread_attr_t& attributes,
                                 std::string& refused);
  void end_threads() noexcept;
  void wake_all() noexcept;
  void drop_stale_entries() noexcept;
  void drop_store(JobStore& store) noexcept;
  void adopt(JobRecord& job, const Reply& to) noexcept;
  void reconsider(JobRecord& job, JobExtra& extra, Raised& raised) noexcept;
  void lend_to_predecessors(JobExtra& extra, std::uint8_t now, Raised& raised) noexcept;
  void release_dependents(JobRecord& job) noexcept;
  void settle(JobRecord& job, Priority before) noexcept;
  void end_early(JobRecord& job) noexcept;
  void expire(JobRecord& job) noexcept;
  void unblock(JobRecord& job) noexcept;
  void send(const Reply& to, bool has_failed, Bytes bytes) noexcept;
  void add_step(const JobRecord& job, JobState from, JobState to, std::uint64_t other) noexcept;

  struct Pins;
  std::unique_ptr<Pins> pins_;
  std::vector<pthread_t> threads_;
  std::atomic<std::uint64_t> finished_elsewhere_{0};  // by threads that are no workers
  std::atomic<std::size_t> stores_alive_{0};
  std::mutex care_mutex_;  // of the next one
  unsigned carers_ = 0;
  mutable std::mutex mutex_;  // of what is below
  std::exception_ptr first_error_;
  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::vector<std::string_view> name_list_;
};

/// \throws what Codec<R>::write throws; nothing has happened then
template <typename R>
void Engine::answer(const Reply& to, R&& result) {
  if (to.rank != Reply::here) {
    Bytes bytes;
    Codec<R>::write(result, bytes);
    return send(to, false, std::move(bytes));
  }
  const auto state = replies.take(to.number);
  if (state == nullptr) return;  // given up: see Replies::fail_all
  try {
    dynamic_cast<ReplyOf<R>&>(*state).fill(std::move(result));
  } catch (...) {  // R cannot be moved, or the number came to us wrong
    state->fail(text_of(std::current_exception()), rank());
  }
}

}  // namespace jackdaw::detail
