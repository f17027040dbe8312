#include "signal_watch.hpp"

#include <gtest/gtest.h>
#include <signal.h>  // raise
#include <unistd.h>  // _exit

#include "jackdaw/checkpoint.hpp"

// Each in a process of its own, which the signal may end.

namespace jackdaw::mpi {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

void raise_both() {
  (void)raise(SIGUSR1);
  (void)raise(SIGTERM);
}

TEST(SignalWatch, NotesSignalsWhileItLives) {
  EXPECT_EXIT(
      {
        const SignalWatch watch(true);
        raise_both();
        _exit(SignalWatch::caught());
      },
      ExitedWithCode(SIGTERM), "");
}

TEST(SignalWatch, AfterTheLastOneSignalsDoWhatTheyDidBefore) {
  const auto watch_twice = [] {
    {
      const SignalWatch outer(true);
      { const SignalWatch inner(true); }
      (void)raise(SIGUSR1);
    }
    (void)raise(SIGTERM);
    _exit(0);
  };
  EXPECT_EXIT(watch_twice(), KilledBySignal(SIGTERM), "");
}

TEST(SignalWatch, OneThatIsNotOnLeavesSignalsAlone) {
  EXPECT_EXIT(
      {
        const SignalWatch watch(false);
        (void)raise(SIGUSR1);
        _exit(0);
      },
      KilledBySignal(SIGUSR1), "");
}

/// While results are printed, and MPI ends, one must not make the run look as if it were undone.
TEST(SignalWatch, OnceNotedByTheProgramSignalsEndNothingAnyMore) {
  EXPECT_EXIT(
      {
        note_checkpoint_signals();
        { const SignalWatch watch(true); }
        raise_both();
        _exit(0);
      },
      ExitedWithCode(0), "");
}

TEST(SignalWatch, OneThatCameBeforeAWatchOfARunIsKnownToIt) {
  EXPECT_EXIT(
      {
        note_checkpoint_signals();
        note_checkpoint_signals();  // once is enough, twice does no harm
        (void)raise(SIGUSR1);
        const SignalWatch watch(true);
        _exit(SignalWatch::caught());
      },
      ExitedWithCode(SIGUSR1), "");
}

}  // namespace
}  // namespace jackdaw::mpi
