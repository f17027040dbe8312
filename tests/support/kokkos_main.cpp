#include <gtest/gtest.h>

#include "jackdaw/kokkos/version.hpp"

/// ThreadSanitizer asks for this by its name. The atomic operations of Kokkos 3.4 that have no
/// instruction of their own begin with a plain look at the value, which their compare-and-swap then
/// decides on: no race of ours.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:Kokkos::Impl::atomic_fetch_oper\nrace:Kokkos::Impl::atomic_oper_fetch\n";
}

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  Kokkos::initialize(argc, argv);
  const int status = RUN_ALL_TESTS();
  Kokkos::finalize();
  return status;
}
