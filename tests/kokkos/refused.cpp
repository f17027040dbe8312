// Not built: tests compile it once for each of these, and look at what the compiler says.

#include <string>

#include "jackdaw/kokkos/view_codec.hpp"
#include "jackdaw/kokkos/work_stealing.hpp"

using jackdaw::kokkos::WorkStealing;

#if defined(STRINGS)
template struct jackdaw::Codec<Kokkos::View<std::string*, Kokkos::HostSpace>>;
#elif defined(UNMANAGED)
template struct jackdaw::Codec<
    Kokkos::View<int*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>>;
#elif defined(DEVICE_RESULT)
struct Named {
  static constexpr const char* get_name() { return "LikeDevice"; }
};
using LikeDevice = Kokkos::Experimental::LogicalMemorySpace<
    Kokkos::HostSpace, Kokkos::Serial, Named,
    Kokkos::Experimental::LogicalSpaceSharesAccess::no_shared_access>;
void launch(const Kokkos::View<double, LikeDevice>& result) {
  Kokkos::parallel_reduce(
      Kokkos::RangePolicy<WorkStealing>(0, 9), [](int, double&) {},
      Kokkos::Max<double, LikeDevice>(result));
}
#endif
