#include "jackdaw/detail/thread_slot.hpp"

#include <algorithm>   // push_heap, pop_heap
#include <functional>  // greater
#include <mutex>       // mutex, lock_guard
#include <stdexcept>   // runtime_error
#include <string>      // to_string
#include <vector>      // vector

namespace jackdaw::detail {
namespace {

/// The lowest numbers first, so that reducers stay small. The mutex also orders what one thread
/// left in its cells before what the next one does with them.
class Slots {
 public:
  std::size_t take() {
    const std::lock_guard hold(mutex_);
    if (free_.empty()) {
      if (used_ == max_threads) {
        throw std::runtime_error("more than " + std::to_string(max_threads) +
                                 " threads use reducers, or make jobs, at once");
      }
      return used_++;
    }
    std::pop_heap(free_.begin(), free_.end(), std::greater<>{});
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void give_back(std::size_t slot) {
    const std::lock_guard hold(mutex_);
    free_.push_back(slot);
    std::push_heap(free_.begin(), free_.end(), std::greater<>{});
  }

 private:
  std::mutex mutex_;
  std::vector<std::size_t> free_;
  std::size_t used_ = 0;
};

Slots& slots() {
  static auto* const all = new Slots;  // never destroyed: threads may end after main
  return *all;
}

struct Holder {
  std::size_t slot = slots().take();
  Holder() = default;
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    this_slot_plus_1 = 0;
    slots().give_back(slot);
  }
};

}  // namespace

std::size_t claim_thread_slot() {
  thread_local const Holder holder;
  this_slot_plus_1 = holder.slot + 1;
  return holder.slot;
}

}  // namespace jackdaw::detail
