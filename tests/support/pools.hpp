#pragma once
/// \file
/// Pools as tests want them: small, unpinned (tests run side by side), told nothing by the
/// environment.

#include "jackdaw/config.hpp"

namespace jackdaw::testing {

inline Config small_pool(unsigned workers) {
  Config config;
  config.workers = workers;
  config.pin = false;
  config.warn = false;
  config.stack_bytes = std::size_t{1} << 24;
  return config;
}

}  // namespace jackdaw::testing
