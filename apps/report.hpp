#pragma once
/// \file
/// What a pool did, for people and for programs.

#include <string>  // string
#include <vector>  // vector

#include <nlohmann/json.hpp>

#include "jackdaw/config.hpp"      // Config
#include "jackdaw/pool.hpp"        // Pool
#include "jackdaw/statistics.hpp"  // Statistics

namespace jackdaw::apps {

/// A table with a line for each worker: its time slices in seconds, what it ran and stole.
[[nodiscard]] std::string statistics_table(const Statistics& statistics);
[[nodiscard]] nlohmann::json statistics_json(const Statistics& statistics);
[[nodiscard]] nlohmann::json config_json(const Config& config, unsigned workers);

/// 4130071 -> "4,130,071"
[[nodiscard]] std::string grouped(std::uint64_t number);

/// What the pool or the scheduler had to say when it was made, to standard error.
void print_notes(const std::vector<std::string>& notes);

}  // namespace jackdaw::apps
