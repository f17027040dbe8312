#include <gtest/gtest.h>
#include <malloc.h>  // mallopt

#include <cstring>
#include <deque>
#include <memory>
#include <set>

#include "courier.hpp"
#include "support/simulated_fabric.hpp"

// The couriers of many ranks, with the real protocols, in simulated worlds.

namespace jackdaw::mpi {
namespace {

using testing::Machine;
using testing::Post;
using testing::SimulatedFabric;
using testing::SimulatedNetwork;
using testing::World;

/// The shelves of one world become those of the next: two thirds of the time went into giving them
/// back to the system.
const bool memory_is_kept =
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

Neighbourhood neighbourhood_of(const Shape& shape, int rank) {
  Neighbourhood found{
      .rank = rank, .size = shape.ranks, .package = {}, .machine = {}, .network_switch = {}};
  const int host = shape.ranks_of_host == 0 ? shape.ranks : shape.ranks_of_host;
  for (int other = rank / host * host; other < std::min(shape.ranks, (rank / host + 1) * host);
       ++other) {
    if (other != rank) found.machine.push_back(other);
  }
  return found;
}

Reach reach_of(Surroundings& around, Mailbox& mailbox, int rank) {
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
  [[nodiscard]] std::uint64_t make() {
    runs.push_back(0);
    dropped.push_back(0);
    results.push_back(0);
    --to_make;
    return runs.size() - 1;
  }
};

std::byte mark_of(std::uint64_t job) { return static_cast<std::byte>(job % 251); }

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
  [[nodiscard]] bool is_quiet() const override { return totals_.created == totals_.finished; }
  [[nodiscard]] Totals totals() const override { return totals_; }

  [[nodiscard]] CourierStatistics statistics() const { return courier_.statistics(); }
  [[nodiscard]] bool has_stopped() const { return stopped_; }
  [[nodiscard]] SimulatedFabric& window() { return dynamic_cast<SimulatedFabric&>(*reach.near); }

