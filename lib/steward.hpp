#pragma once
/// \file
/// The rank's housekeeping thread: attends to other ranks while all workers are deep in long jobs.

#include <chrono>              // nanoseconds
#include <condition_variable>  // condition_variable_any
#include <mutex>               // mutex
#include <thread>              // jthread

#include "jackdaw/work_source.hpp"  // WorkSource

namespace jackdaw::detail {

class Engine;

/// Lives while Engine::run_with runs. It is not pinned, and sleeps but for some microseconds at a
/// time.
class Steward {
 public:
  /// \param interval  between two attendances; zero: none, and there is no thread
  Steward(Engine& engine, WorkSource& source, std::chrono::nanoseconds interval);

 private:
  void live(const std::stop_token& stop);

  Engine& engine_;
  WorkSource& source_;
  std::chrono::nanoseconds interval_;
  std::mutex mutex_;  // for the wait alone
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace jackdaw::detail
