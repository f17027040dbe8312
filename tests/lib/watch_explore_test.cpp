#include <gtest/gtest.h>

#include "jackdaw/detail/watch.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::ExploredSync;
using testing::Explorer;

/// A worker that runs two jobs, one after the other, and frees each; and a steward that looks.
struct Scene {
  Watch<ExploredSync> watch;
  ExploredSync::Atomic<int> running{1};  // which job; 0: none
  bool is_freed[3] = {false, false, false};
  bool is_marked[3] = {false, false, false};
  int marks_heard = 0;

  void end(int job) {
    running.store(0, std::memory_order_release);
    if (watch.is_watched()) {
      watch.await_release();
      if (is_marked[job]) ++marks_heard;
      watch.unmark();
    }
    is_freed[job] = true;
  }
  void work() {
    end(1);
    running.store(2, std::memory_order_release);
    end(2);
  }
  /// \returns which job it saw
  int look(bool marks) {
    watch.hold();
    const int job = running.load(std::memory_order_acquire);
    if (job != 0) {
      EXPECT_FALSE(is_freed[job]);
      (void)running.load(std::memory_order_relaxed);  // a step, in which others may go on
      EXPECT_FALSE(is_freed[job]) << "freed under the steward's eyes";
      if (marks) {
        is_marked[job] = true;
        watch.mark();
      }
    }
    watch.let_go();
    return job;
  }
};

TEST(WatchExplore, NoJobIsFreedWhileTheStewardLooksAtIt) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    explorer.run({[&] { s.work(); }, [&] { (void)s.look(false); }});
    EXPECT_TRUE(s.is_freed[1] && s.is_freed[2]);
  });
}

TEST(WatchExplore, TheWorkerHearsOfEachMark) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    int marked = 0;
    explorer.run({[&] { s.work(); }, [&] { marked += s.look(true) != 0 ? 1 : 0; }});
    EXPECT_EQ(s.marks_heard, marked);
  });
}

}  // namespace
}  // namespace jackdaw::detail
