#include <gtest/gtest.h>
#include <mpi.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <cstdlib>
#include <string_view>

namespace {

/// The thread level that JACKDAW_TEST_MPI_LEVEL asks for.
int level_asked() {
  const char* text = std::getenv("JACKDAW_TEST_MPI_LEVEL");
  const std::string_view name = text == nullptr ? "serialized" : text;
  if (name == "single") return MPI_THREAD_SINGLE;
  if (name == "funneled") return MPI_THREAD_FUNNELED;
  if (name == "multiple") return MPI_THREAD_MULTIPLE;
  return MPI_THREAD_SERIALIZED;
}

}  // namespace

/// Each test runs on all ranks at once; where one fails, all fail.
int main(int argc, char** argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, level_asked(), &provided);
  testing::InitGoogleTest(&argc, argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank != 0) {  // one rank tells what passed
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
  }
  int failed = RUN_ALL_TESTS();
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
#ifdef __SANITIZE_ADDRESS__
  __lsan_do_leak_check();  // now: later MPI's plugins are unloaded, and their leaks have no names
#endif
  MPI_Finalize();
  return failed;
}
