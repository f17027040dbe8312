#pragma once
/// \file
/// What tests of kernels compare with, and where they run.

#include <gtest/gtest.h>

#include "jackdaw/kokkos/work_stealing.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw::testing {

using kokkos::WorkStealing;
using Serial = Kokkos::Serial;

/// Closures that workers share hold these: their copies count no references, which an old Kokkos
/// does not do atomically.
template <typename Data>
using Unmanaged = Kokkos::View<Data, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// What a functor joins: Kokkos 3 wants it volatile, and newer ones refuse that.
#if KOKKOS_VERSION < 40000
template <typename T>
using Joined = volatile T;
#else
template <typename T>
using Joined = T;
#endif

/// Sizes at which loops go wrong.
inline constexpr int sizes[] = {0, 1, 2, 3, 63, 64, 65, 1001, 100'003};

class Kernels : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
  WorkStealing space{pool};
};
inline auto some_workers() { return ::testing::Values(1u, 2u, 4u); }

}  // namespace jackdaw::testing
