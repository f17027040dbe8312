#pragma once
/// \file
/// What tests of checkpoints share: jobs that count numbers, and a directory that all ranks know.

#include <gtest/gtest.h>
#include <mpi.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "jackdaw/scheduler.hpp"

namespace jackdaw::testing {

namespace fs = std::filesystem;

inline Sum<std::uint64_t> counted;
inline Sum<std::uint64_t> waited;
inline std::atomic<int> here{0};       // numbers that were counted in this process
inline std::atomic<int> when{-1};      // at how many of them
inline void (*what_then)() = nullptr;  // happens on this rank

struct Range {
  int first = 0;
  int last = 0;
};

inline void count(JobContext& job, const Range& range) {
  if (range.first == range.last) {
    counted += 1;
    if (++here == when) what_then();
    return;
  }
  const int middle = range.first + (range.last - range.first) / 2;
  job.spawn<count>(range.first, middle);
  job.spawn<count>(middle + 1, range.last);
}

/// Collective to make, as is all that it does.
class Checkpoints : public ::testing::Test {
 protected:
  Checkpoints() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    std::string name = (fs::temp_directory_path() / "jackdaw_checkpoints_XXXXXX").string();
    if (rank == 0) name = mkdtemp(name.data());
    MPI_Bcast(name.data(), static_cast<int>(name.size()), MPI_CHAR, 0, MPI_COMM_WORLD);
    directory = name;
    is_first = rank == 0;
    counted.reset();
    waited.reset();
    here = 0;
    when = -1;
  }
  ~Checkpoints() override {
    MPI_Barrier(MPI_COMM_WORLD);
    if (is_first) fs::remove_all(directory);
    MPI_Barrier(MPI_COMM_WORLD);
  }
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  [[nodiscard]] CheckpointOptions options() const {
    return {.directory = directory, .label = "numbers"};
  }
  /// The next run of the same program: nothing is left of the last one but its files.
  static void start_again() {
    counted.reset();
    waited.reset();
    here = 0;
  }

  [[nodiscard]] static std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  fs::path directory;
  bool is_first = false;
};

inline constexpr int numbers = 200'000;  // so many that some are left when all ranks hear of it

}  // namespace jackdaw::testing
