#include "jackdaw/detail/join_word.hpp"

#include <gtest/gtest.h>

#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::Explored;
using testing::ExploredSync;
using testing::Explorer;

TEST(JoinWordExplore, AForkerThatSleepsIsToldWhenItsThiefIsDone) {
  Explorer::explore([](Explorer& explorer) {
    JoinWord<ExploredSync> word;
    word.share();
    Explored<int> result{0};
    explorer.run({[&] {
                    result.store(42, std::memory_order_relaxed);
                    word.tell_done();
                  },
                  [&] {
                    // Nothing but the thief wakes it: a thief that does not is a deadlock.
                    while (!word.is_done()) word.sleep(-1);
                    EXPECT_EQ(result.load(std::memory_order_relaxed), 42);
                  }});
  });
}

TEST(JoinWordExplore, AForkerThatSleptInVainFindsItDoneLater) {
  Explorer::explore([](Explorer& explorer) {
    JoinWord<ExploredSync> word;
    word.share();
    explorer.run({[&] { word.tell_done(); },
                  [&] {
                    word.sleep(-1);  // once only
                    while (!word.is_done()) ExploredSync::pause();
                  }});
    EXPECT_TRUE(word.is_done());
  });
}

}  // namespace
}  // namespace jackdaw::detail
