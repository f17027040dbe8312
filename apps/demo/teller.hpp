#pragma once
/// \file
/// Prints the story: each scene's promise, its steps, and whether it was kept; a report at the end.

#include <chrono>              // steady_clock
#include <condition_variable>  // condition_variable_any
#include <mutex>               // mutex
#include <string>              // string
#include <thread>              // jthread
#include <vector>              // vector

#include "demo/scenes.hpp"  // Scene
#include "demo/stage.hpp"   // Stage

namespace jackdaw::apps::demo {

/// On each rank; only that of rank 0 prints. Thread-safety: none.
class Teller {
 public:
  Teller(const Config& config, int rank, int ranks);

  /// Plays a scene in this rank alone.
  void play(const Scene& scene);
  /// Collective.
  void play(const Scene& scene, Ranks& ranks, Scheduler& scheduler);
  /// Says that a scene needs more ranks.
  void skip(const Scene& scene);

  /// A line for each scene, and what the workers of the local ones did.
  void report() const;
  /// "preemption, race"; empty: all promises were kept.
  [[nodiscard]] std::string broken() const;

 private:
  struct Row {
    std::string_view name;
    std::string verdict;
    std::vector<Step> steps;
  };
  template <typename Play>
  void tell(const Scene& scene, Play play);
  void print(const std::vector<Step>& steps,
             const std::function<bool(const Step&)>& followed) const;
  void print_line(const Step& step) const;

  Config config_;
  int rank_;
  bool many_ranks_;
  std::chrono::steady_clock::time_point start_;
  std::vector<Row> rows_;
  Statistics all_;
};

}  // namespace jackdaw::apps::demo
