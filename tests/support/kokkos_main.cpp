#include <gtest/gtest.h>

#include "jackdaw/kokkos/version.hpp"

/// ThreadSanitizer asks for this by its name: what is in Kokkos and no race of ours.
///   - The atomic operations of 3.4 that have no instruction of their own begin with a plain look
///   at
///     the value, which their compare-and-swap then decides on.
///   - UnorderedMap publishes what it holds, and Random unlocks its states, by plain stores.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:Kokkos::Impl::atomic_fetch_oper\n"
         "race:Kokkos::Impl::atomic_oper_fetch\n"
         "race:Kokkos::UnorderedMap<*>::insert\n"
         "race:Kokkos::Random_XorShift*_Pool<*>::*_state\n";
}

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  Kokkos::initialize(argc, argv);
  const int status = RUN_ALL_TESTS();
  Kokkos::finalize();
  return status;
}
