#pragma once
/// \file
/// TeamPolicy: for and reduce. An item is a team.

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t

#include "jackdaw/kokkos/detail/kernels.hpp"       // ForKernel, Items
#include "jackdaw/kokkos/detail/operation.hpp"     // call
#include "jackdaw/kokkos/detail/team_policy.hpp"   // TeamPolicyInternal
#include "jackdaw/kokkos/detail/team_scratch.hpp"  // TeamOfOne
#include "jackdaw/kokkos/space.hpp"                // WorkStealing
#include "jackdaw/kokkos/version.hpp"              // Kokkos

namespace jackdaw::kokkos::detail {

template <typename Functor, typename... P>
class Items<Functor, Kokkos::TeamPolicy<P...>> {
  using Policy = Kokkos::TeamPolicy<P...>;
  using Member = typename Policy::member_type;

 public:
  Items(const Functor& functor, const Policy& policy)
      : functor_(functor),
        league_(policy.league_size()),
        shared_(policy.scratch_size(0) + policy.scratch_size(1) + own_scratch(functor)) {}
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(league_); }
  [[nodiscard]] static std::uint64_t grain(const Policy& policy) noexcept {
    return static_cast<std::uint64_t>(policy.chunk_size());
  }
  template <typename... Update>
  void run(std::size_t first, std::size_t last, Update&&... update) const {
    TeamOfOne team(shared_);
    for (std::size_t i = first; i < last; ++i) {
      call<typename Policy::work_tag>(functor_, Member(team.data(), static_cast<int>(i), league_),
                                      update...);
    }
  }

 private:
  [[nodiscard]] static std::size_t own_scratch([[maybe_unused]] const Functor& functor) {
    if constexpr (requires { functor.team_shmem_size(1); }) {
      return static_cast<std::size_t>(functor.team_shmem_size(1));
    } else if constexpr (requires { functor.shmem_size(1); }) {
      return static_cast<std::size_t>(functor.shmem_size(1));
    } else {
      return 0;
    }
  }

  const Functor& functor_;
  int league_;
  std::size_t shared_;  // bytes
};

}  // namespace jackdaw::kokkos::detail

namespace Kokkos::Impl {

template <class Functor, class... P>
class ParallelFor<Functor, Kokkos::TeamPolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ForKernel<Functor, Kokkos::TeamPolicy<P...>> {
  using jackdaw::kokkos::detail::ForKernel<Functor, Kokkos::TeamPolicy<P...>>::ForKernel;
};

}  // namespace Kokkos::Impl
