#pragma once
/// \file
/// The options by which a workload keeps what it has done, and goes on from there.

#include <string>  // string

#include <CLI/CLI.hpp>

#include "jackdaw/checkpoint.hpp"  // CheckpointOptions

namespace jackdaw {
class Scheduler;
}

namespace jackdaw::apps {

class Checkpointing {
 public:
  void add_to(CLI::App& command);
  [[nodiscard]] bool is_on() const noexcept { return !directory_.empty(); }
  /// \throws std::invalid_argument  options that need another, or are out of range
  void validate() const;

  /// As the library wants them. \param label  what is computed
  [[nodiscard]] CheckpointOptions options(const std::string& label) const;

  /// Collective: lets `scheduler` make checkpoints, and says on rank 0 from where it goes on.
  /// \param label  what is computed
  /// \returns the seconds that were spent before; negative: there was no checkpoint
  [[nodiscard]] double begin(Scheduler& scheduler, const std::string& label) const;

 private:
  std::string directory_;
  double every_ = 60;
  double grace_ = 30;
  bool every_given_ = false, grace_given_ = false;
};

}  // namespace jackdaw::apps
