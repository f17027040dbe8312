#include <gtest/gtest.h>

#include "jackdaw/detail/idle_set.hpp"
#include "jackdaw/detail/split_deque.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::Explored;
using testing::ExploredSync;
using testing::Explorer;

/// Two workers that may sleep, a pusher, and a box in place of the deques: the protocol of going to
/// sleep, as Worker::hunt follows it. A deadlock in the explorer is a lost wake-up.
struct Scene {
  IdleSet<ExploredSync> idle{2};
  Explored<unsigned> box{0};  // jobs that nobody has taken; a put is a plain store, as in a deque
  Explored<unsigned> second_box{0};
  int done = 0;

  /// As Worker::push: first the put, then the pulse.
  void push(Explored<unsigned>& where) {
    where.store(1, std::memory_order_release);
    if ((idle.pulse() & Pulse::hungry) != 0) idle.wake_one();
  }
  bool sees_work() { return box.load() != 0 || second_box.load() != 0; }
  bool take() {
    for (auto* from : {&box, &second_box}) {
      if (from->load() != 0 && from->exchange(0) != 0) {
        ++done;
        return true;
      }
    }
    return false;
  }
  /// A worker that ends once `jobs` are done by anybody.
  void live(std::size_t worker, int jobs) {
    bool searching = true;
    idle.enter_search();
    for (;;) {
      while (take()) {
        if (searching) idle.leave_search([&] { return sees_work(); });
        searching = false;
      }
      if (done == jobs) break;
      if (!searching) idle.enter_search();
      searching = true;
      idle.lie_down(worker);
      for (;;) {
        if ((sees_work() || done == jobs) && idle.get_up(worker)) break;
        if (idle.sleep(worker, -1)) break;
      }
      if (done == jobs) break;
    }
    if (searching) idle.leave_search([] { return false; });
    while (idle.wake_one()) {  // as a pool that closes
    }
  }
  /// A worker that sleeps until it is woken, as doze() does, and then takes a job.
  void sleep_and_take(std::size_t worker) {
    while (!idle.sleep(worker, -1)) {
    }
    (void)take();
    idle.leave_search([] { return false; });
  }
  void expect_nobody_counted() { EXPECT_EQ(idle.pulse(), 0U); }
};

TEST(IdleSetExplore, APusherAndAWorkerThatLiesDownSeeEachOther) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] { s.push(s.box); }, [&] { s.live(0, 1); }});
        EXPECT_EQ(s.done, 1);
        s.expect_nobody_counted();
      },
      {.preemptions = 4});
}

TEST(IdleSetExplore, TwoPushesToOneSleeper) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] {
                        s.push(s.box);
                        s.push(s.second_box);
                      },
                      [&] { s.live(0, 2); }});
        EXPECT_EQ(s.done, 2);
        s.expect_nobody_counted();
      },
      {.preemptions = 3});
}

TEST(IdleSetExplore, TheLastSearcherPassesOnWhatOthersLeftToIt) {
  // The second job is pushed by a thread that saw a searcher. If that one is busy for ever with the
  // first, another worker must come: here worker 1 never takes more than one job, and never ends.
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        bool finished = false;
        explorer.run({[&] {
                        s.idle.enter_search();
                        s.idle.lie_down(0);
                        while (!s.sees_work() || !s.idle.get_up(0)) {
                          if (s.idle.sleep(0, -1)) break;
                        }
                        while (s.done < 2 && !s.take()) ExploredSync::pause();
                        finished = true;
                      },
                      [&] {
                        s.idle.enter_search();
                        while (!s.take()) ExploredSync::pause();
                        s.idle.leave_search([&] { return s.sees_work(); });
                      },
                      [&] {
                        s.push(s.box);
                        s.push(s.second_box);
                      }});
        EXPECT_TRUE(finished);
        EXPECT_EQ(s.done, 2);
      },
      {.preemptions = 2});
}

TEST(IdleSetExplore, AGuestAndAWakerNeverBothGetTheSeat) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    s.idle.enter_search();
    s.idle.lie_down(0);
    bool guest = false;
    bool woken = false;
    explorer.run({[&] { guest = s.idle.take_seat(0); }, [&] { woken = s.idle.wake_one(); }});
    EXPECT_NE(guest, woken);
    EXPECT_EQ(Pulse::sleepers(s.idle.pulse()), 0U);
    EXPECT_EQ(Pulse::searchers(s.idle.pulse()), woken ? 1U : 0U);
  });
}

TEST(IdleSetExplore, AGuestThatGoesLeavesNoJobUnseen) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        s.idle.enter_search();
        s.idle.lie_down(0);
        explorer.run({[&] { s.sleep_and_take(0); },
                      [&] {
                        if (!s.idle.take_seat(0)) return;
                        s.idle.leave_seat(0, [&] { return s.sees_work(); });
                      },
                      [&] { s.push(s.box); }});
        EXPECT_EQ(s.done, 1);
        s.expect_nobody_counted();
      },
      {.preemptions = 4});
}

TEST(IdleSetExplore, AClearedClassIsSetAgainIfAJobCameMeanwhile) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    s.idle.set_present(1);
    explorer.run({[&] {
                    s.box.store(1, std::memory_order_release);
                    if ((s.idle.pulse() & 2) == 0) s.idle.set_present(1);
                  },
                  [&] { s.idle.clear_if_gone(1, [&] { return s.box.load() != 0; }); }});
    EXPECT_NE(s.idle.pulse() & 2, 0u);
  });
}

TEST(IdleSet, WakesTheSleeperWithTheHighestNumberOfManyWords) {
  IdleSet<> idle(130);
  for (const std::size_t worker : {3U, 64U, 129U}) {
    idle.enter_search();
    idle.lie_down(worker);
  }
  for (const std::size_t worker : {129U, 64U, 3U}) {
    EXPECT_TRUE(idle.wake_one());
    EXPECT_FALSE(idle.get_up(worker)) << "another was woken";
    EXPECT_TRUE(idle.sleep(worker, 0)) << "its bell does not ring";
  }
  EXPECT_FALSE(idle.wake_one());
  EXPECT_EQ(Pulse::searchers(idle.pulse()), 3U);
}

}  // namespace
}  // namespace jackdaw::detail
