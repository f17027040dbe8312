#include "jackdaw/detail/job_heap.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>

namespace jackdaw::detail {
namespace {

TEST(JobHeap, CellsDoNotOverlap) {
  JobHeap heap;
  std::set<std::pair<const char*, const char*>> cells;
  for (std::size_t i = 0; i < 3000; ++i) {
    const std::size_t bytes = 1 + i * 37 % JobHeap::max_cell;
    auto* cell = static_cast<char*>(heap.allocate(bytes));
    std::memset(cell, 1, bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(cell) % JobHeap::grain, 0u);
    cells.insert({cell, cell + bytes});
  }
  const char* end = nullptr;
  for (const auto& [first, last] : cells) {
    EXPECT_GE(first, end);
    end = last;
  }
}

TEST(JobHeap, AFreedCellIsUsedAgain) {
  JobHeap heap;
  void* cell = heap.allocate(100);
  heap.free(cell, 100);
  EXPECT_EQ(heap.allocate(97), cell);  // of the same size class
}

TEST(JobHeap, CellsComeBackFromOtherThreads) {
  JobHeap heap;
  std::set<void*> cells;
  for (int i = 0; i < 100; ++i) cells.insert(heap.allocate(64));
  std::thread([&] {
    JobHeap::Chain chain;
    std::size_t in_chain = 0;
    for (void* cell : cells) {
      chain.add(cell);
      if (++in_chain % 30 != 0 && in_chain != cells.size()) continue;
      heap.give_back(chain, 64);
      chain.forget();
      EXPECT_EQ(chain.first(), nullptr);
    }
  }).join();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(cells.erase(heap.allocate(64)), 1u);
}

TEST(JobHeap, HoldsSmallAndOrdinarilyAlignedRecordsOnly) {
  EXPECT_TRUE(JobHeap::holds(512, 16));
  EXPECT_FALSE(JobHeap::holds(513, 16));
  EXPECT_FALSE(JobHeap::holds(64, 32));
}

}  // namespace
}  // namespace jackdaw::detail
