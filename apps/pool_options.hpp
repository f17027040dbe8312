#pragma once
/// \file
/// The options that every command with a pool has: one for each field of Config.

#include <map>     // map
#include <string>  // string

#include <CLI/CLI.hpp>

#include "jackdaw/config.hpp"  // Config

namespace jackdaw::apps {

class PoolOptions {
 public:
  /// Registers the options. The object must outlive the parsing of the command line.
  void add_to(CLI::App& command);

  /// The environment's settings, changed by the options.
  /// \throws ConfigError  one of either cannot be read or is out of range
  [[nodiscard]] Config config() const;

  /// "--workers", say; empty if there was none.
  [[nodiscard]] std::string first_given() const;

 private:
  std::map<std::string, std::string> given_;  // the text, by the field of Config
};

}  // namespace jackdaw::apps
