#include "packing.hpp"

#include "jackdaw/detail/engine.hpp"  // JobExtra
#include "jackdaw/movable.hpp"        // JobKind

namespace jackdaw::detail {

bool Packing::take(JobRecord& job) noexcept {
  // One with handles stays; they know where it is. Of one with a future, this may be a stale entry.
  if (job.ops->kind == nullptr || room() == 0) return false;
  const bool shared = job.word.is_shared();
  if (shared && !job.word.try_leave()) return false;
  try {
    write(job);
  } catch (...) {
    if (shared) job.word.come_back();
    return false;
  }
  engine_.tell(job, JobState::pending, JobState::stolen);
  if (!shared) job.word.step_alone(JobState::stolen);
  job.ops->discard(job);
  if (shared) {
    const PackedJob& packed = room_[count_ - 1];
    const bool here = packed.reply_rank == engine_.rank();
    engine_.forget_awaited({packed.reply, here ? Reply::here : packed.reply_rank});
    engine_.forget(job);
    return true;
  }
  const JobExtra* const extra = job.extra.load(std::memory_order_relaxed);  // nobody else has it
  if (extra != nullptr && extra->limits.deadline_ns != Limits::none) engine_.end_care();
  delete extra;
  engine_.forget(job);
  return true;
}

void Packing::write(const JobRecord& job) {
  PackedJob packed{};
  packed.kind = job.ops->kind->id;
  packed.id = job.id;
  packed.moves = job.moves;
  packed.job_class = static_cast<std::uint8_t>(job.word.priority());
  packed.flags = static_cast<std::uint8_t>(job.word.own_priority());
  job.ops->kind->pack(job, packed, bytes_);
  const JobExtra* const extra = job.extra.load(std::memory_order_relaxed);  // came with the job
  if (extra != nullptr) pack_limits(extra->limits, packed, bytes_);
  if (packed.reply_rank == Reply::here) packed.reply_rank = engine_.rank();
  if (packed.is_long()) {
    packed.parcel = parcels_.keep(std::move(bytes_));
    long_bytes_ += packed.payload_size;
  }
  room_[count_++] = packed;
}

}  // namespace jackdaw::detail
