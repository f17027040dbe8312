#include "window_fabric.hpp"

#include <algorithm>  // lower_bound
#include <chrono>     // milliseconds, steady_clock
#include <thread>     // sleep_for

#include "check.hpp"        // check
#include "group_ranks.hpp"  // ranks_of

namespace jackdaw::mpi {
WindowFabric::WindowFabric(MPI_Comm all, MPI_Comm over, std::size_t data_bytes)
    : over_(over),
      control_(over, Word::count * sizeof(std::uint64_t), sizeof(std::uint64_t)),
      memory_(over, data_bytes, 1),
      data_(memory_.base, data_bytes) {
  check(MPI_Comm_rank(all, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(over, &size_), "MPI_Comm_size");
  int everybody = 0;
  check(MPI_Comm_size(all, &everybody), "MPI_Comm_size");
  if (size_ < everybody) ranks_ = ranks_of(over, all);
  check(MPI_Barrier(over), "MPI_Barrier");
}

int WindowFabric::index_of(int rank) const {
  if (ranks_.empty()) return rank;
  const auto found = std::lower_bound(ranks_.begin(), ranks_.end(), rank);
  return found != ranks_.end() && *found == rank ? static_cast<int>(found - ranks_.begin()) : -1;
}

/// The last rank stays out of MPI for a while, in which the first tries to add to its word.
bool WindowFabric::needs_help() {
  using namespace std::chrono_literals;
  constexpr auto away = 20ms;
  const int first = ranks_.empty() ? 0 : ranks_.front();
  const int last = ranks_.empty() ? size_ - 1 : ranks_.back();
  check(MPI_Barrier(over_), "MPI_Barrier");
  int waited = 0;
  if (rank_ == last && last != first) std::this_thread::sleep_for(away);
  if (rank_ == first && last != first) {
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(away / 10);  // until the last is away
    (void)read(last, Word::shelf());
    waited = std::chrono::steady_clock::now() - start > away / 2 ? 1 : 0;
  }
  check(MPI_Bcast(&waited, 1, MPI_INT, 0, over_), "MPI_Bcast");
  return waited != 0;
}

std::uint64_t WindowFabric::fetch(int rank, Word word, std::uint64_t summand, MPI_Op operation) {
  const int target = index_of(rank);
  std::uint64_t old = 0;
  check(MPI_Fetch_and_op(&summand, &old, MPI_UINT64_T, target, static_cast<MPI_Aint>(word.index),
                         operation, control_.handle),
        "MPI_Fetch_and_op");
  check(MPI_Win_flush(target, control_.handle), "MPI_Win_flush");
  return old;
}

std::uint64_t WindowFabric::fetch_add(int rank, Word word, std::uint64_t summand) {
  return fetch(rank, word, summand, MPI_SUM);
}
std::uint64_t WindowFabric::read(int rank, Word word) { return fetch(rank, word, 0, MPI_NO_OP); }

void WindowFabric::add(int rank, Word word, std::uint64_t summand) {
  const int target = index_of(rank);
  summand_ = summand;
  check(MPI_Accumulate(&summand_, 1, MPI_UINT64_T, target, static_cast<MPI_Aint>(word.index), 1,
                       MPI_UINT64_T, MPI_SUM, control_.handle),
        "MPI_Accumulate");
  // Only until summand_ may be used again: its arrival is not waited for.
  check(MPI_Win_flush_local(target, control_.handle), "MPI_Win_flush_local");
}

void WindowFabric::get(int rank, std::size_t offset, std::span<std::byte> room) {
  const int target = index_of(rank);
  const int bytes = static_cast<int>(room.size());
  check(MPI_Get(room.data(), bytes, MPI_BYTE, target, static_cast<MPI_Aint>(offset), bytes,
                MPI_BYTE, memory_.handle),
        "MPI_Get");
  check(MPI_Win_flush(target, memory_.handle), "MPI_Win_flush");
}

void WindowFabric::publish() { check(MPI_Win_sync(memory_.handle), "MPI_Win_sync"); }

}  // namespace jackdaw::mpi
