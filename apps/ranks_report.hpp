#pragma once
/// \file
/// What the ranks of a Scheduler did, for people and for programs.

#include <string>  // string

#include <nlohmann/json.hpp>

#include "jackdaw/report.hpp"  // Report

namespace jackdaw::apps {

/// A line for each rank: what it ran, stole and lost, and where its workers' time went; the victims
/// matrix, if there are 16 ranks at most; how they reached each other.
[[nodiscard]] std::string ranks_table(const Report& report);
[[nodiscard]] nlohmann::json ranks_json(const Report& report);

}  // namespace jackdaw::apps
