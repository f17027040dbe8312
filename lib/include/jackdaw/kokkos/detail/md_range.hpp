#pragma once
/// \file
/// MDRangePolicy: for and reduce, of rank 2 to 6. An item is a tile.

#include <algorithm>  // min
#include <array>      // array
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint64_t
#include <utility>    // index_sequence, make_index_sequence

#include "jackdaw/kokkos/detail/kernels.hpp"    // ForKernel, Items
#include "jackdaw/kokkos/detail/operation.hpp"  // call
#include "jackdaw/kokkos/space.hpp"             // WorkStealing
#include "jackdaw/kokkos/version.hpp"           // Kokkos

namespace jackdaw::kokkos::detail {

template <typename Functor, typename... P>
class Items<Functor, Kokkos::MDRangePolicy<P...>> {
  using Policy = Kokkos::MDRangePolicy<P...>;
  using Index = typename Policy::index_type;
  static constexpr std::size_t rank = static_cast<std::size_t>(Policy::rank);
  static_assert(2 <= rank && rank <= 6, "MDRangePolicy has rank 2 to 6");
  using Point = std::array<std::int64_t, rank>;

 public:
  Items(const Functor& functor, const Policy& policy) : functor_(functor) {
    for (std::size_t d = 0; d < rank; ++d) {
      lower_[d] = policy.m_lower[d];
      upper_[d] = policy.m_upper[d];
      tile_[d] = policy.m_tile[d];
      const auto length = upper_[d] - lower_[d];
      tiles_[d] = length > 0 ? (length + tile_[d] - 1) / tile_[d] : 0;
      size_ *= static_cast<std::size_t>(tiles_[d]);
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] static std::uint64_t grain(const Policy&) noexcept { return 0; }
  template <typename... Update>
  void run(std::size_t first, std::size_t last, Update&&... update) const {
    for (std::size_t tile = first; tile < last; ++tile) {
      const Point from = corner(tile);
      Point to = from;
      for (std::size_t d = 0; d < rank; ++d) to[d] = std::min(from[d] + tile_[d], upper_[d]);
      Point at = from;
      nest<rank>(from, to, at, update...);
    }
  }

 private:
  /// Left: the first index is the fastest.
  static constexpr bool left(Kokkos::Iterate direction) {
    return direction == Kokkos::Iterate::Left;
  }
  [[nodiscard]] Point corner(std::size_t tile) const {
    Point at{};
    for (std::size_t k = 0; k < rank; ++k) {
      const std::size_t d = left(Policy::outer_direction) ? k : rank - 1 - k;
      const auto count = static_cast<std::size_t>(tiles_[d]);
      at[d] = lower_[d] + static_cast<std::int64_t>(tile % count) * tile_[d];
      tile /= count;
    }
    return at;
  }
  /// The loops that are left, the outermost first.
  template <std::size_t loops, typename... Update>
  [[gnu::always_inline]] void nest(const Point& from, const Point& to, Point& at,
                                   Update&... update) const {
    constexpr std::size_t d = left(Policy::inner_direction) ? loops - 1 : rank - loops;
    if constexpr (loops == 1) {
      for (std::int64_t i = from[d]; i < to[d]; ++i) {
        at[d] = i;
        visit(at, std::make_index_sequence<rank>{}, update...);
      }
    } else {
      for (at[d] = from[d]; at[d] < to[d]; ++at[d]) nest<loops - 1>(from, to, at, update...);
    }
  }
  template <std::size_t... d, typename... Update>
  [[gnu::always_inline]] void visit(const Point& at, std::index_sequence<d...>,
                                    Update&... update) const {
    call<typename Policy::work_tag>(functor_, static_cast<Index>(at[d])..., update...);
  }

  const Functor& functor_;
  Point lower_{}, upper_{}, tile_{}, tiles_{};
  std::size_t size_ = 1;
};

}  // namespace jackdaw::kokkos::detail

namespace Kokkos::Impl {

template <class Functor, class... P>
class ParallelFor<Functor, Kokkos::MDRangePolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ForKernel<Functor, Kokkos::MDRangePolicy<P...>> {
  using jackdaw::kokkos::detail::ForKernel<Functor, Kokkos::MDRangePolicy<P...>>::ForKernel;
};

}  // namespace Kokkos::Impl
