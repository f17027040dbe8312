#include <algorithm>     // min
#include <chrono>        // nanoseconds
#include <deque>         // deque
#include <optional>      // optional
#include <stdexcept>     // runtime_error
#include <string>        // to_string
#include <system_error>  // system_error
#include <vector>        // erase_if, vector

#include "jackdaw/detail/engine.hpp"      // Engine
#include "jackdaw/detail/race_state.hpp"  // RaceState
#include "jackdaw/detail/replies.hpp"     // ReplyState
#include "jackdaw/detail/worker.hpp"      // Worker
#include "jackdaw/remote_future.hpp"      // RemoteError
#include "lending.hpp"                    // Loan
#include "stack_room.hpp"                 // stack_room
#include "timeout.hpp"                    // Timeout

// How a worker waits inside a job. For a stolen task, a job with a handle, or a race: then it never
// starts unrelated work on top, so stacks stay bounded, and no wait can deadlock through it: every
// piece of work above a waiting frame is one that this frame waits for. For a future it must: the
// job that will answer, or one which that waits for, may be queued behind others, here or on any
// rank, and if all who wait ran nothing, none of them would ever come to it. README.md says when
// that is safe.

namespace jackdaw::detail {
namespace {

constexpr unsigned spin_rounds = 64;     // before the worker sleeps
constexpr unsigned max_help_depth = 16;  // frames of helping, beside those of the own thief
constexpr std::chrono::nanoseconds shortest_sleep{200'000}, longest_sleep{8'000'000};

constexpr std::chrono::nanoseconds longest_unasked{1'000'000};  // while other ranks may answer

/// \throws std::runtime_error  the calling thread has nearly used up its stack
void expect_stack() {
  const StackRoom room = stack_room();
  if (!room.is_short()) return;
  throw std::runtime_error("too many jobs wait for futures on top of each other: of " +
                           std::to_string(room.bytes) + " bytes of stack " +
                           std::to_string(room.left) + " are left; raise stack_bytes");
}

}  // namespace

/// Spins, helps, and at last sleeps, until `done`. `sleep(ns)` must return early once it is done.
/// The sleeps are short: work that one could help with wakes nobody.
template <typename Done, typename Help, typename Sleep>
void Worker::wait_until(Done done, Help help, Sleep sleep) {
  struct Account {  // also if help() throws
    TimeAccount& time;
    ~Account() { time.enter(Slice::working); }
  } account{time_};
  time_.enter(Slice::searching);
  auto nap = shortest_sleep;
  for (unsigned round = 0; !done();) {
    patience_ = round;
    give_way();  // what is critical may come on top of anything
    if (help()) {
      round = 0;
      nap = shortest_sleep;
      continue;
    }
    if (++round < spin_rounds) {
      round < spin_rounds / 4 ? Sync::pause() : Sync::yield();
      continue;
    }
    time_.enter(Slice::asleep);
    sleep(nap.count());
    time_.enter(Slice::searching);
    nap = std::min(nap * 2, longest_sleep);
  }
}

/// Runs one task of `job`: of the given thief's first, since the wait depends on those; of others
/// only while the stack is not too deep. Source: Wagner and Calder, "Leapfrogging", PPoPP 1993.
bool Worker::help(const void* job, unsigned thief) noexcept {
  Task* task = nullptr;
  if (thief != Task::nobody && thief != store.index)
    task = task_from(*engine_->workers[thief], job);
  const bool from_thief = task != nullptr;
  if (!from_thief && help_depth_ < max_help_depth) task = any_task(job);
  if (task == nullptr) return false;
  time_.enter(Slice::working);
  if (!from_thief) ++help_depth_;
  run_stolen(*task);
  if (!from_thief) --help_depth_;
  time_.enter(Slice::searching);
  return true;
}

void Worker::join(Task& task) noexcept {
  wait_until([&] { return task.end.is_done(); },
             [&] {  // relaxed: a hint
               return help(task.job, task.thief.load(std::memory_order_relaxed));
             },
             [&](long ns) { task.end.sleep(ns); });
}

bool Worker::is_part_of(const JobRecord& job) const noexcept {
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->below()) {
    if (frame->outer_job() == &job) return true;
  }
  return this->job() == &job;
}

/// Starts `job` here if it can be started, or else what it comes after; cancels it if the pool does
/// so with all that have not started. False: others have it.
bool Worker::start_for(JobRecord& job) {
  if (job.word.state() != JobState::pending) return false;
  if ((pulse() & Pulse::cancelling) != 0) {  // its entry is stale then: who pops it drops it
    if (engine_->cancel(job) && job.ops->give_up != nullptr)
      job.ops->give_up(job, *engine_, "the job was cancelled");
    return true;
  }
  if (job.word.is_blocked()) {
    for (const JobRef& earlier : engine_->predecessors_of(job)) earlier.wait();
    time_.enter(Slice::searching);
    return false;  // whoever finished the last of them has pushed it, or is about to
  }
  if (engine_->expire_if_late(job) || !job.word.try_start()) return false;
  std::optional<Loan> loan;
  JobRecord* const waiter = this->job();
  if (waiter != nullptr && waiter->word.priority() < job.word.priority())
    loan.emplace(*engine_, waiter, job);
  time_.enter(Slice::working);
  bool is_over = false;
  {
    const Turn turn(*this, Turn::Kind::job, Turn::Below::rests);
    const Frame frame(*this, &job);
    is_over = run_shared(job, Runner::waits);
  }
  if (is_over) count_finished();  // its entry in some deque is stale now; who pops it drops it
  time_.enter(Slice::searching);
  return true;
}

void Worker::wait_for(JobRecord& job) {
  if (is_final(job.word.state())) return;
  if (is_part_of(job)) {
    throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                            "a job waits for itself");
  }
  const Turn turn(*this, Turn::Kind::other, Turn::Below::rests);  // time spent waiting is free
  std::optional<Loan> loan;  // once it is clear that others have the job
  wait_until([&] { return is_final(job.word.state()); },
             [&] {
               if (start_for(job) || help(&job, Task::nobody)) return true;
               if (!loan) loan.emplace(*engine_, this->job(), job);
               return false;
             },
             [&](long ns) { job.word.sleep(ns); });
  // It may have yielded here, and been cancelled then, when no entry was left that would count it.
  if (engine_->end_unstarted(job)) count_dropped();
}

