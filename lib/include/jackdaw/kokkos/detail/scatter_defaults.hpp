#pragma once
/// \file
/// Kokkos_ScatterView on WorkStealing: what is chosen where a program does not choose.

#include "jackdaw/kokkos/space.hpp"    // WorkStealing
#include "jackdaw/kokkos/version.hpp"  // Kokkos

// As <Kokkos_ScatterView.hpp> has them.
namespace Kokkos::Experimental {
struct ScatterNonDuplicated;
struct ScatterDuplicated;
struct ScatterNonAtomic;
struct ScatterAtomic;
}  // namespace Kokkos::Experimental
namespace Kokkos::Impl::Experimental {
template <typename Space>
struct DefaultDuplication;
template <typename Space, typename Duplication>
struct DefaultContribution;
}  // namespace Kokkos::Impl::Experimental

/// Atomic additions: there would be a copy for each token, of which each worker has several.
template <>
struct Kokkos::Impl::Experimental::DefaultDuplication<jackdaw::kokkos::WorkStealing> {
  using type = Kokkos::Experimental::ScatterNonDuplicated;
};
template <>
struct Kokkos::Impl::Experimental::DefaultContribution<jackdaw::kokkos::WorkStealing,
                                                       Kokkos::Experimental::ScatterNonDuplicated> {
  using type = Kokkos::Experimental::ScatterAtomic;
};
template <>
struct Kokkos::Impl::Experimental::DefaultContribution<jackdaw::kokkos::WorkStealing,
                                                       Kokkos::Experimental::ScatterDuplicated> {
  using type = Kokkos::Experimental::ScatterNonAtomic;
};