 private:
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
  Totals totals_;
  bool stopped_ = false;
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

int notices_read = 0;             // of places and wishes, in all worlds
std::uint64_t jobs_promoted = 0;  // on their shelves

void expect_each_job_once(std::uint64_t seed, const Shape& shape, std::uint64_t jobs) {
  Story story(seed, shape, jobs);
  const std::string where = "seed " + std::to_string(seed) + ", " + std::to_string(shape.ranks) +
                            " ranks, " + std::to_string(shape.ranks_of_host) + " a host, way " +
                            std::to_string(shape.way);
  ASSERT_TRUE(story.around.world.run(1'000'000'000)) << "no end; " << where;
  EXPECT_TRUE(story.all_over()) << where;
  for (const auto& box : story.around.post.boxes)
    EXPECT_TRUE(box.empty()) << "a letter came after all had parted; " << where;
  for (std::size_t job = 0; job < story.ledger.runs.size(); ++job)
    ASSERT_EQ(story.ledger.runs[job], 1) << "job " << job << ", " << where;
  for (std::size_t job = 0; job < story.ledger.runs.size(); ++job)
    ASSERT_EQ(story.ledger.results[job], job % 5 == 0 ? 1 : 0) << "job " << job << ", " << where;
  for (const auto& rank : story.all) {
    const auto promoted = rank->statistics().jobs_promoted;
    EXPECT_TRUE(promoted == 0 || shape.ranks % 2 == 0) << where;
    jobs_promoted += promoted;
  }
  notices_read += story.ledger.places + story.ledger.wishes;
}

constexpr Shape::Way ways[] = {Shape::windows, Shape::letters_between_hosts, Shape::letters};

TEST(CourierWorld, EachJobRunsOnceAndThenItIsOver) {
  EXPECT_TRUE(memory_is_kept);
  notices_read = 0;
  jobs_promoted = 0;
  for (std::uint64_t seed = 1; seed <= 10'000 && !HasFailure(); ++seed) {
    const Shape shape{1 + static_cast<int>(seed % 7), static_cast<int>(seed % 4), ways[seed % 3]};
    expect_each_job_once(seed, shape, 20 + seed % 150);
  }
  EXPECT_GT(notices_read, 10'000);
  EXPECT_GT(jobs_promoted, 1'000U);
}

/// A rank that has nothing to do leaves word, and is told when there is something.
TEST(CourierWorld, IdleRanksAreTold) {
  std::uint64_t told = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Story story(seed, {8, 0, Shape::windows}, 500);
    ASSERT_TRUE(story.around.world.run(1'000'000'000)) << "no end; seed " << seed;
    for (const auto& rank : story.all) told += rank->statistics().wakes;
  }
  EXPECT_GT(told, 0u);
}

TEST(CourierWorld, ManyRanksShareLittle) {
  expect_each_job_once(1, {3000, 0, Shape::windows}, 4000);
  expect_each_job_once(2, {500, 16, Shape::windows}, 2000);
  expect_each_job_once(3, {500, 16, Shape::letters_between_hosts}, 2000);
}

/// A rank lets all stop: what is queued anywhere, or on its way, is dropped, once; and it is over.
TEST(CourierWorld, AllStopWhenOneSaysSo) {
  int dropped = 0;
  for (std::uint64_t seed = 1; seed <= 1000 && !HasFailure(); ++seed) {
    const Shape shape{1 + static_cast<int>(seed % 9), static_cast<int>(seed % 4), ways[seed % 3]};
    Story story(seed, shape, 300);
    story.ledger.fatal = 50;
    ASSERT_TRUE(story.around.world.run(1'000'000'000)) << "no end; seed " << seed;
    EXPECT_TRUE(story.all_over()) << "seed " << seed;
    const auto& runs = story.ledger.runs;
    const bool said = runs.size() > story.ledger.fatal && runs[story.ledger.fatal] == 1;
    for (const auto& rank : story.all) EXPECT_EQ(rank->has_stopped(), said) << "seed " << seed;
    for (std::size_t job = 0; job < story.ledger.runs.size(); ++job) {
      ASSERT_EQ(story.ledger.runs[job] + story.ledger.dropped[job], 1) << job << ", seed " << seed;
      dropped += story.ledger.dropped[job];
    }
  }
  EXPECT_GT(dropped, 1000);
}

/// A thief that stops between its claim and its get takes those jobs with it, and no others.
TEST(CourierWorld, ADeadThiefCostsWhatItHadClaimed) {
  int deaths = 0;
  for (std::uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    Story story(seed, {4, static_cast<int>(seed % 2) * 2, Shape::windows}, 120);
    story.ledger.has_long_jobs = false;
    std::set<std::uint64_t> lost;
    int attempts = static_cast<int>(seed % 3);
    auto& thief = story.all[seed % 4]->window();
    thief.before_get = [&](int victim, std::size_t offset, std::size_t bytes) {
      if (attempts-- != 0) return;
      for (std::size_t at = offset; at < offset + bytes; at += sizeof(PackedJob)) {
        PackedJob job;
        std::memcpy(&job,
                    story.around.near.memory[static_cast<std::size_t>(victim)].all().data() + at,
                    sizeof job);
        lost.insert(job.id);
      }
      story.around.world.stop();
    };
    const bool ended = story.around.world.run(30'000'000);
    EXPECT_EQ(ended, lost.empty()) << "the others must not believe it is over; seed " << seed;
    deaths += !lost.empty();
    for (std::size_t job = 0; job < story.ledger.runs.size(); ++job)
      EXPECT_EQ(story.ledger.runs[job], lost.contains(job) ? 0 : 1) << job << ", seed " << seed;
  }
  EXPECT_GT(deaths, 40);
}

}  // namespace
}  // namespace jackdaw::mpi
