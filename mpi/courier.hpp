#pragma once
/// \file
/// What a rank says to the others: shows its surplus on its shelves, takes batches from theirs when
/// it is dry, leaves word where work may come up, and finds out when it is over. One caller at a
/// time; knows no threads and no MPI.

#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint32_t, uint64_t
#include <random>   // minstd_rand
#include <span>     // span
#include <vector>   // vector

#include "lifelines.hpp"    // Lifelines
#include "mailbox.hpp"      // Mailbox
#include "parcels.hpp"      // KeptParcels, AwaitedParcels
#include "reach.hpp"        // Reach
#include "shelf.hpp"        // Shelf, PackedJob
#include "termination.hpp"  // Termination
#include "victims.hpp"      // Victims

namespace jackdaw::mpi {

/// What one rank has to say to another of a job and its future.
struct Notice {
  Mail about = Mail::result;  ///< or place, or wish
  Reply to;                   ///< the future, and the rank that is told
  std::uint64_t value = 0;    ///< result: 1 if the job has failed; wish: the class
  Bytes bytes{};              ///< result: what the job returned or threw
};

/// What the courier must know of its rank, or rather of the worker that plays it.
class Home {
 public:
  Home() = default;
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  virtual ~Home() = default;
  /// Packs some of the oldest jobs that may move, and forgets them. \returns how many
  virtual std::size_t give(std::span<PackedJob> room, Parcels& parcels) = 0;
  /// What is received last comes out first.
  virtual void receive(const PackedJob& job, std::span<const std::byte> payload) = 0;
  /// Results for futures of other ranks, of jobs that count as finished now at the earliest; and
  /// what else is to be said of jobs that do not count as finished yet.
  [[nodiscard]] virtual std::vector<Notice> take_notices() = 0;
  /// Such a notice, for this rank.
  virtual void deliver(int from, const Notice& notice) = 0;
  /// Cancels what is queued, and what will be received.
  virtual void stop() = 0;
  /// Sets it aside instead. And puts it back.
  virtual void save() = 0;
  virtual void resume() = 0;
  /// No job is queued or runs here. Only then totals() is asked for.
  [[nodiscard]] virtual bool is_quiet() const = 0;
  /// Jobs made here, received ones among them, and jobs that ended here, given ones among them.
  [[nodiscard]] virtual Totals totals() const = 0;
};

/// What is said of checkpoints goes along the hypercube, each rank passing it on once. A word may
/// overtake an older one, so each bears the number of its checkpoint.
struct SaveWord {
  std::uint64_t round = 0;
  std::uint64_t leaves = 0;
};

struct CourierStatistics {
  std::uint64_t jobs_given = 0;     ///< put on a shelf
  std::uint64_t jobs_taken = 0;     ///< by other ranks
  std::uint64_t jobs_near = 0;      ///< stolen from ranks of the same host
  std::uint64_t jobs_far = 0;       ///< stolen from others
  std::uint64_t steals = 0;         ///< batches
  std::uint64_t failures = 0;       ///< attempts that brought nothing
  std::uint64_t jobs_received = 0;  ///< stolen, or taken back from the own shelf
  std::uint64_t bytes = 0;          ///< of what was stolen
  std::uint64_t jobs_promoted = 0;  ///< got the next higher priority, as nobody took them for long
  std::uint64_t wakes = 0;          ///< ranks that waited for word, and were told
};

class Courier {
 public:
  struct Settings {
    std::uint32_t max_batch = 64;
    std::int64_t backoff_min_ns = 1'000'000;  ///< between attempts of a rank that has left word
    std::int64_t backoff_max_ns = 1'000'000'000;
    std::int64_t starvation_age_ns =
        5'000'000'000;  ///< what is shown so long is promoted; 0: never
    std::uint64_t seed = 1;
  };
  /// All live longer.
  Courier(Mailbox& mailbox, Reach& reach, Victims& victims, const Settings& settings);

