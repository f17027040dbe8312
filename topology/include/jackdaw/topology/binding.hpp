#pragma once
/// \file
/// Pins threads to places. A refusal is told, and never an error: a pool works unpinned as well.
/// On a machine that is not this one (Machine::is_here) there is nothing to pin to.

#include <string>  // string
#include <vector>  // vector

#include "jackdaw/topology/place.hpp"  // Place

namespace jackdaw::topology {

struct PinResult {
  bool pinned = false;
  std::string reason;  ///< if not: a sentence
};

/// Costs one system call.
[[nodiscard]] PinResult pin_this_thread(const Place& place);

/// What the calling thread is bound to, to be put back later by the same thread.
class SavedBinding {
 public:
  SavedBinding();
  void restore() const noexcept;

 private:
  std::vector<unsigned long> mask_;  // as the kernel has it; empty if it did not tell
};

}  // namespace jackdaw::topology
