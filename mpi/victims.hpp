#pragma once
#include <cstdint>
#include <random>
#include <vector>
namespace jackdaw::mpi {
class Victims {
 public:
  Victims(int rank, int size, std::uint64_t seed)
      : rank_(rank),
        size_(size),
        random_(static_cast<unsigned>(seed) + 1U + 7U * static_cast<unsigned>(rank)),
        empty_(static_cast<std::size_t>(size)) {}
  int choose(std::int64_t) {
    if (favourite_ >= 0) return favourite_;
    const int victim = static_cast<int>(random_() % static_cast<unsigned>(size_ - 1));
    return victim < rank_ ? victim : victim + 1;
  }
  bool looked_empty(int rank) const { return empty_[static_cast<std::size_t>(rank)]; }
  void took(int rank, std::uint32_t, std::uint32_t, std::int64_t, std::int64_t) {
    favourite_ = rank;
    empty_[static_cast<std::size_t>(rank)] = false;
  }
  void failed(int rank, std::int64_t, std::int64_t) {
    favourite_ = -1;
    empty_[static_cast<std::size_t>(rank)] = true;
  }
  void heard_of(int rank, std::uint32_t, std::int64_t) {
    favourite_ = rank;
    empty_[static_cast<std::size_t>(rank)] = false;
  }
  bool is_near(int) const { return true; }

 private:
  int rank_, size_;
  std::minstd_rand random_;
  int favourite_ = -1;
  std::vector<bool> empty_;
};
}  // namespace jackdaw::mpi
