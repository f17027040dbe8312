#include "shelf.hpp"

#include <cassert>  // assert

namespace jackdaw::mpi {

Shelf::Shelf(Fabric& fabric, std::uint32_t max_batch) : fabric_(fabric), max_batch_(max_batch) {
  assert(fabric.data().size() >= shelf_bytes && "the data memory is too small");
}

PackedJob* Shelf::slot(std::uint32_t index) {
  return reinterpret_cast<PackedJob*>(fabric_.data().data()) +
         std::size_t{index} * ControlWord::max_jobs;
}

std::uint32_t Shelf::unclaimed() {
  if (!open_) return 0;
  const auto word = ControlWord::decode(fabric_.read(fabric_.rank(), Word::shelf()));
  return word.jobs - claimed_by(word.jobs, word.attempts, max_batch_);
}

std::span<PackedJob> Shelf::room() {
  assert(!open_);
  for (unsigned i = 0; i < shelf_slots; ++i) {
    const unsigned index = (next_slot_ + i) % shelf_slots;
    // The next thief to count there is one that has fetched: nobody reads the slot any more.
    if (fabric_.read(fabric_.rank(), Word::fetched(index)) != claimed_[index]) continue;
    next_slot_ = index;
    return {slot(index), ControlWord::max_jobs};
  }
  return {};
}

std::uint32_t Shelf::open(std::uint32_t jobs) {
  assert(!open_ && jobs > 0 && jobs <= ControlWord::max_jobs);
  const std::uint64_t old_high = high_.encode();
  high_ = {(high_.epoch + 1) & 0xFFFFU,      next_slot_, true,
           slot(next_slot_)->job_class & 3U, jobs,       0};
  fabric_.publish();
  // The attempts that were known are taken off; those of thieves who failed since stay, and own the
  // first chunks of the new filling.
  const std::uint64_t old =
      fabric_.fetch_add(fabric_.rank(), Word::shelf(), high_.encode() - old_high - known_attempts_);
  first_ = claimed_by(jobs, ControlWord::decode(old).attempts - known_attempts_, max_batch_);
  open_ = true;
  return first_;
}

std::span<const PackedJob> Shelf::close() {
  assert(open_);
  const auto old = ControlWord::decode(
      fabric_.fetch_add(fabric_.rank(), Word::shelf(), std::uint64_t{0} - ControlWord::open_bit));
  open_ = false;
  high_.open = false;
  known_attempts_ = old.attempts;
  const std::uint32_t claimed = claimed_by(old.jobs, old.attempts, max_batch_);
  claimed_[old.slot] += claimed - first_;
  taken_ += claimed - first_;
  next_slot_ = (old.slot + 1) % shelf_slots;
  return {slot(old.slot) + claimed, old.jobs - claimed};
}

Knock take_batch(Fabric& fabric, int victim, std::uint32_t max_batch,
                 std::vector<PackedJob>& batch) {
  batch.clear();
  const auto word = ControlWord::decode(fabric.fetch_add(victim, Word::shelf(), 1));
  if (!word.open) return {Knock::closed, 0};
  const std::uint32_t from = claimed_by(word.jobs, word.attempts, max_batch);
  const std::uint32_t to = claimed_by(word.jobs, word.attempts + 1, max_batch);
  if (from == to) return {Knock::exhausted, 0};
  batch.resize(to - from);
  const std::size_t first = std::size_t{word.slot} * ControlWord::max_jobs + from;
  fabric.get(victim, first * sizeof(PackedJob), std::as_writable_bytes(std::span(batch)));
  fabric.add(victim, Word::fetched(word.slot), to - from);
  return {Knock::taken, word.jobs - to};
}

bool shows_jobs(Fabric& fabric, int victim, std::uint32_t max_batch) {
  const auto word = ControlWord::decode(fabric.read(victim, Word::shelf()));
  return word.open && claimed_by(word.jobs, word.attempts, max_batch) < word.jobs;
}

}  // namespace jackdaw::mpi