void Worker::wait_for(JobRecord& job, std::int64_t timeout_ns) {
  const Timeout patience{std::chrono::nanoseconds(timeout_ns)};
  const Turn turn(*this, Turn::Kind::other, Turn::Below::rests);  // time spent waiting is free
  const Loan loan(*engine_, this->job(), job);
  wait_until([&] { return is_final(job.word.state()) || patience.left_ns() == 0; },
             [&] { return help(&job, Task::nobody); },
             [&](long ns) { job.word.sleep(std::min<long>(ns, patience.left_ns())); });
}

// --- races ---------------------------------------------------------------------------------------

/// What a worker does that waits for a race. Looks at each contender until that is final, and no
/// longer: O(n) in all, and each round O(those that others run).
class Worker::Spectator {
 public:
  Spectator(Worker& worker, RaceState& race) noexcept : worker_(worker), race_(race) {}

  /// Runs the first contender that nobody has started, or a task of one that runs elsewhere. False:
  /// there is nothing to run.
  bool help() {
    std::erase_if(elsewhere_, [](JobRecord* job) { return is_final(job->word.state()); });
    for (JobRecord* job : elsewhere_) {  // a thief has it pending again, once it is settled
      if (worker_.start_for(*job)) return true;
    }
    if (start_next()) return true;
    for (JobRecord* job : elsewhere_) {
      if (worker_.help(job, Task::nobody)) return true;
    }
    if (loans_.empty()) {  // others have them all
      for (std::size_t i = 0; i < race_.size(); ++i)
        loans_.emplace_back(*worker_.engine_, worker_.job(), race_.contender(i));
    }
    return false;
  }

 private:
  bool start_next() {
    for (; next_ < race_.size(); ++next_) {
      JobRecord& job = race_.contender(next_);
      if (is_final(job.word.state())) continue;
      if (worker_.start_for(job)) return true;
      if (job.word.is_blocked())
        return false;  // so are those behind it: they have the same options
      elsewhere_.push_back(&job);
    }
    return false;
  }

  Worker& worker_;
  RaceState& race_;
  std::size_t next_ = 0;               // the first that was not looked at
  std::vector<JobRecord*> elsewhere_;  // were not pending when they were looked at
  std::deque<Loan> loans_;
};

void Worker::wait_for(RaceState& race) {
  const Turn turn(*this, Turn::Kind::other, Turn::Below::rests);  // time spent waiting is free
  Spectator spectator(*this, race);
  wait_until([&] { return race.is_over(); }, [&] { return spectator.help(); },
             [&](long ns) { race.sleep(ns); });
}

// --- futures -------------------------------------------------------------------------------------

bool Worker::Answering::is_awaited_by(const ReplyState& reply) const noexcept {
  return to_.rank == Reply::here && to_.number == reply.number();
}

/// As an idle worker would: what it finds here, or else elsewhere.
bool Worker::run_another() noexcept {
  if (--until_service_ == 0) serve();
  const Turn turn(*this, Turn::Kind::job, Turn::Below::rests);
  if (!hunt_once() && !(fetch_elsewhere() && hunt_once())) return false;
  tasks_.set_tag(nullptr);
  time_.enter(Slice::searching);
  return true;
}

void Worker::wait_for(ReplyState& reply) {
  if (reply.is_ready()) return;
  for (const Answering* job = answering_; job != nullptr; job = job->below()) {
    if (!job->is_awaited_by(reply)) continue;
    throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                            "a job waits for its own future");
  }
  expect_stack();
  const WorkSource* const source = engine_->source.load(std::memory_order_acquire);  // (X)
  if (source != nullptr) until_service_ = 1;
  const Turn turn(*this, Turn::Kind::other, Turn::Below::rests);  // time spent waiting is free
  const Loan loan(*engine_, job(), reply.number());
  const Frame frame(*this, nullptr);
  const auto parted = [&] { return source != nullptr && source->is_done(); };
  wait_until([&] { return reply.is_ready() || parted(); }, [&] { return run_another(); },
             [&](long ns) {
               reply.sleep(source == nullptr ? ns : std::min<long>(ns, longest_unasked.count()));
             });
  if (!reply.is_ready())  // not all was done, since this job runs: there was an error
    throw RemoteError("the ranks have parted before the result came", engine_->rank());
}

}  // namespace jackdaw::detail
