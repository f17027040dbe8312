// A job that has several entries in queues, or loses its turn: by a deadline, a yield, or a move to
// another rank that comes to nothing. However that ends, it is run once at a time, and its end is
// counted once.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "jackdaw/detail/job_word.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::ExploredSync;
using testing::Explorer;
using Word = JobWord<ExploredSync>;

/// One shared job, and what its threads make of it.
struct Scene {
  Word word{JobState::pending, Priority::normal, Word::shared};
  int turns = 0, yields = 0;  // of its function
  int running = 0;
  int cancels = 0, expiries = 0;
  int counts = 0;  // of its end

  /// By who holds an entry of it, in a queue, or waits for it and starts it.
  void start_or_drop() {
    if (!word.try_start()) return drop();
    take_turn();
    word.finish(JobState::completed);
    ++counts;
  }
  /// The same, but in its first turn it yields; then it has an entry again.
  void start_and_yield() {
    if (!word.try_start()) return drop();
    take_turn();
    ++yields;
    word.requeue();
    start_or_drop();
  }
  /// By who holds an entry, and would send it to another rank, but cannot.
  void pack_in_vain() {
    if (word.try_leave()) word.come_back();
    start_or_drop();
  }
  void steal() {
    if (!word.try_steal()) return drop();
    word.settle();
    start_or_drop();
  }
  /// By what it came after.
  void unblock() {
    (void)word.unblock();
    start_or_drop();
  }
  void cancel() { cancels += word.cancel() == Word::Cancel::done; }
  void expire() { expiries += word.try_expire(); }
  void wait() {
    while (!is_final(word.state())) word.sleep(-1);
  }

  void expect_one_end() {
    EXPECT_EQ(turns - yields + cancels + expiries, 1);
    EXPECT_EQ(counts, 1);
    const bool ran = turns > yields;
    EXPECT_EQ(word.is_spent(), ran);
    EXPECT_EQ(word.state(), ran       ? JobState::completed
                            : cancels ? JobState::cancelled
                                      : JobState::timed_out);
  }

 private:
  void take_turn() {
    EXPECT_EQ(++running, 1);
    ++turns;
    (void)word.state();  // a step: others may come in between
    --running;
  }
  /// As Engine::drop_entry.
  void drop() {
    if (is_final(word.state()) && !word.is_spent() && word.claim_count()) ++counts;
  }
};

void explore(unsigned preemptions, std::vector<void (Scene::*)()> threads, bool blocked = false) {
  Explorer::explore(
      [&](Explorer& explorer) {
        Scene s;
        if (blocked) s.word.block();
        std::vector<Explorer::Body> bodies;
        for (const auto thread : threads) bodies.push_back([&s, thread] { (s.*thread)(); });
        explorer.run(std::move(bodies));
        s.expect_one_end();
      },
      {.preemptions = preemptions});
}

TEST(JobWordEntriesExplore, ADeadlineAStartOrACancelEndsAJob) {
  explore(4, {&Scene::start_or_drop, &Scene::expire, &Scene::cancel});
}

TEST(JobWordEntriesExplore, WhoSleepsIsWokenByADeadline) {
  explore(4, {&Scene::start_or_drop, &Scene::expire, &Scene::wait});
}

TEST(JobWordEntriesExplore, ADeadlineComesWhileItIsStolen) {
  explore(4, {&Scene::steal, &Scene::expire, &Scene::cancel});
}

TEST(JobWordEntriesExplore, OfSeveralEntriesOneCounts) {
  explore(4, {&Scene::start_or_drop, &Scene::start_or_drop, &Scene::cancel});
  explore(3, {&Scene::steal, &Scene::start_or_drop, &Scene::cancel});
  explore(3, {&Scene::start_or_drop, &Scene::start_or_drop, &Scene::expire, &Scene::cancel});
}

TEST(JobWordEntriesExplore, AJobThatYieldsGoesOnOnceOrIsCancelled) {
  explore(4, {&Scene::start_and_yield, &Scene::cancel});
  explore(3, {&Scene::start_and_yield, &Scene::start_or_drop, &Scene::cancel});
  explore(3, {&Scene::start_and_yield, &Scene::steal, &Scene::expire});
}

TEST(JobWordEntriesExplore, AJobThatComesBackRunsOnceOrIsCancelled) {
  explore(4, {&Scene::pack_in_vain, &Scene::cancel});
  explore(3, {&Scene::pack_in_vain, &Scene::start_or_drop, &Scene::cancel});
  explore(3, {&Scene::pack_in_vain, &Scene::start_or_drop, &Scene::expire});
}

TEST(JobWordEntriesExplore, ABlockedJobThatExpiresIsCountedWhenItIsUnblocked) {
  explore(4, {&Scene::unblock, &Scene::expire, &Scene::wait}, /*blocked=*/true);
}

}  // namespace
}  // namespace jackdaw::detail
