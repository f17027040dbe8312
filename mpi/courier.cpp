#include "courier.hpp"

#include <algorithm>  // min

namespace jackdaw::mpi {
namespace {

constexpr std::size_t shown_at_once = 256;  // jobs; a filling is half of what there is, at most
constexpr std::int64_t shortest_backoff_ns = 1'000, longest_backoff_ns = 500'000;

}  // namespace

Courier::Courier(Fabric& fabric, std::uint32_t max_batch, std::uint64_t seed)
    : fabric_(fabric),
      max_batch_(max_batch),
      shelf_(fabric, max_batch),
      termination_(fabric),
      random_(static_cast<std::minstd_rand::result_type>(
          seed + 7919U * static_cast<unsigned>(fabric.rank()) + 1U)),
      was_closed_(static_cast<std::size_t>(fabric.size())) {}

/// First what is its own, then what others show, while it finds out whether it is over.
bool Courier::seek(Home& home) {
  if (take_back(home)) return true;
  const bool quiet = home.is_quiet();
  Totals mine;
  if (quiet) {
    mine = home.totals();
    mine.created -= received_;
    mine.finished -= given_;
  }
  if (termination_.step(quiet, mine) || fabric_.size() == 1) return false;
  if (fabric_.now() < next_attempt_ns_) return false;
  return steal(home);
}

void Courier::serve(Home& home) {
  (void)termination_.step(false, {});
  if (fabric_.size() == 1) return;
  if (shelf_.is_open()) {
    if (shelf_.unclaimed() > 0) return;
    (void)shelf_.close();  // all claimed, and what is claimed stays so
  }
  const auto room = shelf_.room();
  if (room.empty()) return;  // thieves are slow: no slot is free
  const auto jobs = home.give(room.first(std::min(room.size(), shown_at_once)));
  if (jobs == 0) return;
  given_ += jobs;
  counts_.jobs_given += jobs;
  keep(home, room.first(shelf_.open(static_cast<std::uint32_t>(jobs))));
}

void Courier::keep(Home& home, std::span<const PackedJob> jobs) {
  if (jobs.empty()) return;
  home.receive(jobs);
  received_ += jobs.size();
}

bool Courier::take_back(Home& home) {
  if (!shelf_.is_open()) return false;
  const auto jobs = shelf_.close();
  keep(home, jobs);
  return !jobs.empty();
}

/// The last one that had something, or any other.
int Courier::choose_victim() {
  if (favourite_ >= 0) return favourite_;
  const auto others = static_cast<unsigned>(fabric_.size() - 1);
  const int victim = static_cast<int>(random_() % others);
  return victim < fabric_.rank() ? victim : victim + 1;
}

bool Courier::steal(Home& home) {
  const int victim = choose_victim();
  const auto at = static_cast<std::size_t>(victim);
  Knock knock = Knock::closed;
  if (was_closed_[at]) {  // reading spares the victim's counter, which has 32 bits
    const auto word = ControlWord::decode(fabric_.read(victim, Word::shelf()));
    was_closed_[at] = !word.open || claimed_by(word.jobs, word.attempts, max_batch_) == word.jobs;
  }
  if (!was_closed_[at]) knock = take_batch(fabric_, victim, max_batch_, batch_);
  if (knock != Knock::taken) {
    was_closed_[at] = true;
    favourite_ = -1;
    ++counts_.failures;
    const auto doublings = std::min(failures_in_row_++ / 2U, 9U);
    const auto backoff = std::min(shortest_backoff_ns << doublings, longest_backoff_ns);
    next_attempt_ns_ =
        fabric_.now() + backoff / 2 + static_cast<std::int64_t>(random_() % 1024) * backoff / 1024;
    return false;
  }
  favourite_ = victim;
  failures_in_row_ = 0;
  ++counts_.steals;
  counts_.jobs_stolen += batch_.size();
  for (PackedJob& job : batch_) {
    if (job.moves != UINT16_MAX) ++job.moves;
  }
  home.receive(batch_);
  received_ += batch_.size();
  return true;
}

CourierStatistics Courier::statistics() const noexcept {
  auto all = counts_;
  all.jobs_taken = shelf_.taken();
  return all;
}

}  // namespace jackdaw::mpi
