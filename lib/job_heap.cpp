#include "jackdaw/detail/job_heap.hpp"

namespace jackdaw::detail {

void* JobHeap::refill(std::size_t size) {
  if (Cell* cell = returned_[size].exchange(nullptr, std::memory_order_acquire)) {  // (R)
    free_[size] = cell->next;
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
