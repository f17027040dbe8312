#pragma once
/// \file
/// Results that many jobs add to: one cell for each thread, combined when asked for.

#include <array>    // array
#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <limits>   // numeric_limits
#include <utility>  // move

#include "jackdaw/detail/sync.hpp"         // cache_line
#include "jackdaw/detail/thread_slot.hpp"  // thread_slot, max_threads

namespace jackdaw {

/// \tparam T        copyable
/// \tparam Combine  T(T, T), associative and commutative, default-constructible
///
/// local() may be used by any thread at any time; it costs about 1 ns. value() and reset() only
/// when no job that uses the reducer runs: after Pool::wait or JobHandle::wait, which order them.
/// May be a global; knows no pool.
template <typename T, typename Combine>
class Reducer {
 public:
  explicit Reducer(T identity = T{}) : identity_(std::move(identity)) {}
  Reducer(const Reducer&) = delete;
  Reducer& operator=(const Reducer&) = delete;
  ~Reducer() {
    for (auto& block : blocks_) delete block.load(std::memory_order_relaxed);  // nobody is left
  }

  /// The cell of the calling thread.
  [[nodiscard]] T& local() {
    const std::size_t slot = detail::thread_slot();
    Block* block = blocks_[slot / block_size].load(std::memory_order_acquire);  // (N)
    if (block == nullptr) [[unlikely]]
      block = add_block(slot / block_size);
    return block->cells[slot % block_size].value;
  }
  /// All cells combined.
  [[nodiscard]] T value() const {
    T total = identity_;
    for (const auto& entry : blocks_) {
      const Block* block = entry.load(std::memory_order_acquire);  // (N)
      if (block == nullptr) continue;
      for (const auto& cell : block->cells) total = Combine{}(std::move(total), cell.value);
    }
    return total;
  }
  void reset() {
    for (auto& entry : blocks_) {
      Block* block = entry.load(std::memory_order_acquire);  // (N)
      if (block == nullptr) continue;
      for (auto& cell : block->cells) cell.value = identity_;
    }
  }

 private:
  static constexpr std::size_t block_size = 16;  // threads
  struct alignas(detail::cache_line) Cell {
    T value;
  };
  struct Block {
    std::array<Cell, block_size> cells;
  };

  Block* add_block(std::size_t index) {
    auto* fresh = new Block;
    for (auto& cell : fresh->cells) cell.value = identity_;
    Block* seen = nullptr;
    // Release (N): whoever loads the pointer sees the cells filled.
    if (blocks_[index].compare_exchange_strong(seen, fresh, std::memory_order_acq_rel))
      return fresh;
    delete fresh;  // another thread of the block was quicker
    return seen;
  }

  T identity_;
  std::array<std::atomic<Block*>, detail::max_threads / block_size> blocks_{};
};

namespace detail {
struct Add {
  template <typename T>
  T operator()(T a, const T& b) const {
    return a + b;
  }
};
struct Lesser {
  template <typename T>
  T operator()(T a, const T& b) const {
    return b < a ? b : a;
  }
};
struct Greater {
  template <typename T>
  T operator()(T a, const T& b) const {
    return a < b ? b : a;
  }
};
}  // namespace detail

/// visited += 1;
template <typename T>
class Sum : public Reducer<T, detail::Add> {
 public:
  Sum() : Reducer<T, detail::Add>(T{}) {}
  void operator+=(const T& x) { this->local() = detail::Add{}(this->local(), x); }
};

/// lowest.put(x);
template <typename T>
class Min : public Reducer<T, detail::Lesser> {
 public:
  explicit Min(T identity = std::numeric_limits<T>::max())
      : Reducer<T, detail::Lesser>(std::move(identity)) {}
  void put(const T& x) { this->local() = detail::Lesser{}(this->local(), x); }
};

/// highest.put(x);
template <typename T>
class Max : public Reducer<T, detail::Greater> {
 public:
  explicit Max(T identity = std::numeric_limits<T>::lowest())
      : Reducer<T, detail::Greater>(std::move(identity)) {}
  void put(const T& x) { this->local() = detail::Greater{}(this->local(), x); }
};

}  // namespace jackdaw
