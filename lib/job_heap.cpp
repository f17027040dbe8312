#include "jackdaw/detail/job_heap.hpp"

namespace jackdaw::detail {

void* JobHeap::refill(std::size_t size) {
  Cell*& home = home_[size];
  if (home == nullptr) home = returned_[size].exchange(nullptr, std::memory_order_acquire);  // (R)
  if (Cell* const cell = home; cell != nullptr) {
    home = cell->next;
    if (cell->ahead != nullptr) __builtin_prefetch(cell->ahead, 1);
    return cell;
  }
  const std::size_t bytes = size * grain;
  if (static_cast<std::size_t>(fresh_end_ - fresh_) < bytes) {
    // What is left of the old slab is lost: less than one cell of its 64 KiB.
    slabs_.push_back(std::unique_ptr<Slab>(new Slab));  // not make_unique: that would write it all
    fresh_ = slabs_.back()->bytes.data();
    fresh_end_ = fresh_ + slab;
  }
  void* cell = fresh_;
  fresh_ += bytes;
  return cell;
}

}  // namespace jackdaw::detail
