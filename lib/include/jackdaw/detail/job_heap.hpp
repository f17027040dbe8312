#pragma once
/// \file
/// Memory for job records: cells of 16, 32, ... 512 bytes, cut from slabs. Cells are taken and
/// freed by one owner without a lock; other threads give them back in chains.
///
/// Pair: (R) give_back: CAS of returned_ -> allocate: exchange of returned_: the cell is whole
/// again. No ABA: a chain is pushed whole and the stack is emptied whole.
///
/// A cell that comes back lies in the cache of another core, and its link is what tells where the
/// next one is: that would be one miss after the other. So each names one a few cells further down,
/// too, which is prefetched, and never read: it may be in use again, or gone.

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
    const Cell* ahead;  ///< of a chain: some cells further, or null
  };

  /// Cells of one heap and one size, on their way home.
  class Chain {
   public:
    void add(void* cell) noexcept {
      const Cell*& ahead = recent_[added_++ % recent_.size()];
      first_ = new (cell) Cell{first_, ahead};
      if (last_ == nullptr) last_ = first_;
      ahead = first_;
    }
    /// Null: it is empty.
    [[nodiscard]] Cell* first() const noexcept { return first_; }
    [[nodiscard]] Cell* last() const noexcept { return last_; }
    /// Its cells are given back; those of the next chain will lie before them.
    void forget() noexcept { first_ = last_ = nullptr; }

   private:
    Cell* first_ = nullptr;
    Cell* last_ = nullptr;
    std::array<const Cell*, 8> recent_{};
    unsigned added_ = 0;
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
    auto* const freed = new (cell) Cell;
    freed->next = free_[size];  // what lies ahead nobody reads
    free_[size] = freed;
  }
  /// Any thread. Frees the cells of a chain that is not empty.
  void give_back(const Chain& chain, std::size_t bytes) noexcept {
    auto& top = returned_[(bytes + grain - 1) / grain];
    Cell& last = *chain.last();
    last.next = top.load(std::memory_order_relaxed);  // the CAS decides
    while (!top.compare_exchange_weak(last.next, chain.first(), std::memory_order_release,  // (R)
                                      std::memory_order_relaxed)) {
    }
  }

 private:
  static constexpr std::size_t sizes = max_cell / grain + 1;
  struct alignas(cache_line) Slab {
    std::array<std::byte, slab> bytes;
  };

  [[nodiscard]] void* refill(std::size_t size);

  std::array<Cell*, sizes> free_{};  // by the owner
  std::array<Cell*, sizes> home_{};  // chains that have come home
  std::byte* fresh_ = nullptr;       // the rest of the newest slab
  std::byte* fresh_end_ = nullptr;
  std::vector<std::unique_ptr<Slab>> slabs_;
  alignas(cache_line) std::array<std::atomic<Cell*>, sizes> returned_{};
};

}  // namespace jackdaw::detail
