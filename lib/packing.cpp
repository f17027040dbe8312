#include "packing.hpp"

#include <algorithm>  // count_if, minmax_element, replace, stable_sort
#include <mutex>      // lock_guard
#include <numeric>    // accumulate, iota
#include <vector>     // vector

#include "jackdaw/detail/engine.hpp"  // JobExtra
#include "jackdaw/movable.hpp"        // JobKind

namespace jackdaw::detail {

void pack_job(const JobRecord& job, PackedJob& packed, Bytes& long_payload) {
  packed = {};
  packed.kind = job.ops->kind->id;
  packed.id = job.id;
  packed.moves = job.moves.load(std::memory_order_relaxed);  // see there
  packed.job_class = static_cast<std::uint8_t>(job.word.priority());
  packed.flags = static_cast<std::uint8_t>(job.word.own_priority());
  job.ops->kind->pack(job, packed, long_payload);
  const JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // others make it, too
  if (extra != nullptr) pack_limits(extra->limits, packed, long_payload);
}

void let_go(Engine& engine, JobRecord& job) noexcept {
  engine.tell_gone(job);
  job.word.step_alone(JobState::stolen);
  job.ops->discard(job);
  const JobExtra* const extra = job.extra.load(std::memory_order_relaxed);  // nobody else has it
  if (extra != nullptr && extra->limits.deadline_ns != Limits::none) engine.end_care();
  delete extra;
  engine.forget(job);
}

namespace {

/// Somebody waits for it who has lent it a priority.
bool is_wanted(Engine& engine, const JobRecord& job) noexcept {
  if (!job.word.is_shared() || job.word.priority() >= job.word.own_priority()) return false;
  JobExtra* const extra = job.extra.load(std::memory_order_acquire);  // others make it
  if (extra == nullptr) return false;
  const std::lock_guard hold(engine.lending);
  return extra->wanted != no_class;
}

}  // namespace

bool Packing::take(JobRecord& job) noexcept {
  // One with handles stays; they know where it is. Of one with a future, this may be a stale entry.
  if (job.ops->kind == nullptr || room() == 0) return false;
  if (is_wanted(engine_, job)) return false;  // it comes next here
  const bool shared = job.word.is_shared();
  if (shared && !job.word.try_leave()) return false;
  try {
    write(job);
  } catch (...) {
    if (shared) job.word.come_back();
    return false;
  }
  if (!shared) {
    let_go(engine_, job);
    return true;
  }
  engine_.tell_gone(job);
  job.ops->discard(job);
  const PackedJob& packed = room_[count_ - 1];
  const bool here = packed.reply_rank == engine_.rank();
  engine_.forget_awaited({packed.reply, here ? Reply::here : packed.reply_rank});
  engine_.forget(job);
  return true;
}

void Packing::take_from(Overflow& list) {
  if (room() == 0) return;
  auto block = list.take_movable();
  auto wanted = std::min(room(), (block.jobs.size() + 1) / 2);
  std::vector<JobRecord*> rest;
  for (JobRecord* job : block.jobs) {
    if (wanted > 0 && take(*job)) {
      --wanted;
    } else {
      rest.push_back(job);
    }
  }
  list.put_back({std::move(rest), block.put});
}

void Packing::order_by_time() {
  constexpr std::int64_t alike = 4;  // so many times as long is no matter
  const auto times = std::span(job_ns_).first(count_);
  if (times.empty()) return;
  const auto known = std::count_if(times.begin(), times.end(), [](auto ns) { return ns > 0; });
  if (known == 0) return;
  // Of kinds that nobody has measured, one knows no better than that they are like the others.
  const auto usual = std::accumulate(times.begin(), times.end(), std::int64_t{0}) / known;
  std::replace(times.begin(), times.end(), std::int64_t{0}, usual);
  const auto [shortest, longest] = std::minmax_element(times.begin(), times.end());
  if (*longest <= alike * *shortest) return;
  std::vector<std::size_t> order(count_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  const std::vector<PackedJob> before(room_.begin(),
                                      room_.begin() + static_cast<std::ptrdiff_t>(count_));
  for (std::size_t i = 0; i < count_; ++i) room_[i] = before[order[i]];
}

void Packing::write(const JobRecord& job) {
  PackedJob packed{};
  pack_job(job, packed, bytes_);
  if (job.word.is_shared()) packed.job_class = engine_.unlent_class(job);
  if (packed.reply_rank == Reply::here) packed.reply_rank = engine_.rank();
  if (packed.is_long()) {
    packed.parcel = parcels_.keep(std::move(bytes_));
    long_bytes_ += packed.payload_size;
  }
  job_ns_[count_] = job.ops->note->run_time.ns();
  room_[count_++] = packed;
}

}  // namespace jackdaw::detail
