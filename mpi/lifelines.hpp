#pragma once
/// \file
/// Whom a rank tells that it has nothing to do, and who has told it so.
///
/// Source: Saraswat, Kambadur, Kodali, Grove, Krishnamoorthy, "Lifeline-based global load
/// balancing", PPoPP 2011. The neighbours are those of a hypercube, cut to the ranks that there
/// are: clearing a bit of a rank gives a lower one, so all are connected, by way of rank 0 if need
/// be; and each has O(log ranks) neighbours.

#include <algorithm>  // find
#include <utility>    // exchange
#include <vector>     // vector

namespace jackdaw::mpi {

class Lifelines {
 public:
  Lifelines(int rank, int size) {
    for (int bit = 1; bit < size; bit *= 2) {
      if ((rank ^ bit) < size) neighbours_.push_back(rank ^ bit);
    }
  }
  [[nodiscard]] const std::vector<int>& neighbours() const noexcept { return neighbours_; }

  /// That rank waits for word of work.
  void note(int rank) {
    if (std::find(waiting_.begin(), waiting_.end(), rank) == waiting_.end())
      waiting_.push_back(rank);
  }
  [[nodiscard]] bool anybody_waits() const noexcept { return !waiting_.empty(); }
  /// All who wait, and who will not any more.
  [[nodiscard]] std::vector<int> take_waiting() { return std::exchange(waiting_, {}); }

 private:
  std::vector<int> neighbours_;
  std::vector<int> waiting_;  // some of the neighbours
};

}  // namespace jackdaw::mpi
