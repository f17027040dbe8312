#pragma once
/// \file
/// Kokkos kernels on the workers of a pool: include this instead of <Kokkos_Core.hpp>, and write
/// jackdaw::kokkos::WorkStealing where the execution space stands.
///
/// \code
/// using Space = jackdaw::kokkos::WorkStealing;
/// Kokkos::parallel_for(Kokkos::RangePolicy<Space>(0, n), KOKKOS_LAMBDA(int i) { y(i) += x(i); });
/// \endcode

#include "jackdaw/kokkos/detail/deep_copy.hpp"         // IWYU pragma: export
#include "jackdaw/kokkos/detail/md_range.hpp"          // IWYU pragma: export
#include "jackdaw/kokkos/detail/random_states.hpp"     // IWYU pragma: export
#include "jackdaw/kokkos/detail/range.hpp"             // IWYU pragma: export
#include "jackdaw/kokkos/detail/scatter_defaults.hpp"  // IWYU pragma: export
#include "jackdaw/kokkos/detail/team.hpp"              // IWYU pragma: export
#include "jackdaw/kokkos/detail/unique_token.hpp"      // IWYU pragma: export
#include "jackdaw/kokkos/space.hpp"                    // IWYU pragma: export
#include "jackdaw/kokkos/version.hpp"                  // IWYU pragma: export
