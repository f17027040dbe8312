#include "steward.hpp"

#include <algorithm>  // max, min

#include "engine_door.hpp"            // EngineDoor
#include "jackdaw/detail/engine.hpp"  // Engine
#include "loot.hpp"                   // Loot
#include "packing.hpp"                // Packing
#include "source_visit.hpp"           // SourceVisit

namespace jackdaw::detail {
namespace {

constexpr std::chrono::milliseconds shortest_interval{1}, longest_interval{250};
constexpr std::chrono::milliseconds longest_nap{1000};   // of an idle pool
constexpr std::chrono::milliseconds event_interval{10};  // while somebody listens
constexpr std::int64_t looks_per_limit = 16;             // how exact time limits are

/// The door, opened by a thread that is no worker: it takes jobs as a thief does, and puts them
/// where threads from outside do.
class OutsideDoor final : public EngineDoor {
 public:
  using EngineDoor::EngineDoor;
  [[nodiscard]] unsigned worker() const noexcept override {
    return static_cast<unsigned>(engine_.workers.size());
  }
  [[nodiscard]] std::size_t give_away(std::span<PackedJob> room,
                                      Parcels& parcels) noexcept override {
    Packing packing(room, parcels, engine_);
    for (std::size_t c = 0; c < priority_count && packing.count() == 0; ++c) {
      packing.take_from(engine_.overflow[c]);  // the oldest
      for (const auto& inbox : engine_.inboxes) steal_from(inbox->store.deques[c], packing);
      for (const auto& worker : engine_.workers) steal_from(worker->store.deques[c], packing);
      for (auto& gift : engine_.gifts) packing.take_from(gift[c]);  // not fetched yet
    }
    if (engine_.config.strategy == Strategy::adaptive) packing.order_by_time();
    return packing.count();
  }
  void receive(const PackedJob& packed, const JobKind& kind,
               std::span<const std::byte> payload) override {
    Engine::Submission submission(engine_);
    submission.push(engine_.unpack(packed, kind, payload, submission.store()));
  }

 private:
  /// Half of what a deque has, one batch at most. Its owner may be in a job that does not answer.
  void steal_from(JobDeque& deque, Packing& packing) noexcept {
    if (packing.room() == 0) return;
    const auto loot = Loot::take(deque, packing.room());
    for (JobRecord* job : loot.jobs()) {
      if (!packing.take(*job)) Engine::Submission(engine_).push(*job);
    }
  }
};

}  // namespace

Steward::Steward(Engine& engine)
    : engine_(engine),
      limits_(engine),
      ageing_(engine),
      rebalancing_(engine),
      interval_ns_(std::chrono::nanoseconds(longest_interval).count()),
      thread_([this](const std::stop_token& stop) { live(stop); }) {
  const std::chrono::nanoseconds timeout = engine.config.timeout;
  if (timeout > std::chrono::nanoseconds::zero()) attend_to(timeout.count());
}

Steward::~Steward() {
  thread_.request_stop();
  ring();
  thread_.join();
  limits_.clear();
}

void Steward::attend_to(std::int64_t timeout_ns) noexcept {
  const auto wanted = std::max<std::int64_t>(timeout_ns / looks_per_limit,
                                             std::chrono::nanoseconds(shortest_interval).count());
  auto now = interval_ns_.load(std::memory_order_relaxed);  // see there
  bool is_news = false;
  while (wanted < now && !is_news)  // relaxed: it stands for itself, and the bell follows (R)
    is_news = interval_ns_.compare_exchange_weak(now, wanted, std::memory_order_relaxed);
  const bool is_short = wanted < std::chrono::nanoseconds(longest_interval).count();
  // Relaxed: a hint. Without it, the first look is late, as after any rest of the pool.
  if (is_news || (is_short && rests_.load(std::memory_order_relaxed))) ring();
}

void Steward::watch_deadline(std::int64_t deadline_ns, JobRef job) {
  limits_.watch_deadline(deadline_ns, std::move(job));
  const std::chrono::nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  attend_to(std::max<std::int64_t>(deadline_ns - now.count(), 0));
}

void Steward::ring() noexcept {
  bell_.store(1, std::memory_order_release);  // (R)
  Sync::wake(bell_);
}

void Steward::live(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    bell_.store(0, std::memory_order_relaxed);  // before the looks: what rings later is heard
    limits_.look();
    const auto now = Clock::now();
    keep_order(now);
    engine_.events->deliver();
    attend_source(now);
    Sync::wait(bell_, 0, nap(now).count());
    (void)bell_.load(std::memory_order_acquire);  // (R)
  }
}

bool Steward::is_idle() const noexcept {
  return Pulse::sleepers(engine_.idle->pulse()) == engine_.workers.size();
}

/// While all workers sleep, nothing waits.
void Steward::keep_order(Clock::time_point now) {
  constexpr std::chrono::nanoseconds never{0};
  if (is_idle()) return ageing_.forget();
  if (ageing_.interval() > never && now >= next_ageing_) {
    ageing_.look(now);
    next_ageing_ = now + ageing_.interval();
  }
  if (rebalancing_.interval() > never && now >= next_rebalancing_) {
    if (engine_.workers.size() > 1) rebalancing_.look();
    next_rebalancing_ = now + rebalancing_.interval();
  }
}

/// How long to sleep: longer and longer while all workers sleep, and nobody else needs it.
std::chrono::nanoseconds Steward::nap(Clock::time_point now) noexcept {
  // Relaxed, both intervals: see there.
  const auto for_kinds = std::max<std::int64_t>(
      shortest_kind_timeout_ns.load(std::memory_order_relaxed) / looks_per_limit,
      std::chrono::nanoseconds(shortest_interval).count());
  std::chrono::nanoseconds wanted{
      std::min(interval_ns_.load(std::memory_order_relaxed), for_kinds)};
  const bool idle = is_idle();
  rests_.store(idle, std::memory_order_relaxed);  // a hint
  idle_nap_ = idle
                  ? std::min<std::chrono::nanoseconds>(2 * std::max(idle_nap_, wanted), longest_nap)
                  : std::chrono::nanoseconds::zero();
  if (idle) wanted = std::max(wanted, idle_nap_);
  for (const auto interval : {ageing_.interval(), rebalancing_.interval()}) {
    if (!idle && interval > std::chrono::nanoseconds::zero())
      wanted = std::min(wanted, std::max<std::chrono::nanoseconds>(interval, shortest_interval));
  }
  if (engine_.events->is_on()) wanted = std::min<std::chrono::nanoseconds>(wanted, event_interval);
  if (next_attendance_ != Clock::time_point{})
    wanted = std::min<std::chrono::nanoseconds>(wanted, next_attendance_ - now);
  return std::max<std::chrono::nanoseconds>(wanted, std::chrono::microseconds(1));
}

/// While Engine::run_with runs.
void Steward::attend_source(Clock::time_point now) {
  const SourceVisit visit(engine_);
  const auto interval = visit.source() == nullptr ? std::chrono::nanoseconds::zero()
                                                  : visit.source()->attendance_interval();
  if (interval <= std::chrono::nanoseconds::zero()) {
    next_attendance_ = {};
    return;
  }
  if (next_attendance_ == Clock::time_point{}) next_attendance_ = now + interval;
  if (now < next_attendance_) return;
  OutsideDoor door(engine_);
  visit.source()->attend(door);
  next_attendance_ = now + interval;
}

}  // namespace jackdaw::detail
