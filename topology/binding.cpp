#include "jackdaw/topology/binding.hpp"

#include <sys/syscall.h>  // SYS_sched_getaffinity
#include <unistd.h>       // syscall

#include <cerrno>   // errno
#include <cstring>  // strerror

// Straight to the kernel, not through hwloc: a thread is pinned each time that it enters a pool as
// a guest, and hwloc would need a loaded topology for it.

namespace jackdaw::topology {
namespace {

constexpr std::size_t bits_per_word = 8 * sizeof(unsigned long);
constexpr std::size_t max_words = 8192 / bits_per_word;  // CPUs that Linux can have

}  // namespace

PinResult pin_this_thread(const Place& place) {
  std::vector<unsigned long> mask(place.os_index / bits_per_word + 1);
  mask.back() = 1UL << place.os_index % bits_per_word;
  if (syscall(SYS_sched_setaffinity, 0, mask.size() * sizeof(unsigned long), mask.data()) == 0)
    return {true, {}};
  return {false, "the system refuses CPU " + std::to_string(place.os_index) + " (" +
                     std::strerror(errno) + ")"};
}

SavedBinding::SavedBinding() : mask_(max_words) {
  const long bytes =
      syscall(SYS_sched_getaffinity, 0, mask_.size() * sizeof(unsigned long), mask_.data());
  mask_.resize(bytes > 0 ? static_cast<std::size_t>(bytes) / sizeof(unsigned long) : 0);
}

void SavedBinding::restore() const noexcept {
  if (!mask_.empty())
    syscall(SYS_sched_setaffinity, 0, mask_.size() * sizeof(unsigned long), mask_.data());
}

}  // namespace jackdaw::topology
