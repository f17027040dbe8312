#pragma once
/// \file
/// How ranks find out that no job is left anywhere.
///
/// Source: the four-counter method, Mattern, "Algorithms for distributed termination detection",
/// Distributed Computing 2, 1987. Each rank counts jobs made and jobs finished, and letters that
/// nobody waits for as jobs from their sending to their receipt; both only grow, and
/// a rank contributes only while it has neither jobs nor a batch on its way. Two sums in a row that
/// agree, with made = finished, mean the end: each counter stood still between its two readings,
/// so all stood at these values at one moment between the two sums.

#include "network.hpp"  // Network, Totals

namespace jackdaw::mpi {

class Termination {
 public:
  explicit Termination(Network& network) : network_(network) {}

  /// Finishes a sum that is there, and takes part in the next if `idle`.
  /// \param mine  this rank's counts; looked at only if `idle`
  /// \returns true once it is over, on every rank after the same sum
  bool step(bool idle, const Totals& mine) {
    if (under_way_) {
      Totals sum;
      if (!network_.end_sum(sum)) return false;
      under_way_ = false;
      over_ = have_last_ && sum == last_ && sum.created == sum.finished;
      last_ = sum;
      have_last_ = true;
    }
    if (idle && !over_) {
      network_.begin_sum(mine);
      under_way_ = true;
    }
    return over_;
  }
  [[nodiscard]] bool over() const noexcept { return over_; }
  /// This rank has contributed to a sum that is not there yet, and which may be the last: it must
  /// not begin anything of its own accord.
  [[nodiscard]] bool is_under_way() const noexcept { return under_way_; }
  void restart() noexcept { over_ = have_last_ = false; }

 private:
  Network& network_;
  bool under_way_ = false, over_ = false, have_last_ = false;
  Totals last_;
};

}  // namespace jackdaw::mpi