  /// For a rank that has nothing left to start. \returns true if home has received jobs
  bool seek(Home& home);
  /// For a busy rank, now and then: reads its letters, shows surplus, tells who waits for it.
  void serve(Home& home);
  /// What it shows, and nobody has taken. \returns true if home has received jobs
  bool take_back(Home& home);
  /// Lets no rank start a job any more, as soon as it hears of it. The end comes as always.
  void stop(Home& home);
  [[nodiscard]] bool has_stopped() const noexcept { return stopped_; }
  /// Lets all ranks set jobs aside, as soon as they hear of it: then it is over soon.
  /// \param leaves  the ranks will not go on afterwards
  void save(Home& home, bool leaves);
  /// Calls that off on all ranks, as soon as no sum is under way that may say that all is over. Any
  /// number of ranks may do so.
  void resume() noexcept { wants_to_resume_ = true; }
  [[nodiscard]] bool is_saving() const noexcept { return saving_; }
  [[nodiscard]] bool will_leave() const noexcept { return leaves_; }
  /// Since when it is saving, or must leave; of Network::now.
  [[nodiscard]] std::int64_t saving_since_ns() const noexcept { return saving_since_ns_; }
  /// No job is left on any rank, and all ranks know.
  [[nodiscard]] bool is_over() const noexcept { return termination_.over(); }
  /// Once it is over: answers the others until all of them know. Collective.
  void part();
  /// Before the ranks begin anew, together.
  void restart();
  /// The number of the last checkpoint. It may have been begun by a rank that had not seen yet that
  /// all was over; so before the next run the ranks agree on the highest.
  [[nodiscard]] std::uint64_t save_round() const noexcept { return save_round_; }
  /// Checkpoints that took too long, over all runs.
  [[nodiscard]] std::uint64_t called_off() const noexcept { return called_off_; }
  void set_save_round(std::uint64_t round) noexcept { save_round_ = round; }

  [[nodiscard]] CourierStatistics statistics() const noexcept;

 private:
  /// A shelf, and since when it has shown what is on it.
  struct Display {
    Shelf shelf;
    std::int64_t since_ns = 0;
  };
  void read_letters(Home& home);
  void read(Home& home, const Letter& letter);
  void read_late(const Letter& letter);
  void hear_of_save(Home& home, const SaveWord& word);
  void hear_of_resume(Home& home, const SaveWord& word);
  bool resume_if_free(Home& home);
  void pass_on(Mail about, const SaveWord& word);
  void send_notices(Home& home);
  void ask_for_parcels();
  void send_parcels(const Letter& letter);
  void open_parcel(Home& home, const Letter& letter);
  [[nodiscard]] bool steal(Home& home);
  [[nodiscard]] bool take_from(int victim);
  void show(Home& home, Display& display);
  void take_back_aged(Home& home, Display& display);
  void wake_who_waits();
  void back_off();
  void leave_word();
  void take_in(Home& home, std::span<const PackedJob> jobs);
  void take_in(Home& home, const PackedJob& job, std::span<const std::byte> payload);

  Mailbox& mailbox_;
  Network& network_;
  Reach& reach_;
  Victims& victims_;
  Settings settings_;
  std::vector<Display> displays_;  // one for each fabric, nearest first
  Termination termination_;
  Lifelines lifelines_;
  std::minstd_rand random_;
  std::vector<PackedJob> batch_;
  KeptParcels kept_;
  AwaitedParcels awaited_;
  unsigned failures_in_row_ = 0;
  bool has_left_word_ = false;
  bool stopped_ = false;
  bool saving_ = false;
  bool leaves_ = false;
  bool wants_to_resume_ = false;
  std::uint64_t save_round_ = 0;     // the last checkpoint that was heard of, over all runs
  std::uint64_t resumed_round_ = 0;  // the last one that was called off
  std::uint64_t called_off_ = 0;
  std::int64_t saving_since_ns_ = 0;
  std::int64_t next_attempt_ns_ = 0;
  std::uint64_t received_ = 0;  // jobs that home has, and that it, or another rank, made before
  std::uint64_t given_ = 0;     // jobs that home counts as ended, and that go on elsewhere
  CourierStatistics counts_;
};

}  // namespace jackdaw::mpi
