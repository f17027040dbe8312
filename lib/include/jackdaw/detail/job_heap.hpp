#pragma once
/// \file
/// Memory for job records: cells of 16, 32, ... 512 bytes, cut from slabs. Cells are taken and
/// freed by one owner without a lock; other threads give them back in chains.
///
/// Pair: (R) give_back: CAS of returned_ -> allocate: exchange of returned_: the cell is whole
/// again. No ABA: a chain is pushed whole and the stack is emptied whole.

#include <array>    // array
#include <atomic>   // atomic
#include <cstddef>  // byte, size_t
#include <memory>   // unique_ptr
#include <vector>   // vector

#include "jackdaw/detail/sync.hpp"  // cache_line

namespace jackdaw::detail {

class JobHeap {
 public:
  static constexpr std::size_t grain = 16;        ///< bytes; also the alignment of a cell
  static constexpr std::size_t max_cell = 512;    ///< bytes; larger records come from operator new
  static constexpr std::size_t slab = 64 * 1024;  ///< bytes
  struct Cell {
    Cell* next;
  };

  [[nodiscard]] static constexpr bool holds(std::size_t bytes, std::size_t alignment) noexcept {
    return bytes <= max_cell && alignment <= grain;
  }

  /// Owner. A cell of at least `bytes`, at most max_cell. O(1), but for a new slab now and then.
  /// \throws std::bad_alloc
  [[nodiscard]] void* allocate(std::size_t bytes) {
    const std::size_t size = (bytes + grain - 1) / grain;
    if (Cell* cell = free_[size]; cell != nullptr) [[likely]] {
      free_[size] = cell->next;
      return cell;
    }
    return refill(size);
  }
  /// Owner. Frees a cell of this heap, for which `bytes` were asked.
  void free(void* cell, std::size_t bytes) noexcept {
    const std::size_t size = (bytes + grain - 1) / grain;
    free_[size] = new (cell) Cell{free_[size]};
  }
  /// Any thread. Frees cells of this heap of one size, linked from `first` to `last`.
  void give_back(Cell* first, Cell* last, std::size_t bytes) noexcept {
    auto& top = returned_[(bytes + grain - 1) / grain];
    last->next = top.load(std::memory_order_relaxed);  // the CAS decides
    while (!top.compare_exchange_weak(last->next, first, std::memory_order_release,  // (R)
                                      std::memory_order_relaxed)) {
    }
  }

 private:
  static constexpr std::size_t sizes = max_cell / grain + 1;
  struct alignas(cache_line) Slab {
    std::array<std::byte, slab> bytes;
  };

  [[nodiscard]] void* refill(std::size_t size);

  std::array<Cell*, sizes> free_{};
  std::byte* fresh_ = nullptr;  // the rest of the newest slab
  std::byte* fresh_end_ = nullptr;
  std::vector<std::unique_ptr<Slab>> slabs_;
  alignas(cache_line) std::array<std::atomic<Cell*>, sizes> returned_{};
};

}  // namespace jackdaw::detail
