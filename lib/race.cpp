#include "jackdaw/race.hpp"

#include <climits>    // INT_MAX
#include <stdexcept>  // invalid_argument

// The part of a race that knows no types.

namespace jackdaw::detail {

// --- the caller of race() ------------------------------------------------------------------------

void RaceState::enlist(JobRecord& job) {
  JobExtra& extra = Engine::extra_of(job);
  extra.race = shared_from_this();  // no lock: nobody knows the job yet
  extra.place = contenders_.size() - 1;
  ++left_;
}

void RaceState::push_all(Engine::Submission& submission, const JobOptions& options) {
  if (contenders_.empty()) throw std::invalid_argument("a race needs one function at least");
  // From the first push on a contender may end, and cancel others that are not pushed yet. Those
  // are pushed all the same: who takes such an entry from its deque drops it.
  while (pushed_ < contenders_.size()) submission.push(contender(pushed_++), options);
}

void RaceState::call_off(Engine::Submission& submission) noexcept {
  for (; pushed_ < contenders_.size(); ++pushed_) {
    contenders_[pushed_].cancel();
    submission.push(contender(pushed_));  // drops it, and counts it as finished
  }
}

void RaceState::wait(Engine& engine) {
  if (this_worker != nullptr && &this_worker->engine() == &engine)
    return this_worker->wait_for(*this);
  while (!is_over()) sleep(-1);
}

void RaceState::leave() noexcept {
  bool mine = false;
  {
    const std::lock_guard hold(mutex_);
    mine = !decided_;
    decided_ = true;
  }
  if (mine) {  // there was an exception
    cancel_all();
  } else {
    while (!is_over()) sleep(-1);  // whoever decided it is about to end it
  }
  contenders_.clear();
}

void RaceState::sleep(long timeout_ns) noexcept {
  unsigned seen = running;
  // Relaxed: if it is over, is_over() loads again, with acquire. (Z)
  word_.compare_exchange_strong(seen, asleep, std::memory_order_relaxed);
  if (seen != over) futex_wait(&word_, asleep, timeout_ns);
}

std::size_t RaceState::winner() const {
  if (winner_ != nobody) return winner_;
  if (first_failure_ != nobody) contenders_[first_failure_].throw_unless_completed();
  throw Cancelled("all jobs of a race were cancelled, so it has no result");
}

// --- any thread ----------------------------------------------------------------------------------

/// Under the mutex. Nothing changes once it is decided: the caller reads without the mutex then.
bool RaceState::decides(std::size_t place, JobState end) noexcept {
  if (decided_) return false;
  --left_;
  if (end == JobState::completed) {
    winner_ = place;
  } else if (end != JobState::cancelled && first_failure_ == nobody) {
    first_failure_ = place;
  }
  decided_ = winner_ != nobody || left_ == 0;
  return decided_;
}

void RaceState::note_end(std::size_t place, JobState end) noexcept {
  {
    const std::lock_guard hold(mutex_);
    if (!decides(place, end)) return;
  }
  cancel_all();                                                   // they tell it here: no mutex
  if (word_.exchange(over, std::memory_order_release) == asleep)  // (F) (Z)
    futex_wake(&word_, INT_MAX);
}

void RaceState::cancel_all() noexcept {  // it is too late for those that are final
  for (const JobRef& contender : contenders_) contender.cancel();
}

}  // namespace jackdaw::detail
