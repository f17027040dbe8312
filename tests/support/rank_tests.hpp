#pragma once
/// \file
/// What the mains of tests that several ranks run at once are made of.

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdlib>
#include <memory>
#include <string_view>

#include "session.hpp"
#include "support/sanitizers.hpp"

#if JACKDAW_UNDER_ASAN
#include <sanitizer/lsan_interface.h>
#endif

namespace jackdaw::testing {

inline int mpi_level_of(std::string_view name) {
  if (name == "single") return MPI_THREAD_SINGLE;
  if (name == "funneled") return MPI_THREAD_FUNNELED;
  if (name == "multiple") return MPI_THREAD_MULTIPLE;
  return MPI_THREAD_SERIALIZED;
}

/// MPI as a scheduler starts it; or as a program may, with the thread level that
/// JACKDAW_TEST_MPI_LEVEL names.
class Mpi {
 public:
  Mpi(int& argc, char**& argv) {
    const char* level = std::getenv("JACKDAW_TEST_MPI_LEVEL");
    if (level == nullptr) {
      session_ = std::make_unique<mpi::Session>(argc, argv);
      return;
    }
    int provided = 0;
    MPI_Init_thread(&argc, &argv, mpi_level_of(level), &provided);
  }
  Mpi(const Mpi&) = delete;
  Mpi& operator=(const Mpi&) = delete;
  ~Mpi() {
    if (session_ == nullptr) MPI_Finalize();
  }

 private:
  std::unique_ptr<mpi::Session> session_;
};

/// Each test runs on all ranks at once; where one fails, all fail. \returns the exit status
inline int run_rank_tests(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank != 0) {  // one rank tells what passed
    auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
  }
  int failed = RUN_ALL_TESTS();
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
#if JACKDAW_UNDER_ASAN
  __lsan_do_leak_check();  // now: later MPI's plugins are unloaded, and their leaks have no names
#endif
  return failed;
}

}  // namespace jackdaw::testing
