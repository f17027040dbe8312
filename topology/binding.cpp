#include "jackdaw/topology/binding.hpp"

#include <sys/syscall.h>  // SYS_sched_getaffinity
#include <unistd.h>       // syscall

#include <array>         // array
#include <cerrno>        // errno, EINVAL
#include <system_error>  // generic_category

// Straight to the kernel, not through hwloc: a thread is pinned each time that it enters a pool as
// a guest, and hwloc would need a loaded topology for it.

namespace jackdaw::topology {
namespace {

constexpr std::size_t bits_per_word = 8 * sizeof(unsigned long);
constexpr std::size_t max_words = 8192 / bits_per_word;  // CPUs that Linux can have

PinResult refused(const Place& place, int error) {
  const auto why = error == EINVAL ? std::string("it is not online, or the cgroup forbids it")
                                   : std::generic_category().message(error);
  return {false, "the system refuses CPU " + std::to_string(place.os_index) + " (" + why + ")"};
}

}  // namespace

PinResult pin_this_thread(const Place& place) {
  std::array<unsigned long, max_words> mask{};
  const auto word = place.os_index / bits_per_word;
  if (word >= max_words) return refused(place, EINVAL);
  mask[word] = 1UL << place.os_index % bits_per_word;
  const auto bytes = (word + 1) * sizeof(unsigned long);
  if (syscall(SYS_sched_setaffinity, 0, bytes, mask.data()) == 0) return {true, {}};
  return refused(place, errno);
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
