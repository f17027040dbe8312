#include <cstdio>

#include "jackdaw/kokkos/work_stealing.hpp"

int main(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  using Space = jackdaw::kokkos::WorkStealing;  // instead of Kokkos::OpenMP, say
  Kokkos::View<long*, Space> numbers("numbers", 1'000'000);
  Kokkos::parallel_for(
      Kokkos::RangePolicy<Space>(0, numbers.size()),
      KOKKOS_LAMBDA(const long i) { numbers(static_cast<std::size_t>(i)) = i; });
  long sum = 0;
  Kokkos::parallel_reduce(
      Kokkos::RangePolicy<Space>(0, numbers.size()),
      KOKKOS_LAMBDA(const long i, long& s) { s += numbers(static_cast<std::size_t>(i)); }, sum);
  std::printf("the sum is %ld\n", sum);
}
