#pragma once
/// \file
/// What makes figures comparable: which build measured them, and where.

#include <nlohmann/json.hpp>

namespace jackdaw::apps {

/// Version, commit, compiler, build, machine, kernel, and the load that others make: so ask before
/// anything is measured. \throws as topology::Machine::here
[[nodiscard]] nlohmann::json environment_json();

}  // namespace jackdaw::apps
