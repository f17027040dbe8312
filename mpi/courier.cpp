#include "courier.hpp"

#include <algorithm>  // any_of, min
namespace jackdaw::mpi {
namespace {

constexpr std::size_t shown_at_once = 256;  // jobs; a filling is half of what there is, at most
constexpr std::int64_t shortest_backoff_ns = 1'000;
constexpr unsigned knocks = 16;  // attempts in vain, over some 0.5 ms, before a rank leaves word

}  // namespace

Courier::Courier(Mailbox& mailbox, Reach& reach, Victims& victims, const Settings& settings)
    : mailbox_(mailbox),
      network_(mailbox.network()),
      reach_(reach),
      victims_(victims),
      settings_(settings),
      termination_(network_),
      lifelines_(network_.rank(), network_.size()),
      random_(static_cast<std::minstd_rand::result_type>(
          settings.seed + 7919U * static_cast<unsigned>(network_.rank()) + 1U)) {
  for (Fabric* fabric : reach.all()) shelves_.emplace_back(*fabric, settings.max_batch);
}

/// First what is its own, then what others show, while it finds out whether it is over.
bool Courier::seek(Home& home) {
  read_letters();
  if (take_back(home)) return true;
  const bool quiet = home.is_quiet();
  Totals mine;
  if (quiet) {
    mine = home.totals();
    mine.created += mailbox_.counts().created - received_;
    mine.finished += mailbox_.counts().finished - given_;
  }
  if (termination_.step(quiet, mine) || network_.size() == 1) return false;
  if (network_.now() < next_attempt_ns_) return false;
  return steal(home);
}

void Courier::serve(Home& home) {
  (void)termination_.step(false, {});
  if (network_.size() == 1) return;
  read_letters();
  for (Shelf& shelf : shelves_) show(home, shelf);
  if (lifelines_.anybody_waits()) wake_who_waits();
}

void Courier::part() {
  network_.begin_sum({});
  for (Totals none; !network_.end_sum(none);) {
    read_letters();
    network_.relax();
  }
}

void Courier::restart() {
  termination_.restart();
  (void)lifelines_.take_waiting();
  has_left_word_ = false;
  failures_in_row_ = 0;
  next_attempt_ns_ = 0;
}

// --- letters -------------------------------------------------------------------------------------

void Courier::read_letters() {
  for (Letter letter; mailbox_.next(letter);) read(letter);
}

void Courier::read(const Letter& letter) {
  if (reach_.letters && reach_.letters->accept(letter)) return;
  if (letter.about == Mail::lifeline) lifelines_.note(letter.from);
  if (letter.about == Mail::wake) {
    victims_.heard_of(letter.from, settings_.max_batch, network_.now());
    has_left_word_ = false;
    failures_in_row_ = 0;
    next_attempt_ns_ = 0;
  }
}

void Courier::leave_word() {
  has_left_word_ = true;
  for (const int neighbour : lifelines_.neighbours()) mailbox_.send(neighbour, Mail::lifeline);
}

void Courier::wake_who_waits() {
  const bool has_some = std::any_of(shelves_.begin(), shelves_.end(),
                                    [](Shelf& shelf) { return shelf.unclaimed() > 0; });
  if (!has_some) return;
  for (const int rank : lifelines_.take_waiting()) {
    mailbox_.send(rank, Mail::wake);
    ++counts_.wakes;
  }
}

// --- the own shelves -----------------------------------------------------------------------------

void Courier::show(Home& home, Shelf& shelf) {
  if (shelf.is_open()) {
    if (shelf.unclaimed() > 0) return;
    (void)shelf.close();  // all claimed, and what is claimed stays so
  }
  const auto room = shelf.room();
  if (room.empty()) return;  // thieves are slow: no slot is free
  const auto jobs = home.give(room.first(std::min(room.size(), shown_at_once)));
  if (jobs == 0) return;
  given_ += jobs;
  counts_.jobs_given += jobs;
  keep(home, room.first(shelf.open(static_cast<std::uint32_t>(jobs))));
}

void Courier::keep(Home& home, std::span<const PackedJob> jobs) {
  if (jobs.empty()) return;
  home.receive(jobs);
  received_ += jobs.size();
}

bool Courier::take_back(Home& home) {
  bool any = false;
  for (Shelf& shelf : shelves_) {
    if (!shelf.is_open()) continue;
    const auto jobs = shelf.close();
    keep(home, jobs);
    any = any || !jobs.empty();
  }
  return any;
}

// --- the shelves of others -----------------------------------------------------------------------

bool Courier::steal(Home& home) {
  if (!take_from(victims_.choose(network_.now()))) {
    back_off();
    return false;
  }
  failures_in_row_ = 0;
  has_left_word_ = false;
  for (PackedJob& job : batch_) {
    if (job.moves != UINT16_MAX) ++job.moves;
  }
  keep(home, batch_);
  return true;
}

/// One attempt, and what it teaches.
bool Courier::take_from(int victim) {
  Fabric& fabric = reach_.to(victim);
  const auto start = network_.now();
  Knock knock{Knock::closed, 0};
  // Reading first spares the victim's counter, which has 32 bits, and one that shows nothing.
  const bool shows =
      !victims_.looked_empty(victim) || shows_jobs(fabric, victim, settings_.max_batch);
  if (shows) knock = take_batch(fabric, victim, settings_.max_batch, batch_);
  const auto now = network_.now();
  if (knock.outcome != Knock::taken) {
    victims_.failed(victim, now - start, now);
    ++counts_.failures;
    return false;
  }
  victims_.took(victim, static_cast<std::uint32_t>(batch_.size()), knock.left, now - start, now);
  ++counts_.steals;
  counts_.bytes += batch_.size() * sizeof(PackedJob);
  (victims_.is_near(victim) ? counts_.jobs_near : counts_.jobs_far) += batch_.size();
  return true;
}

/// Soon again at first. Then the rank leaves word, and waits longer and longer.
void Courier::back_off() {
  ++failures_in_row_;
  auto backoff = shortest_backoff_ns << std::min(failures_in_row_ / 2, knocks / 2);
  if (failures_in_row_ >= knocks) {
    if (!has_left_word_) leave_word();
    const auto doublings = std::min(failures_in_row_ - knocks, 30U);
    backoff = std::min(settings_.backoff_min_ns << doublings, settings_.backoff_max_ns);
  }
  next_attempt_ns_ =
      network_.now() + backoff / 2 + static_cast<std::int64_t>(random_() % 1024) * backoff / 1024;
}

CourierStatistics Courier::statistics() const noexcept {
  auto all = counts_;
  all.jobs_received = received_;
  for (const Shelf& shelf : shelves_) all.jobs_taken += shelf.taken();
  return all;
}

}  // namespace jackdaw::mpi
