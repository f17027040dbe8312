#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "support/courier_world.hpp"

// The couriers of many ranks, with the real protocols, in simulated worlds.

namespace jackdaw::mpi {
namespace {

using namespace testing;

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
