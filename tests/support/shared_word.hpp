#pragma once
/// \file
/// A word that all ranks of a host see, as memory.

#include <mpi.h>

namespace jackdaw::testing {

/// Zero at first. Collective to make and to destroy.
class SharedWord {
 public:
  explicit SharedWord(MPI_Comm host) {
    int rank = 0;
    MPI_Comm_rank(host, &rank);
    MPI_Win_allocate_shared(rank == 0 ? sizeof(int) : 0, sizeof(int), MPI_INFO_NULL, host, &word_,
                            &window_);
    MPI_Aint bytes = 0;
    int unit = 0;
    MPI_Win_shared_query(window_, 0, &bytes, &unit, &word_);
    if (rank == 0) *word_ = 0;
    MPI_Barrier(host);
  }
  SharedWord(const SharedWord&) = delete;
  SharedWord& operator=(const SharedWord&) = delete;
  ~SharedWord() { MPI_Win_free(&window_); }
  [[nodiscard]] int& word() noexcept { return *word_; }

 private:
  MPI_Win window_ = MPI_WIN_NULL;
  int* word_ = nullptr;
};

}  // namespace jackdaw::testing
