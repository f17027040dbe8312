#include "courier.hpp"

#include <algorithm>  // any_of, max, min
#include <cstring>    // memcpy
#include <stdexcept>  // runtime_error
namespace jackdaw::mpi {
namespace {

constexpr std::size_t shown_at_once = 256;  // jobs; a filling is half of what there is, at most
constexpr std::int64_t shortest_backoff_ns = 1'000;
constexpr unsigned knocks = 16;  // attempts in vain, over some 0.5 ms, before a rank leaves word

SaveWord read_save_word(const Letter& letter) {
  SaveWord word;
  if (letter.body.size() != sizeof word)
    throw std::runtime_error("word of a checkpoint is cut off");
  std::memcpy(&word, letter.body.data(), sizeof word);
  return word;
}

/// What precedes the bytes of a notice in its letter.
struct NoticeHead {
  std::uint64_t number;
  std::uint64_t value;
};

Notice read_notice(const Letter& letter) {
  NoticeHead head{};
  if (letter.body.size() < sizeof head) throw std::runtime_error("a notice without a number");
  std::memcpy(&head, letter.body.data(), sizeof head);
  return {letter.about,
          {head.number, Reply::here},
          head.value,
          Bytes(letter.body.begin() + sizeof head, letter.body.end())};
}

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
  for (Fabric* fabric : reach.all()) displays_.push_back({Shelf(*fabric, settings.max_batch)});
}

/// First what is its own, then what others show, while it finds out whether it is over.
bool Courier::seek(Home& home) {
  const auto received = received_;
  read_letters(home);
  if (take_back(home) || received_ != received) return true;
  const bool quiet = home.is_quiet() && !wants_to_resume_;
  send_notices(home);  // of all jobs that it counts as finished
  Totals mine;
  if (quiet) {
    mine = home.totals();
    mine.created += mailbox_.counts().created - received_;
    mine.finished += mailbox_.counts().finished - given_;
  }
  if (termination_.step(quiet, mine)) return false;
  if (resume_if_free(home)) return true;
  if (network_.size() == 1 || saving_) return false;
  if (network_.now() < next_attempt_ns_) return false;
  return steal(home);
}

void Courier::serve(Home& home) {
  (void)termination_.step(false, {});
  (void)resume_if_free(home);
  if (network_.size() == 1) return;
  read_letters(home);
  send_notices(home);
  if (saving_) return;  // each rank sets aside what it has
  for (Display& display : displays_) show(home, display);
  if (lifelines_.anybody_waits()) wake_who_waits();
}

/// A rank that knocked may have left word after its last contribution to the sums, so the letters
/// are counted once more; nobody sends any now.
void Courier::part() {
  Totals letters{1, 0};
  while (letters.created != letters.finished) {
    network_.begin_sum(mailbox_.counts());
    while (!network_.end_sum(letters)) {
      for (Letter letter; mailbox_.next(letter);) read_late(letter);
      network_.relax();
    }
  }
}

/// Requests are answered. For word of work, or of checkpoints, it is too late.
void Courier::read_late(const Letter& letter) {
  if (reach_.letters && reach_.letters->accept(letter)) return;
  if (letter.about != Mail::lifeline && letter.about != Mail::save && letter.about != Mail::resume)
    throw std::runtime_error("a letter came after the end");
}

void Courier::restart() {
  termination_.restart();
  (void)lifelines_.take_waiting();
  has_left_word_ = false;
  stopped_ = saving_ = leaves_ = wants_to_resume_ = false;
  failures_in_row_ = 0;
  next_attempt_ns_ = 0;
}

/// The word goes along the hypercube, each rank passing it on once: O(log ranks) steps.
void Courier::stop(Home& home) {
  if (stopped_) return;
  stopped_ = true;
  home.stop();
  for (const int neighbour : lifelines_.neighbours()) mailbox_.send(neighbour, Mail::stop);
}

// --- checkpoints ---------------------------------------------------------------------------------

void Courier::save(Home& home, bool leaves) {
  hear_of_save(home, {saving_ ? save_round_ : save_round_ + 1, leaves ? 1U : 0U});
}
/// \returns true if home may have got jobs
bool Courier::resume_if_free(Home& home) {
  if (!wants_to_resume_ || termination_.is_under_way() || termination_.over()) return false;
  wants_to_resume_ = false;
  if (saving_) hear_of_resume(home, {save_round_, 0});
  return true;
}

void Courier::pass_on(Mail about, const SaveWord& word) {
  for (const int neighbour : lifelines_.neighbours())
    mailbox_.send(neighbour, about, std::as_bytes(std::span(&word, 1)));
}

void Courier::hear_of_save(Home& home, const SaveWord& word) {
  const bool is_new = word.round > save_round_;
  const bool says_more = word.round == save_round_ && saving_ && word.leaves != 0 && !leaves_;
  if (!(is_new || says_more) || word.round <= resumed_round_) return;
  save_round_ = word.round;
  if (is_new) wants_to_resume_ = false;  // it meant another
  leaves_ = word.leaves != 0;
  saving_since_ns_ = network_.now();  // the jobs that run have their time from now on
  saving_ = true;
  home.save();
  (void)take_back(home);
  pass_on(Mail::save, word);
}

void Courier::hear_of_resume(Home& home, const SaveWord& word) {
  if (word.round <= resumed_round_) return;
  resumed_round_ = word.round;
  save_round_ = std::max(save_round_, word.round);
  ++called_off_;
  if (saving_) home.resume();
  saving_ = leaves_ = wants_to_resume_ = false;
  pass_on(Mail::resume, word);
}

// --- letters -------------------------------------------------------------------------------------

void Courier::read_letters(Home& home) {
  for (Letter letter; mailbox_.next(letter);) read(home, letter);
}

void Courier::read(Home& home, const Letter& letter) {
  switch (letter.about) {
    case Mail::lifeline: return lifelines_.note(letter.from);
    case Mail::stop: return stop(home);
    case Mail::save: return hear_of_save(home, read_save_word(letter));
    case Mail::resume: return hear_of_resume(home, read_save_word(letter));
    case Mail::result:
    case Mail::place:
    case Mail::wish: return home.deliver(letter.from, read_notice(letter));
    case Mail::want: return send_parcels(letter);
    case Mail::parcel: return open_parcel(home, letter);
    case Mail::wake:
      victims_.heard_of(letter.from, settings_.max_batch, network_.now());
      has_left_word_ = false;
      failures_in_row_ = 0;
      next_attempt_ns_ = 0;
      return;
    default: break;
  }
  if (!reach_.letters || !reach_.letters->accept(letter))
    throw std::runtime_error("a letter came that nobody can read");
}

void Courier::send_notices(Home& home) {
  for (const Notice& notice : home.take_notices()) {
    const NoticeHead head{notice.to.number, notice.value};
    Bytes body(sizeof head + notice.bytes.size());
    std::memcpy(body.data(), &head, sizeof head);
    std::copy(notice.bytes.begin(), notice.bytes.end(), body.begin() + sizeof head);
    mailbox_.send(notice.to.rank, notice.about, body);
  }
}

/// A batch has been taken: its short jobs are complete, for the long ones their payloads must come.
void Courier::ask_for_parcels() {
  std::vector<std::uint64_t> numbers;
  int holder = 0;
  for (const PackedJob& job : batch_) {
    if (!job.is_long()) continue;
    awaited_.await(job);
    numbers.push_back(job.parcel);
    holder = job.holder;  // of all: whose shelf it was
  }
  if (!numbers.empty()) mailbox_.send(holder, Mail::want, std::as_bytes(std::span(numbers)));
}

void Courier::send_parcels(const Letter& letter) {
  std::vector<std::uint64_t> numbers(letter.body.size() / sizeof(std::uint64_t));
  std::memcpy(numbers.data(), letter.body.data(), numbers.size() * sizeof(std::uint64_t));
  for (const auto number : numbers) {
    const auto bytes = kept_.take(number);
    Bytes body(sizeof number + bytes.size());
    std::memcpy(body.data(), &number, sizeof number);
    std::memcpy(body.data() + sizeof number, bytes.data(), bytes.size());
    mailbox_.send(letter.from, Mail::parcel, body);
  }
}

void Courier::open_parcel(Home& home, const Letter& letter) {
  std::uint64_t number = 0;
  if (letter.body.size() < sizeof number) throw std::runtime_error("a payload without a number");
  std::memcpy(&number, letter.body.data(), sizeof number);
  const auto payload = std::span(letter.body).subspan(sizeof number);
  counts_.bytes += payload.size();
  take_in(home, awaited_.take(letter.from, number), payload);
}

void Courier::leave_word() {
  has_left_word_ = true;
  for (const int neighbour : lifelines_.neighbours()) mailbox_.send(neighbour, Mail::lifeline);
}

void Courier::wake_who_waits() {
  const bool has_some = std::any_of(displays_.begin(), displays_.end(),
                                    [](Display& display) { return display.shelf.unclaimed() > 0; });
  if (!has_some) return;
  for (const int rank : lifelines_.take_waiting()) {
    mailbox_.send(rank, Mail::wake);
    ++counts_.wakes;
  }
}

// --- the own shelves -----------------------------------------------------------------------------

void Courier::show(Home& home, Display& display) {
  Shelf& shelf = display.shelf;
  if (shelf.is_open()) {
    if (shelf.unclaimed() > 0) return take_back_aged(home, display);
    (void)shelf.close();  // all claimed, and what is claimed stays so
  }
  const auto room = shelf.room();
  if (room.empty()) return;  // thieves are slow: no slot is free
  const auto jobs = home.give(room.first(std::min(room.size(), shown_at_once)), kept_);
  if (jobs == 0) return;
  for (PackedJob& job : room.first(jobs)) {
    if (job.is_long()) job.holder = network_.rank();
  }
  given_ += jobs;
  counts_.jobs_given += jobs;
  display.since_ns = network_.now();
  take_in(home, room.first(shelf.open(static_cast<std::uint32_t>(jobs))));
}

/// Nobody has wanted these jobs for long. They come back one class higher, and are run here, or
/// shown again, before others.
void Courier::take_back_aged(Home& home, Display& display) {
  if (settings_.starvation_age_ns == 0 ||
      network_.now() - display.since_ns < settings_.starvation_age_ns)
    return;
  const auto kept = display.shelf.close();
  std::vector<PackedJob> jobs(kept.begin(), kept.end());
  for (PackedJob& job : jobs) {
    if (job.job_class == 0) continue;  // critical already
    --job.job_class;
    ++counts_.jobs_promoted;
  }
  take_in(home, jobs);
}

/// Jobs that are complete, or whose payloads are here. The oldest come out first.
void Courier::take_in(Home& home, std::span<const PackedJob> jobs) {
  for (std::size_t i = jobs.size(); i-- > 0;) {
    const PackedJob& job = jobs[i];
    if (!job.is_long()) {
      take_in(home, job, job.inline_payload());
    } else if (job.holder == network_.rank()) {
      take_in(home, job, kept_.take(job.parcel));
    }
  }
}

void Courier::take_in(Home& home, const PackedJob& job, std::span<const std::byte> payload) {
  home.receive(job, payload);
  ++received_;
}

bool Courier::take_back(Home& home) {
  bool any = false;
  for (Display& display : displays_) {
    if (!display.shelf.is_open()) continue;
    const auto jobs = display.shelf.close();
    take_in(home, jobs);
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
  ask_for_parcels();
  take_in(home, batch_);
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
  for (const Display& display : displays_) all.jobs_taken += display.shelf.taken();
  return all;
}

}  // namespace jackdaw::mpi
