#include <algorithm>  // min
#include <array>      // array
#include <cstring>    // memcpy
#include <stdexcept>  // length_error, runtime_error
#include <string>     // string, to_string
#include <utility>    // move

#include "engine_door.hpp"             // EngineDoor
#include "jackdaw/detail/closure.hpp"  // make_job
#include "jackdaw/detail/engine.hpp"   // Engine
#include "jackdaw/detail/worker.hpp"   // Worker
#include "packing.hpp"                 // Packing
#include "source_visit.hpp"            // SourceVisit

// How jobs leave a pool for another rank, and come into one.

namespace jackdaw::detail {
namespace {

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

void pack_limits(const Limits& limits, PackedJob& packed, Bytes& long_payload) {
  if (limits == Limits{}) return;
  Bytes all(sizeof limits);
  std::memcpy(all.data(), &limits, sizeof limits);
  const auto payload =
      packed.is_long() ? std::span<const std::byte>(long_payload) : packed.inline_payload();
  all.insert(all.end(), payload.begin(), payload.end());
  packed.flags |= PackedJob::has_limits;
  place_payload(packed, all);
  long_payload = std::move(all);
}

namespace {

/// Takes them off the front. \throws std::runtime_error  they are cut off
Limits unpack_limits(const PackedJob& packed, std::span<const std::byte>& payload) {
  Limits limits;
  if ((packed.flags & PackedJob::has_limits) == 0) return limits;
  if (payload.size() < sizeof limits) throw std::runtime_error("its time limits are cut off");
  std::memcpy(&limits, payload.data(), sizeof limits);
  payload = payload.subspan(sizeof limits);
  return limits;
}

}  // namespace

// --- giving --------------------------------------------------------------------------------------

std::size_t Worker::give_away(std::span<PackedJob> room, Parcels& parcels) noexcept {
  Packing packing(room, parcels, *engine_);
  for (std::size_t c = 0; c < priority_count && packing.count() == 0; ++c) {
    packing.take_from(engine_->overflow[c]);  // the oldest
    pack_class(packing, c);
  }
  if (engine_->config.strategy == Strategy::adaptive) packing.order_by_time();
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
      if (!packing.take(job)) push(job, job_class);
    }
    step = packing.has_long() ? 1 : std::min(2 * step, jobs.size());
  }
}

// --- setting aside -------------------------------------------------------------------------------

void Engine::begin_saving() noexcept {
  if (!saved.begin()) return;
  begin_care();
  alert_workers();  // jobs that can yield should
}
void Engine::end_saving() noexcept {
  if (saved.end()) end_care();
}

void Engine::resume() noexcept {
  end_saving();
  for (const SavedJob& job : saved.take()) {
    Submission submission(*this);
    submission.push(unpack(job.job, *job.kind, job.payload(), submission.store()));
  }
}

/// Instead of running it. False: it cannot be, so it must run. It is kept before it counts as
/// finished: who sees no job left here finds it.
bool Worker::set_aside(JobRecord& job) noexcept {
  if (job.ops->kind == nullptr || job.word.is_shared()) return false;  // who waits for it is here
  try {
    SavedJob saved{.kind = job.ops->kind};
    pack_job(job, saved.job, saved.long_payload);
    engine_->saved.add(std::move(saved));
  } catch (...) {
    return false;  // its payload cannot be written, or there is no memory
  }
  let_go(*engine_, job);
  return true;
}

// --- receiving -----------------------------------------------------------------------------------

JobRecord& Engine::unpack(const PackedJob& packed, const JobKind& kind,
                          std::span<const std::byte> payload, JobStore& store) {
  try {
    if (packed.job_class >= priority_count)
      throw std::runtime_error("its priority is " + std::to_string(packed.job_class));
    PackedJob settled = packed;
    if (packed.reply_rank == rank()) settled.reply_rank = Reply::here;
    const auto limits = unpack_limits(packed, payload);
    JobRecord& job = kind.unpack(store, settled, payload);
    job.moves.store(packed.moves, std::memory_order_relaxed);  // nobody knows the job yet
    const auto own = static_cast<Priority>(packed.flags & PackedJob::own_class);
    job.word.set_own_priority(own);
    set_limits(job, limits);
    if (packed.reply_rank != Reply::nobody) adopt(job, {packed.reply, settled.reply_rank});
    received.fetch_add(1, std::memory_order_relaxed);  // a statistic
    tell(job, JobState::stolen, JobState::pending, packed.id);
    return job;
  } catch (const std::exception& error) {
    throw std::runtime_error("a job of kind '" + std::string(kind.name) + "' with a payload of " +
                             std::to_string(payload.size()) +
                             " bytes came from another rank, and cannot be read: " + error.what());
  }
}

/// A job that somebody waits for has come here.
void Engine::adopt(JobRecord& job, const Reply& to) noexcept {
  awaited.add(to, job);
  if (to.rank != Reply::here) {
    if (WorkSource* more = source.load(std::memory_order_acquire)) more->send_place(to);  // (X)
    return;
  }
  const auto wanted = replies.locate(to.number, Reply::here);
  if (wanted == no_class) return;
  Raised raised(*this);  // its entry comes later: it is no error to have two
  want(job, wanted, raised);
}

void Worker::receive(const PackedJob& packed, const JobKind& kind,
                     std::span<const std::byte> payload) {
  push(engine_->unpack(packed, kind, payload, store), packed.job_class);
}

/// The door, opened by a worker.
class WorkerDoor final : public EngineDoor {
 public:
  explicit WorkerDoor(Worker& worker) : EngineDoor(worker.engine()), worker_(worker) {}
  [[nodiscard]] unsigned worker() const noexcept override { return worker_.store.index; }
  [[nodiscard]] std::size_t give_away(std::span<PackedJob> room,
                                      Parcels& parcels) noexcept override {
    return worker_.give_away(room, parcels);
  }
  void receive(const PackedJob& packed, const JobKind& kind,
               std::span<const std::byte> payload) override {
    worker_.receive(packed, kind, payload);
  }

 private:
  Worker& worker_;
};

/// Another rank may want something.
void Worker::serve() noexcept {
  const SourceVisit visit(*engine_);
  WorkerDoor door(*this);
  until_service_ = visit.source() == nullptr ? between_samples : visit.source()->serve(door);
}

bool Worker::fetch_elsewhere() noexcept {
  // Relaxed: a look, so that a pool without a source writes nothing; the visit decides.
  if (engine_->source.load(std::memory_order_relaxed) == nullptr) return false;
  const SourceVisit visit(*engine_);
  WorkerDoor door(*this);
  return visit.source() != nullptr && visit.source()->fetch(door);
}

}  // namespace jackdaw::detail
