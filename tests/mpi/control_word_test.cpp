#include "control_word.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace jackdaw::mpi {
namespace {

/// The jobs of each attempt, until all are claimed.
std::vector<std::uint32_t> chunks(std::uint32_t jobs, std::uint32_t max_batch) {
  std::vector<std::uint32_t> sizes;
  for (std::uint32_t k = 0; claimed_by(jobs, k, max_batch) < jobs && k < 1000; ++k)
    sizes.push_back(claimed_by(jobs, k + 1, max_batch) - claimed_by(jobs, k, max_batch));
  return sizes;
}

TEST(ControlWord, EachAttemptOwnsHalfOfWhatIsLeftAtMostABatchAndAtLeastOne) {
  EXPECT_EQ(chunks(1, 64), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(chunks(8, 64), (std::vector<std::uint32_t>{4, 2, 1, 1}));
  EXPECT_EQ(chunks(10, 3), (std::vector<std::uint32_t>{3, 3, 2, 1, 1}));
  EXPECT_EQ(chunks(512, 64).front(), 64u);
}

TEST(ControlWord, AttemptsBeyondTheLastJobOwnNothing) {
  EXPECT_EQ(claimed_by(8, 1'000'000'000, 64), 8u);
  EXPECT_EQ(claimed_by(0, 5, 64), 0u);
}

TEST(ControlWord, FieldsDoNotTouchEachOther) {
  const ControlWord all{0xFFFF, 7, true, 3, 512, 0xFFFFFFFF};
  const auto again = ControlWord::decode(all.encode());
  EXPECT_EQ(again.epoch, 0xFFFFu);
  EXPECT_EQ(again.slot, 7u);
  EXPECT_TRUE(again.open);
  EXPECT_EQ(again.best_class, 3u);
  EXPECT_EQ(again.jobs, 512u);
  EXPECT_EQ(again.attempts, 0xFFFFFFFFu);
  EXPECT_EQ(ControlWord({0, 0, true, 0, 0, 0}).encode(), ControlWord::open_bit);
}

}  // namespace
}  // namespace jackdaw::mpi
