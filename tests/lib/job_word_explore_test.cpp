#include <gtest/gtest.h>

#include "jackdaw/detail/job_word.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::ExploredSync;
using testing::Explorer;
using Word = JobWord<ExploredSync>;

/// One shared job, and what became of it.
struct Scene {
  Word word{JobState::pending, Priority::normal, Word::shared};
  int starts = 0;
  int cancels = 0;
  int discards = 0;
  bool result = false;  // written by whoever runs it, read by whoever waited

  void try_to_run() {
    if (!word.try_start()) return;
    ++starts;
    result = true;
    word.finish(JobState::completed);
  }
  /// Who takes an entry of it, or has waited for it: runs it, or counts its end.
  void come_across() {
    try_to_run();
    if (!is_final(word.state()) || word.is_spent() || !word.claim_count()) return;
    ++discards;
    word.spend();
  }
  void cancel() {
    const auto outcome = word.cancel();
    if (outcome == Word::Cancel::done) ++cancels;
    EXPECT_EQ(word.stop_requested(), outcome != Word::Cancel::too_late);
  }
  void wait() {
    while (!is_final(word.state())) word.sleep(-1);
    EXPECT_EQ(result, word.state() == JobState::completed);
  }
  void expect_one_ending() {
    EXPECT_EQ(starts + cancels, 1);
    EXPECT_EQ(word.is_spent(), starts == 1);
    EXPECT_EQ(word.state(), starts == 1 ? JobState::completed : JobState::cancelled);
  }
};

TEST(JobWordExplore, AJobIsStartedOrCancelledOnce) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    explorer.run({[&] { s.try_to_run(); }, [&] { s.cancel(); }});
    s.expect_one_ending();
  });
}

TEST(JobWordExplore, OfAWorkerAndAWaiterOneStartsIt) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] { s.try_to_run(); }, [&] { s.try_to_run(); }, [&] { s.cancel(); }});
        s.expect_one_ending();
      },
      {.preemptions = 4});
}

TEST(JobWordExplore, WhoSleepsIsWoken) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    explorer.run({[&] { s.try_to_run(); }, [&] { s.wait(); }});
    s.expect_one_ending();
  });
}

TEST(JobWordExplore, TwoWhoSleepAreWokenByACancel) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] { s.cancel(); }, [&] { s.wait(); }, [&] { s.wait(); }});
        s.expect_one_ending();
      },
      {.preemptions = 4});
}

TEST(JobWordExplore, AThiefGivesAStolenJobBackToPending) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] {
                        if (s.word.try_steal()) s.word.settle();
                        s.try_to_run();
                      },
                      [&] { s.cancel(); }, [&] { s.wait(); }});
        s.expect_one_ending();
      },
      {.preemptions = 3});
}

/// As Engine::settle does: who cancels a job that a thief has marked leaves the rest to the thief.
TEST(JobWordExplore, OneThatIsCancelledWhileItIsStolenNeverStarts) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        bool was_asked = false;
        explorer.run({[&] {
                        if (s.word.try_steal()) {
                          s.word.settle();
                          if (s.word.stop_requested())
                            s.cancels += s.word.cancel() == Word::Cancel::done ? 1 : 0;
                        }
                        if (!s.word.try_start()) return;
                        EXPECT_FALSE(was_asked);
                        ++s.starts;
                        s.result = true;
                        s.word.finish(JobState::completed);
                      },
                      [&] {
                        s.cancel();
                        was_asked = true;
                      }});
        s.expect_one_ending();
      },
      {.preemptions = 4});
}

TEST(JobWordExplore, ABlockedJobStartsOnlyOnceItIsUnblocked) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        bool predecessor_done = false;
        s.word.block();
        explorer.run({[&] {
                        predecessor_done = true;
                        if (s.word.unblock() == JobState::pending) s.try_to_run();
                      },
                      [&] {
                        if (!s.word.try_start()) return;  // a waiter that would start it here
                        EXPECT_TRUE(predecessor_done);
                        ++s.starts;
                        s.result = true;
                        s.word.finish(JobState::completed);
                      },
                      [&] { s.cancel(); }});
        s.expect_one_ending();
      },
      {.preemptions = 4});
}

TEST(JobWordExplore, OfThoseWhoComeAcrossACancelledJobOneDiscardsItsClosure) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] { s.come_across(); }, [&] { s.come_across(); }, [&] { s.cancel(); }});
        s.come_across();  // the last, behind all of them
        EXPECT_EQ(s.starts + s.cancels, 1);
        EXPECT_EQ(s.discards, s.cancels);
        EXPECT_TRUE(s.word.is_spent());
      },
      {.preemptions = 4});
}

}  // namespace
}  // namespace jackdaw::detail
