#include <cstdlib>

#include "jackdaw/kokkos/version.hpp"
#include "support/rank_tests.hpp"

namespace {

/// The order that works everywhere: MPI, then Kokkos, then schedulers.
int run_inside_mpi(int argc, char** argv) {
  const jackdaw::testing::Mpi mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  return jackdaw::testing::run_rank_tests(argc, argv);
}

int run_inside_kokkos(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const jackdaw::testing::Mpi mpi(argc, argv);
  return jackdaw::testing::run_rank_tests(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  const bool kokkos_first = std::getenv("JACKDAW_TEST_KOKKOS_FIRST") != nullptr;
  return kokkos_first ? run_inside_kokkos(argc, argv) : run_inside_mpi(argc, argv);
}
