#pragma once
/// \file
/// The couriers of many ranks, with the real protocols, in a simulated world.

#include <gtest/gtest.h>
#include <malloc.h>  // mallopt

#include <deque>
#include <memory>
#include <vector>

#include "courier.hpp"
#include "support/simulated_fabric.hpp"

namespace jackdaw::mpi::testing {

using jackdaw::testing::Machine;
using jackdaw::testing::Post;
using jackdaw::testing::SimulatedFabric;
using jackdaw::testing::SimulatedNetwork;
using jackdaw::testing::World;

/// The shelves of one world become those of the next: two thirds of the time went into giving them
/// back to the system.
inline const bool memory_is_kept =
    mallopt(M_MMAP_THRESHOLD, 32 << 20) == 1 && mallopt(M_TRIM_THRESHOLD, 1 << 30) == 1;

/// The ranks of a world, and how they reach each other.
struct Shape {
  int ranks = 1;
  int ranks_of_host = 0;  ///< 0: all are on one
  enum Way : std::uint8_t { windows, letters_between_hosts, letters } way = windows;
};

/// What all ranks share.
struct Surroundings {
  Surroundings(std::uint64_t seed, const Shape& is)
      : shape(is),
        world(seed),
        post(world, is.ranks, {}),
        near(world, is.ranks, shelf_bytes, {}),
        far(world, is.ranks, shelf_bytes, {}) {
    near.ranks_of_host = is.ranks_of_host;
  }
  Shape shape;
  World world;
  Post post;
  Machine near, far;
};

inline Neighbourhood neighbourhood_of(const Shape& shape, int rank) {
  Neighbourhood found{
      .rank = rank, .size = shape.ranks, .package = {}, .machine = {}, .network_switch = {}};
  const int host = shape.ranks_of_host == 0 ? shape.ranks : shape.ranks_of_host;
  for (int other = rank / host * host; other < std::min(shape.ranks, (rank / host + 1) * host);
       ++other) {
    if (other != rank) found.machine.push_back(other);
  }
  return found;
}

inline Reach reach_of(Surroundings& around, Mailbox& mailbox, int rank) {
  Reach reach;
  const Shape& shape = around.shape;
  if (shape.way != Shape::letters)
    reach.near = std::make_unique<SimulatedFabric>(around.near, rank);
  if (shape.way == Shape::windows && shape.ranks_of_host > 0)
    reach.far = std::make_unique<SimulatedFabric>(around.far, rank);
  if (shape.way == Shape::letters || (shape.way != Shape::windows && shape.ranks_of_host > 0))
    reach.letters = std::make_unique<MessageFabric>(mailbox, shelf_bytes);
  return reach;
}

/// Jobs have numbers in the order in which they are made. Each makes a few others.
struct Ledger {
  std::vector<int> runs;       ///< of each job
  std::vector<int> dropped;    ///< times it was
  int places = 0, wishes = 0;  ///< notices of them that came
  std::vector<int> results;    ///< that came of it, of every fifth job
  bool has_long_jobs = true;   ///< every third one's payload does not fit into the packed job
  std::uint64_t to_make = 0;
  [[nodiscard]] bool is_long(std::uint64_t job) const { return has_long_jobs && job % 3 == 0; }
  std::uint64_t fatal = UINT64_MAX;  ///< the job at which all stop
  bool makes_checkpoints = false;    ///< now and then; ranks call some of them off
  int calls_off_at = 0;              ///< of so many looks of a rank that sets aside
  int saved = 0, resumed = 0;        ///< jobs set aside; checkpoints called off, by ranks
  [[nodiscard]] std::uint64_t make() {
    runs.push_back(0);
    dropped.push_back(0);
    results.push_back(0);
    --to_make;
    return runs.size() - 1;
  }
};

inline std::byte mark_of(std::uint64_t job) { return static_cast<std::byte>(job % 251); }

class SimulatedRank final : public Home {
 public:
  SimulatedRank(Surroundings& around, Ledger& ledger, int rank)
      : network_(around.post, rank),
        mailbox_(network_),
        reach(reach_of(around, mailbox_, rank)),
        world_(around.world),
        ledger_(ledger),
        victims_(neighbourhood_of(around.shape, rank), 256, 1),
        courier_(mailbox_, reach, victims_,
                 {.max_batch = 64,
                  .backoff_max_ns = 8'000'000,
                  .starvation_age_ns = around.shape.ranks % 2 == 0 ? 50'000 : 0}) {}

  void make_job() {
    PackedJob job{};
    job.id = ledger_.make();
    job.job_class = 3;
    jobs_.push_back(job);
    ++totals_.created;
  }
  void live() {
    while (!courier_.is_over()) {
      if (ledger_.makes_checkpoints) think_of_checkpoints();
      if (saving_) set_aside();
      if (jobs_.empty()) {
        if (!courier_.seek(*this)) world_.wait(static_cast<std::int64_t>(100 + world_.draw(500)));
        continue;
      }
      const PackedJob job = jobs_.back();
      jobs_.pop_back();
      // A slow rank now and then: its shelf must do without it.
      const bool slow = world_.draw(50) == 0;
      world_.wait(static_cast<std::int64_t>(world_.draw(slow ? 300'000 : 3'000)));
      ++ledger_.runs.at(job.id);
      if (job.id == ledger_.fatal) courier_.stop(*this);
      for (auto children = world_.draw(4); children > 0 && ledger_.to_make > 0; --children)
        make_job();
      // It may go on after it has made others, and they may be elsewhere before it ends.
      if (world_.draw(10) == 0) {
        courier_.serve(*this);
        world_.wait(static_cast<std::int64_t>(world_.draw(100'000)));
      }
      if (job.id % 5 == 0) {  // somebody waits for its result
        const int to = static_cast<int>(job.id) % network_.size();
        notices_.push_back({Mail::result, {job.id, to}, 0, Bytes(job.id % 7, mark_of(job.id))});
      }
      ++totals_.finished;
      if (world_.draw(3) == 0) courier_.serve(*this);
    }
    courier_.part();
    EXPECT_FALSE(mailbox_.has_kept());
    over = true;
  }

  /// The next run, after one that has ended with a checkpoint. \returns the jobs that were saved
  std::size_t go_on(std::uint64_t round) {
    over = false;
    courier_.restart();
    courier_.set_save_round(round);
    saving_ = false;
    return take_saved();
  }
  [[nodiscard]] std::uint64_t save_round() const { return courier_.save_round(); }
  [[nodiscard]] Courier& courier() noexcept { return courier_; }

  std::size_t give(std::span<PackedJob> room, Parcels& parcels) override {
    const auto count = std::min(room.size(), jobs_.size() / 2);
    for (std::size_t i = 0; i < count; ++i) {
      room[i] = jobs_[i];
      if (ledger_.is_long(room[i].id)) {
        room[i].payload_size = 100;
        room[i].parcel = parcels.keep(Bytes(100, mark_of(room[i].id)));
      }
    }
    jobs_.erase(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(count));
    totals_.finished += count;
    return count;
  }
  void receive(const PackedJob& job, std::span<const std::byte> payload) override {
    const Bytes expected(ledger_.is_long(job.id) ? 100 : 0, mark_of(job.id));
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), expected.begin(), expected.end()));
    EXPECT_LE(job.job_class, 3);
    jobs_.push_back(job);
    ++totals_.created;
    const int to = static_cast<int>(job.id) % network_.size();
    if (job.id % 5 == 0 && to != network_.rank()) notices_.push_back({Mail::place, {job.id, to}});
    if (stopped_) stop();
  }
  [[nodiscard]] std::vector<Notice> take_notices() override { return std::exchange(notices_, {}); }
  void deliver(int from, const Notice& result) override {
    if (result.about == Mail::place) {
      EXPECT_EQ(static_cast<int>(result.to.number) % network_.size(), network_.rank());
      // Whoever waits here runs here.
      if (!is_quiet())
        notices_.push_back(
            {Mail::wish, {result.to.number, from}, static_cast<unsigned>(from) % 4U});
      ++ledger_.places;
      return;
    }
    if (result.about == Mail::wish) {
      EXPECT_EQ(from, static_cast<int>(result.to.number) % network_.size());
      EXPECT_EQ(result.value, static_cast<unsigned>(network_.rank()) % 4U);
      ++ledger_.wishes;
      return;
    }
    EXPECT_EQ(result.bytes, Bytes(result.to.number % 7, mark_of(result.to.number)));
    EXPECT_EQ(static_cast<int>(result.to.number) % network_.size(), network_.rank());
    ++ledger_.results.at(result.to.number);
  }
  void stop() override {
    stopped_ = true;
    for (const PackedJob& job : jobs_) ++ledger_.dropped.at(job.id);
    totals_.finished += jobs_.size();
    jobs_.clear();
  }
  void save() override { saving_ = true; }
  void resume() override {
    ++ledger_.resumed;
    saving_ = false;
    (void)take_saved();
  }
  [[nodiscard]] bool is_quiet() const override { return totals_.created == totals_.finished; }
  [[nodiscard]] Totals totals() const override { return totals_; }

  [[nodiscard]] CourierStatistics statistics() const { return courier_.statistics(); }
  [[nodiscard]] bool has_stopped() const { return stopped_; }
  [[nodiscard]] SimulatedFabric& window() { return dynamic_cast<SimulatedFabric&>(*reach.near); }

 private:
  /// Any rank may want one at any time, also one that has contributed to the last sum.
  void think_of_checkpoints() {
    if (world_.draw(jobs_.empty() ? 400 : 60) == 0) courier_.save(*this, world_.draw(1) == 0);
    if (courier_.is_saving() && ++looks_ == ledger_.calls_off_at) courier_.resume();
  }
  void set_aside() {
    ledger_.saved += static_cast<int>(jobs_.size());
    totals_.finished += jobs_.size();
    saved_.insert(saved_.end(), jobs_.begin(), jobs_.end());
    jobs_.clear();
  }
  std::size_t take_saved() {
    totals_.created += saved_.size();
    jobs_.insert(jobs_.end(), saved_.begin(), saved_.end());
    return std::exchange(saved_, {}).size();
  }

  SimulatedNetwork network_;
  Mailbox mailbox_;

 public:
  Reach reach;
  bool over = false;

 private:
  World& world_;
  Ledger& ledger_;
  Victims victims_;
  Courier courier_;
  std::deque<PackedJob> jobs_;
  std::vector<Notice> notices_;
  std::vector<PackedJob> saved_;
  Totals totals_;
  bool stopped_ = false;
  bool saving_ = false;
  int looks_ = 0;
};

/// One world, and what became of it.
struct Story {
  Story(std::uint64_t seed, const Shape& shape, std::uint64_t jobs) : around(seed, shape) {
    ledger.to_make = jobs;
    for (int rank = 0; rank < shape.ranks; ++rank)
      all.push_back(std::make_unique<SimulatedRank>(around, ledger, rank));
    for (auto& rank : all) around.world.add([&rank] { rank->live(); });
    all[around.world.draw(static_cast<std::uint64_t>(shape.ranks - 1))]->make_job();
  }
  [[nodiscard]] bool all_over() const {
    return std::all_of(all.begin(), all.end(), [](const auto& rank) { return rank->over; });
  }
  Surroundings around;
  Ledger ledger;
  std::vector<std::unique_ptr<SimulatedRank>> all;
};

inline constexpr Shape::Way ways[] = {Shape::windows, Shape::letters_between_hosts, Shape::letters};

}  // namespace jackdaw::mpi::testing
