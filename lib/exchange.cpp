#include <algorithm>  // min
#include <array>      // array

#include "jackdaw/detail/closure.hpp"  // make_job
#include "jackdaw/detail/engine.hpp"   // Engine
#include "jackdaw/detail/worker.hpp"   // Worker

// How jobs leave a pool for another rank, and come into one.

namespace jackdaw::detail {
namespace {

const JobKind* newest_kind = nullptr;  // written before main, or while a library is loaded

PackedJob pack(const JobRecord& job, const JobKind& kind) noexcept {
  PackedJob packed{};
  packed.kind = kind.id;
  packed.id = job.id;
  packed.moves = job.moves;
  packed.job_class = static_cast<std::uint8_t>(job.word.priority());
  kind.pack(job, packed.payload.data());
  return packed;
}

}  // namespace

bool register_kind(JobKind& kind) noexcept {
  kind.next = newest_kind;
  newest_kind = &kind;
  return true;
}
const JobKind* all_kinds() noexcept { return newest_kind; }

/// The oldest of the most urgent class, half of what is there, as a thief would take it.
std::size_t Worker::give_away(std::span<PackedJob> room) noexcept {
  std::array<JobRecord*, 512> jobs;
  std::size_t packed = 0;
  for (std::size_t c = 0; c < priority_count && packed == 0; ++c) {
    auto& deque = store.deques[c];
    const auto length = static_cast<std::size_t>(deque.length() > 0 ? deque.length() : 0);
    const auto most = std::min({length / 2, room.size(), jobs.size()});
    if (most == 0) continue;
    const auto taken = deque.relieve(jobs.data(), most);
    (void)deque.answer(JobStore::rearms(c));
    for (std::size_t i = 0; i < taken; ++i) {
      JobRecord& job = *jobs[i];
      const JobKind* kind = job.ops->kind;
      if (kind == nullptr || job.word.is_shared()) {  // it stays; the handle knows where it is
        push(job, c);
        continue;
      }
      job.word.step_alone(JobState::stolen);
      room[packed++] = pack(job, *kind);
      free_cell(job);
      count_dropped();
    }
  }
  return packed;
}

/// The door, opened by a worker.
class WorkerDoor final : public PoolDoor {
 public:
  explicit WorkerDoor(Worker& worker) : worker_(worker) {}
  [[nodiscard]] unsigned worker() const noexcept override { return worker_.store.index; }
  [[nodiscard]] std::size_t give_away(std::span<PackedJob> room) noexcept override {
    return worker_.give_away(room);
  }
  void receive(const PackedJob& packed, const JobKind& kind) override {
    worker_.receive(packed, kind);
  }
  [[nodiscard]] bool is_quiet() const noexcept override { return worker_.engine().is_quiet(); }
  [[nodiscard]] std::uint64_t jobs_created() const noexcept override {
    return worker_.engine().jobs_created();
  }
  [[nodiscard]] std::uint64_t jobs_finished() const noexcept override {
    return worker_.engine().jobs_finished();
  }

 private:
  Worker& worker_;
};

/// Another rank may want something.
void Worker::serve() noexcept {
  WorkSource* source = engine_->source.load(std::memory_order_acquire);  // (X) of Engine::source
  WorkerDoor door(*this);
  until_service_ = source == nullptr ? no_service : source->serve(door);
}

bool Worker::fetch_elsewhere() noexcept {
  WorkSource* source = engine_->source.load(std::memory_order_acquire);  // (X)
  if (source == nullptr) return false;
  WorkerDoor door(*this);
  return source->fetch(door);
}

void Worker::receive(const PackedJob& packed, const JobKind& kind) {
  const auto priority = static_cast<Priority>(packed.job_class);
  JobRecord& job = kind.unpack(store, priority, packed.payload.data());
  job.moves = packed.moves;
  push(job, packed.job_class);
}

}  // namespace jackdaw::detail
