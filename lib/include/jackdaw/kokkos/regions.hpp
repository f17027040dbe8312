#pragma once
/// \file
/// Regions of Kokkos Tools around jobs, named after what they do. Nothing happens while no tool is
/// loaded. Only where a program asks for it: some tools cannot bear regions of several threads.

#include <string>       // string
#include <string_view>  // string_view

#include "jackdaw/job_context.hpp"     // JobContext
#include "jackdaw/kokkos/version.hpp"  // Kokkos
#include "jackdaw/movable.hpp"         // MovableFunction, MovableJob

namespace jackdaw::kokkos {

/// A region of the calling thread, from here to the end of the scope. Jobs that come on top of this
/// one, because it waits or gives way, have theirs inside.
class Region {
 public:
  explicit Region(std::string_view name) : open_(Kokkos::Tools::profileLibraryLoaded()) {
    if (open_) Kokkos::Profiling::pushRegion(std::string(name));
  }
  /// With the name of the job, or of its function if it can move.
  explicit Region(const JobContext& job) : open_(Kokkos::Tools::profileLibraryLoaded()) {
    if (open_) Kokkos::Profiling::pushRegion(std::string(job.name()));
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() {
    if (open_) Kokkos::Profiling::popRegion();
  }

 private:
  bool open_;
};

/// A movable function that calls Function in a region of its name: job.spawn<in_region<visit>>(x)
/// for job.spawn<visit>(x).
template <auto Function>
auto in_region(
    JobContext& job,
    const typename jackdaw::detail::MovableFunction<decltype(Function)>::Payload& payload) ->
    typename jackdaw::detail::MovableFunction<decltype(Function)>::Result {
  const Region region(jackdaw::detail::name_of_function<Function>());
  return Function(job, payload);
}

}  // namespace jackdaw::kokkos
