#include <algorithm>  // min
#include <array>      // array
#include <cstring>    // memcpy
#include <stdexcept>  // length_error, runtime_error
#include <string>     // string, to_string

#include "jackdaw/detail/closure.hpp"  // make_job
#include "jackdaw/detail/engine.hpp"   // Engine
#include "jackdaw/detail/worker.hpp"   // Worker

// How jobs leave a pool for another rank, and come into one.

namespace jackdaw::detail {
namespace {

constexpr std::size_t long_at_once = std::size_t{1} << 20;  // bytes of long payloads in a batch

const JobKind* newest_kind = nullptr;  // written before main, or while a library is loaded

}  // namespace

bool register_kind(JobKind& kind) noexcept {
  kind.next = newest_kind;
  newest_kind = &kind;
  return true;
}
const JobKind* all_kinds() noexcept { return newest_kind; }

void place_payload(PackedJob& packed, Bytes& bytes) {
  if (bytes.size() > UINT32_MAX) throw std::length_error("a payload has 4 GiB or more");
  packed.payload_size = static_cast<std::uint32_t>(bytes.size());
  if (packed.is_long()) return;
  if (!bytes.empty()) std::memcpy(packed.payload.data(), bytes.data(), bytes.size());
  bytes.clear();
}

// --- giving --------------------------------------------------------------------------------------

/// A batch of jobs on its way out.
class Packing {
 public:
  Packing(std::span<PackedJob> room, Parcels& parcels, int rank)
      : room_(room), parcels_(parcels), rank_(rank) {}

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t room() const noexcept {
    return long_bytes_ < long_at_once ? room_.size() - count_ : 0;
  }
  [[nodiscard]] bool has_long() const noexcept { return long_bytes_ > 0; }
  /// False: its payload cannot be written, or not be kept. It can run here as it is.
  [[nodiscard]] bool add(const JobRecord& job, const JobKind& kind) noexcept {
    try {
      PackedJob packed{};
      packed.kind = kind.id;
      packed.id = job.id;
      packed.moves = job.moves;
      packed.job_class = static_cast<std::uint8_t>(job.word.priority());
      kind.pack(job, packed, bytes_);
      if (packed.reply_rank == Reply::here) packed.reply_rank = rank_;
      if (packed.is_long()) {
        packed.parcel = parcels_.keep(std::move(bytes_));
        long_bytes_ += packed.payload_size;
      }
      room_[count_++] = packed;
      return true;
    } catch (...) {
      return false;
    }
  }

 private:
  std::span<PackedJob> room_;
  Parcels& parcels_;
  int rank_;
  std::size_t count_ = 0;
  std::size_t long_bytes_ = 0;
  Bytes bytes_;  // of one payload; its memory serves for the next
};

std::size_t Worker::give_away(std::span<PackedJob> room, Parcels& parcels) noexcept {
  Packing packing(room, parcels, engine_->rank());
  for (std::size_t c = 0; c < priority_count && packing.count() == 0; ++c) pack_class(packing, c);
  return packing.count();
}

/// The oldest half of a class, as a thief would take it. In growing steps, and one by one where
/// payloads are long: what is taken out and does not go would come back as the youngest.
void Worker::pack_class(Packing& packing, std::size_t job_class) noexcept {
  auto& deque = store.deques[job_class];
  auto left = static_cast<std::size_t>(deque.length() > 0 ? deque.length() : 0) / 2;
  std::array<JobRecord*, 64> jobs;
  for (std::size_t step = 1; left > 0 && packing.room() > 0;) {
    const auto taken = deque.relieve(jobs.data(), std::min({step, left, packing.room()}));
    (void)deque.answer(JobStore::rearms(job_class));
    if (taken == 0) return;
    left -= taken;
    for (std::size_t i = 0; i < taken; ++i) {
      JobRecord& job = *jobs[i];
      const JobKind* kind = job.ops->kind;
      // One with handles stays; they know where it is.
      if (kind == nullptr || job.word.is_shared() || packing.room() == 0 ||
          !packing.add(job, *kind)) {
        push(job, job_class);
        continue;
      }
      job.word.step_alone(JobState::stolen);
      job.ops->discard(job);
      delete job.extra.load(std::memory_order_relaxed);  // of one that came after others: all done
      free_cell(job);
      count_dropped();
    }
    step = packing.has_long() ? 1 : std::min(2 * step, jobs.size());
  }
}

// --- receiving -----------------------------------------------------------------------------------

void Worker::receive(const PackedJob& packed, const JobKind& kind,
                     std::span<const std::byte> payload) {
  try {
    if (packed.job_class >= priority_count)
      throw std::runtime_error("its priority is " + std::to_string(packed.job_class));
    PackedJob settled = packed;
    if (packed.reply_rank == engine_->rank()) settled.reply_rank = Reply::here;
    JobRecord& job = kind.unpack(store, settled, payload);
    job.moves = packed.moves;
    push(job, packed.job_class);
  } catch (const std::exception& error) {
    throw std::runtime_error("a job of kind '" + std::string(kind.name) + "' with a payload of " +
                             std::to_string(payload.size()) +
                             " bytes came from another rank, and cannot be read: " + error.what());
  }
}

/// The door, opened by a worker.
class WorkerDoor final : public PoolDoor {
 public:
  explicit WorkerDoor(Worker& worker) : worker_(worker) {}
  [[nodiscard]] unsigned worker() const noexcept override { return worker_.store.index; }
  [[nodiscard]] std::size_t give_away(std::span<PackedJob> room,
                                      Parcels& parcels) noexcept override {
    return worker_.give_away(room, parcels);
  }
  void receive(const PackedJob& packed, const JobKind& kind,
               std::span<const std::byte> payload) override {
    worker_.receive(packed, kind, payload);
  }
  void stop() noexcept override { worker_.engine().idle->set_cancelling(); }
  void deliver(std::uint64_t reply, bool failed, int from_rank,
               std::span<const std::byte> bytes) override {
    worker_.engine().deliver(reply, failed, from_rank, bytes);
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

}  // namespace jackdaw::detail
