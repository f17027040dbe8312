#pragma once
/// \file
/// The options that every workload command has.

#include <stdexcept>  // runtime_error

#include <CLI/CLI.hpp>

#include "checkpointing.hpp"  // Checkpointing
#include "pool_options.hpp"   // PoolOptions

namespace jackdaw::apps {

struct RunOptions {
  PoolOptions pool;
  Checkpointing checkpoints;
  bool serial = false;
  bool check = false;
  bool json = false;
  bool quiet = false;
  bool stats = false;

  /// Registers the options.
  /// \param check_help  what --check compares
  void add_to(CLI::App& command, const std::string& check_help);

  /// \throws std::invalid_argument  options that contradict each other
  void validate() const;
};

/// A result that differs from what was published or promised: exit status 1.
class CheckFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace jackdaw::apps
