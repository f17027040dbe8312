#pragma once
/// \file
/// What a rank says to the others: shows its surplus on the shelf, takes batches from their shelves
/// when it is dry, and finds out when it is over. One caller at a time; knows no threads and no
/// MPI.

#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint32_t, uint64_t
#include <random>   // minstd_rand
#include <span>     // span
#include <vector>   // vector

#include "fabric.hpp"       // Fabric, Totals
#include "shelf.hpp"        // Shelf, PackedJob
#include "termination.hpp"  // Termination

namespace jackdaw::mpi {

/// What the courier must know of its rank, or rather of the worker that plays it.
class Home {
 public:
  Home() = default;
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  virtual ~Home() = default;
  /// Packs some of the oldest jobs that may move, and forgets them. \returns how many
  virtual std::size_t give(std::span<PackedJob> room) = 0;
  virtual void receive(std::span<const PackedJob> jobs) = 0;
  /// No job is queued or runs here. Only then totals() is asked for.
  [[nodiscard]] virtual bool is_quiet() const = 0;
  /// Jobs made here, received ones among them, and jobs that ended here, given ones among them.
  [[nodiscard]] virtual Totals totals() const = 0;
};

struct CourierStatistics {
  std::uint64_t jobs_given = 0;   ///< put on the shelf
  std::uint64_t jobs_taken = 0;   ///< by other ranks
  std::uint64_t jobs_stolen = 0;  ///< from other ranks
  std::uint64_t steals = 0;       ///< batches
  std::uint64_t failures = 0;     ///< attempts that brought nothing
};

class Courier {
 public:
  Courier(Fabric& fabric, std::uint32_t max_batch, std::uint64_t seed);

  /// For a rank that has nothing left to start. \returns true if home has received jobs
  bool seek(Home& home);
  /// For a busy rank, now and then: shows surplus, if nothing is shown.
  void serve(Home& home);
  /// No job is left on any rank, and all ranks know.
  [[nodiscard]] bool is_over() const noexcept { return termination_.over(); }
  /// Before the ranks begin anew, together.
  void restart() noexcept { termination_.restart(); }

  [[nodiscard]] CourierStatistics statistics() const noexcept;

 private:
  [[nodiscard]] bool take_back(Home& home);
  [[nodiscard]] bool steal(Home& home);
  [[nodiscard]] int choose_victim();
  void keep(Home& home, std::span<const PackedJob> jobs);

  Fabric& fabric_;
  std::uint32_t max_batch_;
  Shelf shelf_;
  Termination termination_;
  std::minstd_rand random_;
  std::vector<PackedJob> batch_;
  std::vector<bool> was_closed_;  // by rank: look before the next attempt
  int favourite_ = -1;            // the last victim that had something
  unsigned failures_in_row_ = 0;
  std::int64_t next_attempt_ns_ = 0;
  std::uint64_t received_ = 0;  // jobs that home has, and that it, or another rank, made before
  std::uint64_t given_ = 0;     // jobs that home counts as ended, and that go on elsewhere
  CourierStatistics counts_;
};

}  // namespace jackdaw::mpi
