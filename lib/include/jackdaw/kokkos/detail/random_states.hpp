#pragma once
/// \file
/// Kokkos_Random on WorkStealing: which state of a pool of generators a part of a kernel uses.

#include <cstddef>  // size_t

#include "jackdaw/kokkos/detail/holders.hpp"  // take_free
#include "jackdaw/kokkos/space.hpp"           // WorkStealing
#include "jackdaw/kokkos/version.hpp"         // Kokkos

namespace Kokkos::Impl {
template <class Device>
struct Random_UniqueIndex;  // as <Kokkos_Random.hpp> has it
}

namespace jackdaw::kokkos::detail {

/// A thread has no state of its own, since it may come upon another part of the kernel while it has
/// one. Each state has a lock; Kokkos opens it, with the state.
struct RandomStates {
  template <typename Locks>
  [[nodiscard]] static int get_state_idx(const Locks& locks) {
    return take_free(locks.extent(0), "states of a pool of random numbers",
                     [&](std::size_t state, int me) {
                       if constexpr (Locks::rank == 1) {  // Kokkos 3.4
                         return Kokkos::atomic_compare_exchange(&locks(state), 0, me);
                       } else {
                         return Kokkos::atomic_compare_exchange(&locks(state, 0), 0, me);
                       }
                     });
  }
};

}  // namespace jackdaw::kokkos::detail

/// Before Kokkos 3.6 it is asked for by the space, then by the device.
template <>
struct Kokkos::Impl::Random_UniqueIndex<jackdaw::kokkos::WorkStealing>
    : jackdaw::kokkos::detail::RandomStates {};
template <class Memory>
struct Kokkos::Impl::Random_UniqueIndex<Kokkos::Device<jackdaw::kokkos::WorkStealing, Memory>>
    : jackdaw::kokkos::detail::RandomStates {};
