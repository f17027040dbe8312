#pragma once
/// \file
/// A line on the terminal that says how far a run is.

#include <chrono>              // milliseconds
#include <condition_variable>  // condition_variable_any
#include <cstdint>             // uint64_t
#include <functional>          // function
#include <mutex>               // mutex
#include <string>              // string
#include <thread>              // jthread

namespace jackdaw::apps {

/// Rewrites one line, "1,234,567 nodes, 12.34 million/s, 5 s", while it lives, then wipes it. An
/// interrupt (SIGINT, SIGTERM) wipes it too before it ends the process as ever. One at a time.
class Progress {
 public:
  struct Options {
    std::string thing;                       ///< what is counted: "nodes"
    std::function<std::uint64_t()> count{};  ///< how many so far; empty: only the time is told
    int file = 2;                            ///< a file descriptor
    std::chrono::milliseconds every{500};
  };

  explicit Progress(Options options);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// Whether there is anybody to look: standard error is a terminal.
  [[nodiscard]] static bool is_watched() noexcept;

 private:
  void show(const std::stop_token& stop);

  Options options_;
  std::mutex mutex_;
  std::condition_variable_any tick_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace jackdaw::apps
