#pragma once
/// \file
/// Copies of bytes within the host's memory, by the workers if they are many.

#include <cstddef>  // byte, size_t
#include <cstring>  // memcpy

#include "jackdaw/kokkos/space.hpp"    // WorkStealing
#include "jackdaw/kokkos/version.hpp"  // Kokkos
#include "jackdaw/parallel_for.hpp"    // parallel_for

template <>
struct Kokkos::Impl::DeepCopy<Kokkos::HostSpace, Kokkos::HostSpace, jackdaw::kokkos::WorkStealing> {
  DeepCopy(void* to, const void* from, std::size_t bytes) { copy(to, from, bytes); }
  DeepCopy(const jackdaw::kokkos::WorkStealing& space, void* to, const void* from,
           std::size_t bytes) {
    if (bytes < worthwhile) {
      copy(to, from, bytes);
      return;
    }
    space.launch([&] {
      jackdaw::parallel_for(std::size_t{0}, bytes,
                            [&](std::size_t first, std::size_t last) {
                              copy(static_cast<std::byte*>(to) + first,
                                   static_cast<const std::byte*>(from) + first, last - first);
                            },
                            {.grain = worthwhile / 4});
    });
  }

 private:
  static constexpr std::size_t worthwhile = std::size_t{1} << 20;  // bytes
  static void copy(void* to, const void* from, std::size_t bytes) {
    if (bytes != 0) std::memcpy(to, from, bytes);
  }
};
