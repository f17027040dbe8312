#pragma once
/// \file
/// Whether what was launched on an instance of a space is done.

#include <stdexcept>  // runtime_error
#include <string>     // string

#include "jackdaw/kokkos/version.hpp"  // Kokkos

namespace jackdaw::kokkos {

/// Whether all that was launched on an instance of a space is done. Spaces of the host, which run a
/// kernel while it is launched, are; a program may specialise it for another space.
template <typename Space>
struct Completion {
  /// \throws std::runtime_error  a kernel has failed
  static bool is_done(const Space& space) {
    space.fence();
    return true;
  }
};
#if defined(KOKKOS_ENABLE_CUDA)
template <>
struct Completion<Kokkos::Cuda> {
  static bool is_done(const Kokkos::Cuda& space) {
    const cudaError_t state = cudaStreamQuery(space.cuda_stream());
    if (state == cudaErrorNotReady) return false;
    if (state == cudaSuccess) return true;
    throw std::runtime_error(std::string("a kernel of a job has failed: ") +
                             cudaGetErrorString(state));
  }
};
#endif

}  // namespace jackdaw::kokkos
