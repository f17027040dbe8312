#include "jackdaw/detail/quiet_gate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

#include "jackdaw/detail/doze.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::Explored;
using testing::ExploredSync;
using testing::Explorer;

/// A pool of two workers and what is counted in it, with the stores that Worker and JobStore use.
struct Scene {
  QuietGate<ExploredSync> gate;
  IdleSet<ExploredSync> idle{2};
  std::array<Explored<unsigned>, 2> created{};
  std::array<Explored<unsigned>, 2> finished{};
  Explored<unsigned> box{0};  // jobs that nobody has taken
  int ended = 0;              // workers that have

  bool is_quiet() {
    const auto sum = [](auto& counters, std::memory_order order) {
      return counters[0].load(order) + counters[1].load(order);
    };
    return nothing_is_left([&] { return sum(finished, std::memory_order_acquire); },
                           [&] { return sum(created, std::memory_order_relaxed); });
  }
  /// Jobs made before the threads begin.
  void begin_with(unsigned jobs_of_0, unsigned jobs_of_1) {
    created[0].store(jobs_of_0);
    created[1].store(jobs_of_1);
  }
  void create(std::size_t worker) {
    auto& mine = created.at(worker);
    mine.store(mine.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void finish(std::size_t worker) {
    auto& mine = finished.at(worker);
    mine.store(mine.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  /// As Engine::notice_quiet.
  void notice() {
    if (gate.notice([&] { return is_quiet(); })) wake_all();
  }
  void wake_all() {
    for (std::size_t i = 0; i < 2; ++i) (void)idle.wake(i);
  }
  void wait() {
    gate.wait([&] { return is_quiet(); });
    EXPECT_EQ(finished[0].landed() + finished[1].landed(),
              created[0].landed() + created[1].landed());
  }
  /// As Engine::end_threads.
  void close() {
    gate.close();
    wake_all();
  }
  /// As Worker::live, without deques to look into, and never waking by itself.
  void live(std::size_t worker) {
    struct House {
      Scene& scene;
      bool sees_work() { return scene.box.load() != 0; }
      bool is_quiet() { return scene.is_quiet(); }
      long nap_ns() { return -1; }
    } house{*this};
    idle.enter_search();
    notice();
    while (doze(idle, gate, worker, house)) take(worker);
    EXPECT_TRUE(is_quiet());
    ++ended;
  }
  void take(std::size_t worker) {
    if (box.load() == 0 || box.exchange(0) == 0) return;
    idle.leave_search([&] { return box.load() != 0; });
    finish(worker);
    idle.enter_search();
    notice();
  }
};

/// `play` runs in a new scene for each way in which its threads may interrupt each other.
template <typename Play>
void explore_scene(unsigned preemptions, Play play) {
  Explorer::explore(
      [&](Explorer& explorer) {
        Scene scene;
        play(explorer, scene);
      },
      {.preemptions = preemptions});
}

TEST(QuietGateExplore, WhoWaitsAndWhoFinishesLastSeeEachOther) {
  explore_scene(5, [](Explorer& explorer, Scene& s) {
    s.begin_with(1, 0);
    explorer.run({[&] {
                    s.finish(0);
                    s.notice();
                  },
                  [&] { s.wait(); }});
  });
}

TEST(QuietGateExplore, OfTwoThatFinishAtOnceOneNotices) {
  explore_scene(3, [](Explorer& explorer, Scene& s) {
    s.begin_with(1, 1);
    const auto finish_one = [&](std::size_t worker) {
      s.finish(worker);
      s.notice();
    };
    explorer.run({[&] { finish_one(0); }, [&] { finish_one(1); }, [&] { s.wait(); }});
  });
}

TEST(QuietGateExplore, TwoWhoWaitAreBothWoken) {
  explore_scene(3, [](Explorer& explorer, Scene& s) {
    s.begin_with(1, 0);
    explorer.run({[&] {
                    s.finish(0);
                    s.notice();
                  },
                  [&] { s.wait(); }, [&] { s.wait(); }});
  });
}

TEST(QuietGateExplore, AJobThatMakesAnotherIsNotTheLast) {
  explore_scene(3, [](Explorer& explorer, Scene& s) {
    s.begin_with(1, 0);
    bool last_has_run = false;
    explorer.run({[&] {
                    s.create(0);
                    s.box.store(1, std::memory_order_release);
                    s.finish(0);
                  },
                  [&] {
                    while (s.box.load() == 0) ExploredSync::pause();
                    last_has_run = true;
                    s.finish(1);
                  },
                  [&] {
                    const bool quiet = s.is_quiet();
                    EXPECT_TRUE(last_has_run || !quiet);
                  }});
    EXPECT_TRUE(s.is_quiet());
  });
}

TEST(QuietGateExplore, AWorkerThatLiesDownWhileThePoolClosesEnds) {
  explore_scene(4, [](Explorer& explorer, Scene& s) {
    explorer.run({[&] { s.live(0); }, [&] { s.close(); }});
    EXPECT_EQ(s.ended, 1);
  });
}

TEST(QuietGateExplore, WhoFinishesTheLastJobOfAClosedPoolEndsTheOthers) {
  explore_scene(2, [](Explorer& explorer, Scene& s) {
    s.begin_with(0, 1);
    explorer.run({[&] { s.live(0); },
                  [&] {
                    s.finish(1);
                    s.live(1);
                  },
                  [&] { s.close(); }});
    EXPECT_EQ(s.ended, 2);
  });
}

TEST(QuietGateExplore, AWorkerThatLiesDownSeesAJobThatCameMeanwhile) {
  explore_scene(3, [](Explorer& explorer, Scene& s) {
    s.begin_with(1, 0);
    explorer.run({[&] { s.live(0); },
                  [&] {
                    s.box.store(1, std::memory_order_release);
                    if ((s.idle.pulse() & Pulse::hungry) != 0) s.idle.wake_one();
                    s.wait();
                    s.close();
                  }});
    EXPECT_EQ(s.ended, 1);
  });
}

}  // namespace
}  // namespace jackdaw::detail
