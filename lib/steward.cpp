#include "steward.hpp"

#include <array>  // array

#include "engine_door.hpp"            // EngineDoor
#include "jackdaw/detail/engine.hpp"  // Engine
#include "packing.hpp"                // Packing

namespace jackdaw::detail {
namespace {

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
    Packing packing(room, parcels, engine_.rank());
    for (std::size_t c = 0; c < priority_count && packing.count() == 0; ++c) {
      for (const auto& worker : engine_.workers) steal_from(worker->store.deques[c], packing);
    }
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
    std::array<JobRecord*, 64> loot;
    std::size_t taken = 0;
    if (packing.room() < loot.size() || deque.length() <= 0) return;
    if (deque.public_length() == 0 && !deque.seize()) return;
    if (deque.steal(loot.data(), loot.size(), taken) != Steal::taken) return;
    for (std::size_t i = 0; i < taken; ++i) {
      JobRecord& job = *loot[i];
      if (packing.take(job)) {
        engine_.free_cell(job);
        engine_.count_finished_here();
      } else {
        Engine::Submission(engine_).push(job);
      }
    }
  }
};

}  // namespace

Steward::Steward(Engine& engine, WorkSource& source, std::chrono::nanoseconds interval)
    : engine_(engine), source_(source), interval_(interval) {
  if (interval > std::chrono::nanoseconds::zero())
    thread_ = std::jthread([this](const std::stop_token& stop) { live(stop); });
}

void Steward::live(const std::stop_token& stop) {
  OutsideDoor door(engine_);
  std::unique_lock hold(mutex_);
  while (!wake_.wait_for(hold, stop, interval_, [&] { return stop.stop_requested(); }))
    source_.attend(door);
}

}  // namespace jackdaw::detail
