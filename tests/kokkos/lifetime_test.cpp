#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

/// What launching a kernel says; empty if it ran.
std::string launch(const WorkStealing& space) {
  try {
    long sum = 0;
    Kokkos::parallel_reduce(
        Kokkos::RangePolicy<WorkStealing>(space, 0, 100),
        [](std::size_t i, long& x) { x += static_cast<long>(i); }, sum);
    EXPECT_EQ(sum, 4950);
    return {};
  } catch (const std::logic_error& error) {
    return error.what();
  }
}

TEST(Lifetime, ThreadsOfKokkosAreTold) {
  const auto note = [](const char* backend, int threads) {
    return kokkos::detail::note_on_threads(backend, threads);
  };
  EXPECT_EQ(note(nullptr, 8), "");
  EXPECT_EQ(note("OpenMP", 1), "");
  EXPECT_EQ(note("OpenMP", 8),
            "jackdaw: Kokkos has 8 threads of its own (OpenMP), which keep cores from the workers"
            " while its kernels run on both; start it with --kokkos-num-threads=1, or run all"
            " kernels on one of the two\n");
}

// One test: Kokkos is initialised once in a process.
TEST(Lifetime, PoolsAndKokkosStartAndEndInEitherOrder) {
  auto before = std::make_unique<Pool>(small_pool(2));  // ends inside
  Pool around(small_pool(2));                           // ends afterwards
  const std::string refused =
      "a kernel on WorkStealing before Kokkos::initialize or after Kokkos::finalize; launch it"
      " between the two";
  EXPECT_EQ(launch(WorkStealing(around)), refused);
  EXPECT_EQ(launch(WorkStealing()), refused);
  Kokkos::initialize();
  auto inside = std::make_unique<Pool>(small_pool(2));  // outlives Kokkos
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(launch(WorkStealing(*before)), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            kokkos::detail::note_on_threads(kokkos::detail::threads_of_kokkos(),
                                            Kokkos::DefaultHostExecutionSpace().concurrency()));
  EXPECT_EQ(launch(WorkStealing(around)), "");
  EXPECT_EQ(launch(WorkStealing(*inside)), "");
  EXPECT_EQ(launch(WorkStealing()), "");  // its pool ends with Kokkos
  before.reset();
  EXPECT_EQ(launch(WorkStealing()), "");
  Kokkos::finalize();
  EXPECT_EQ(launch(WorkStealing(*inside)), refused);
  EXPECT_EQ(around.run([] { return 7; }), 7);
}

}  // namespace
}  // namespace jackdaw::testing
