#include "progress.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>  // waitpid
#include <unistd.h>    // close, fork, pause, pipe, read

#include <array>     // array
#include <csignal>   // kill, sigaction
#include <optional>  // optional
#include <string>    // string

namespace {

using jackdaw::apps::Progress;
using namespace std::chrono_literals;

const std::string wipe = "\r\033[K";

/// What the progress line is written to, instead of a terminal.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(ends_[0]);
    close_writer();
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  /// Blocks until `text` was written, or the writers are gone.
  std::string read_until(const std::string& text) {
    std::string all;
    std::array<char, 256> buffer{};
    while (text.empty() || all.find(text) == std::string::npos) {
      const auto count = read(ends_[0], buffer.data(), buffer.size());
      if (count <= 0) break;
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
  }
  std::string read_all() { return read_until(""); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

Progress::Options counting(const Pipe& pipe) {
  return {.thing = "nodes", .count = [] { return 1234567U; }, .file = pipe.writer(), .every = 1ms};
}

bool ends_in_wipe(const std::string& text) {
  return text.size() >= wipe.size() && text.substr(text.size() - wipe.size()) == wipe;
}

TEST(Progress, TellsHowManyThereAreAndWipesItsLine) {
  Pipe pipe;
  std::optional<Progress> progress(std::in_place, counting(pipe));
  const std::string shown = pipe.read_until(" million/s, 0 s");
  EXPECT_EQ(shown.find(wipe + "1,234,567 nodes, "), 0U) << shown;
  EXPECT_EQ(shown.find('\n'), std::string::npos);
  progress.reset();
  pipe.close_writer();
  EXPECT_TRUE(ends_in_wipe(pipe.read_all()));
}

TEST(Progress, TellsTheTimeWhereNothingIsCounted) {
  Pipe pipe;
  const Progress progress({.thing = "nqueens", .file = pipe.writer(), .every = 1ms});
  EXPECT_EQ(pipe.read_until(" s").find(wipe + "nqueens, 0 s"), 0U);
}

TEST(Progress, WipesNothingButAnEmptyLineIfItWasTooShortToShowAny) {
  Pipe pipe;
  { const Progress progress({.thing = "nodes", .file = pipe.writer(), .every = 1h}); }
  pipe.close_writer();
  EXPECT_EQ(pipe.read_all(), wipe);
}

TEST(Progress, WipesItsLineBeforeAnInterruptEndsTheProcess) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Pipe pipe;
    const pid_t child = fork();
    if (child == 0) {
      const Progress progress(counting(pipe));
      for (;;) pause();
    }
    ASSERT_GT(child, 0);
    pipe.close_writer();
    EXPECT_NE(pipe.read_until("nodes").find("nodes"), std::string::npos);
    ASSERT_EQ(kill(child, signal), 0);
    EXPECT_TRUE(ends_in_wipe(pipe.read_all()));
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), signal);
  }
}

TEST(Progress, LeavesSignalsAsItFoundThem) {
  const auto handler = [] {
    struct sigaction now {};
    sigaction(SIGINT, nullptr, &now);
    return now.sa_handler;
  };
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  Pipe pipe;
  ASSERT_EQ(sigaction(SIGINT, &ignore, &before), 0);
  {
    const Progress progress(counting(pipe));
    EXPECT_EQ(handler(), SIG_IGN);
  }
  EXPECT_EQ(handler(), SIG_IGN);
  ASSERT_EQ(sigaction(SIGINT, &before, nullptr), 0);
  { const Progress progress(counting(pipe)); }
  EXPECT_EQ(handler(), before.sa_handler);
}

}  // namespace
