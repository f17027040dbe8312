#include <algorithm>  // max, min
#include <array>      // array
#include <chrono>     // nanoseconds, steady_clock
#include <utility>    // declval, exchange

#include "jackdaw/detail/engine.hpp"       // Engine
#include "jackdaw/detail/steal_share.hpp"  // steal_share
#include "jackdaw/detail/worker.hpp"       // Worker

// How a worker takes work from others.

namespace jackdaw::detail {
namespace {

constexpr unsigned seize_after = 16;  // fruitless rounds: some 10 us
constexpr unsigned lost_races = 4;    // before the thief goes to another victim
constexpr unsigned most_lost = 8;     // that a thief remembers
constexpr std::size_t few = 16;       // jobs of one visit to an inbox
constexpr unsigned pauses_for_more = 24;

}  // namespace

void Worker::set_victims(std::vector<std::vector<std::uint32_t>> tiers) {
  victims_ = std::move(tiers);
  std::erase_if(victims_, [](const auto& tier) { return tier.empty(); });
  if (engine_->config.strategy >= Strategy::locality_aware) return;
  std::vector<std::uint32_t> all;  // the other strategies know no distance
  for (const auto& tier : victims_) all.insert(all.end(), tier.begin(), tier.end());
  victims_.clear();
  if (!all.empty()) victims_.push_back(std::move(all));
}

std::int64_t Worker::queued() const noexcept {
  std::int64_t jobs = 0;
  for (const auto& deque : store.deques) jobs += std::max<std::int64_t>(deque.length(), 0);
  return jobs;
}

/// At random; if it adapts, of two the one with more to do. Source: Mitzenmacher, "The Power of Two
/// Choices in Randomized Load Balancing", IEEE TPDS 12 (2001).
std::size_t Worker::start_in(const std::vector<std::uint32_t>& tier) noexcept {
  if (tier.size() == 1) return 0;
  const std::size_t one = random_() % tier.size();
  if (engine_->config.strategy != Strategy::adaptive) return one;
  const std::size_t other = random_() % tier.size();
  const auto work = [&](std::size_t at) {
    const Worker& victim = *engine_->workers[tier[at]];
    return victim.queued() * std::max<std::int64_t>(victim.job_ns(), 1);
  };
  return work(other) > work(one) ? other : one;
}

/// Jobs to take at most out of a deque: what they take is what those took that came from others
/// before. (Of a victim's jobs, those that it runs may be other than those that it makes.)
std::size_t Worker::share_of(const JobDeque& deque) const noexcept {
  const auto& config = engine_->config;
  if (config.strategy != Strategy::adaptive) return config.max_steal_batch;
  return static_cast<std::size_t>(steal_share({.queued = deque.length(),
                                               .job_ns = loot_time_.ns(),
                                               .steal_ns = steal_time_.ns(),
                                               .lost = lost_lately_,
                                               .max_batch = config.max_steal_batch}));
}

/// Tier by tier, from a start in each that start_in() chooses, until `visit` brings something.
template <typename Visit>
auto Worker::visit_victims(Visit visit) noexcept -> decltype(visit(std::declval<Worker&>())) {
  for (const auto& tier : victims_) {
    const std::size_t start = start_in(tier);
    for (std::size_t i = 0; i < tier.size(); ++i) {
      const std::size_t at = start + i < tier.size() ? start + i : start + i - tier.size();
      if (auto* found = visit(*engine_->workers[tier[at]])) return found;
    }
  }
  return nullptr;
}

/// One visit to a deque. Accounts for its time only if there is something to take.
template <typename T, typename Deque>
std::size_t Worker::take_from(Deque& deque, T* room, std::size_t most, const void* wanted) {
  if (deque.length() <= 0) return 0;
  const Slice before = time_.current();
  time_.enter(Slice::stealing);
  std::size_t taken = 0;
  bool is_mine = false;
  for (unsigned attempt = 0; attempt < lost_races; ++attempt) {
    const Steal result = deque.steal(room, most, taken, wanted);
    if (result == Steal::taken) {
      tally_.steals.add(1);
      lost_lately_ -= lost_lately_ > 0 ? 1 : 0;
      is_mine = true;
      break;
    }
    if (result == Steal::lost) {
      tally_.steals_lost.add(1);
      lost_lately_ += lost_lately_ < most_lost ? 1 : 0;
      continue;
    }
    if (deque.public_length() > 0) break;  // tasks of another job
    if (patience_ < seize_after) {
      deque.ring();
      break;
    }
    if (!deque.seize()) break;
    tally_.seizures.add(1);
  }
  time_.enter(before);
  return is_mine ? taken : 0;
}

// --- tasks ---------------------------------------------------------------------------------------

Task* Worker::task_from(Worker& victim, const void* wanted) noexcept {
  Task* task = nullptr;
  if (take_from(victim.tasks_, &task, 1, wanted) == 0) return nullptr;
  tally_.tasks_stolen.add(1);
  return task;
}

Task* Worker::any_task(const void* wanted) noexcept {
  return visit_victims([&](Worker& victim) { return task_from(victim, wanted); });
}

// --- jobs ----------------------------------------------------------------------------------------

/// What it costs is learnt, if it brings something.
JobRecord* Worker::fetch(std::size_t job_class) noexcept {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  JobRecord* const job = search(job_class);
  if (job != nullptr) steal_time_.learn(std::chrono::nanoseconds(Clock::now() - start).count());
  return job;
}

/// What is oldest in the rank, then what came from outside, then what is near, then what is far.
JobRecord* Worker::search(std::size_t job_class) noexcept {
  if (JobRecord* job = from_list(engine_->gifts[store.index][job_class], job_class)) return job;
  if (JobRecord* job = from_list(engine_->overflow[job_class], job_class)) return job;
  if (JobRecord* job = from_inboxes(job_class)) return job;
  if (JobRecord* job = from_victims(job_class)) return job;
  for (auto& gift : engine_->gifts) {  // whose worker does not come for it
    if (JobRecord* job = from_list(gift[job_class], job_class)) return job;
  }
  return nullptr;
}

JobRecord* Worker::from_list(Overflow& list, std::size_t job_class) noexcept {
  auto jobs = list.take().jobs;
  if (jobs.empty()) return nullptr;
  return settle(jobs.data(), jobs.size(), job_class);
}

/// Each visit takes the lines away that a thread outside needs for its next job. So who found few
/// waits until there may be more, a microsecond or so.
JobRecord* Worker::from_inboxes(std::size_t job_class) noexcept {
  if (std::exchange(inboxes_trickle_, false)) {
    for (unsigned i = 0; i < pauses_for_more; ++i) Sync::pause();
  }
  std::array<JobRecord*, 64> loot;
  for (std::size_t i = 0; i < engine_->inboxes.size(); ++i) {
    Inbox& inbox = *engine_->inboxes[(store.index + i) % engine_->inboxes.size()];
    auto& deque = inbox.store.deques[job_class];
    if (deque.length() <= 0) continue;
    if (deque.public_length() == 0 && inbox.mutex.try_lock()) {
      deque.publish_all();  // an inbox has no owner who would come by
      inbox.mutex.unlock();
    }
    std::size_t taken = 0;
    if (deque.steal(loot.data(), share_of(deque), taken) != Steal::taken) continue;
    inboxes_trickle_ = taken < few;
    return settle(loot.data(), taken, job_class);
  }
  return nullptr;
}

JobRecord* Worker::from_victims(std::size_t job_class) noexcept {
  // An urgent job is not waited for: its owner has published it, or is about to.
  std::array<JobRecord*, 64> loot;
  const bool singly = engine_->config.strategy == Strategy::single;
  return visit_victims([&](Worker& victim) -> JobRecord* {
    auto& deque = victim.store.deques[job_class];
    const auto taken = take_from(deque, loot.data(), singly ? 1 : share_of(deque), nullptr);
    if (taken == 0) return nullptr;
    for (std::size_t i = 0; i < taken; ++i) {
      if (engine_->mark_stolen(*loot[i], victim.store.index)) tally_.jobs_stolen.add(1);
    }
    return settle(loot.data(), taken, job_class);
  });
}

/// Puts all but the oldest into the own deque, so that the next oldest comes out first. Their
/// records are on the way from another core's cache meanwhile, all at once.
JobRecord* Worker::settle(JobRecord** loot, std::size_t count, std::size_t job_class) noexcept {
  for (std::size_t i = 0; i < count; ++i) __builtin_prefetch(loot[i], 1);
  for (std::size_t i = count; i-- > 1;) push(*loot[i], job_class);
  if (const auto ns = loot[0]->ops->note->run_time.ns(); ns > 0) loot_time_.learn(ns);
  return loot[0];
}

}  // namespace jackdaw::detail
