#pragma once
/// \file
/// A View as the payload of a movable job, or as its result. Include it where such a job is named.

#include <array>        // array
#include <cstddef>      // byte, size_t
#include <cstdint>      // uint8_t, uint16_t, uint32_t, uint64_t
#include <cstring>      // memcpy
#include <limits>       // numeric_limits
#include <span>         // as_bytes, as_writable_bytes, span
#include <stdexcept>    // runtime_error
#include <string>       // string, to_string
#include <type_traits>  // conditional_t, is_same_v, is_trivially_copyable_v
#include <utility>      // index_sequence, make_index_sequence

#include "jackdaw/codec.hpp"           // Bytes, Codec
#include "jackdaw/kokkos/version.hpp"  // Kokkos

namespace jackdaw {
namespace kokkos::detail {

/// What comes before the values.
struct ViewHeader {
  static constexpr std::uint32_t right_mark = 0x57454956;  // "VIEW"
  static constexpr std::size_t most_ranks = 8;

  std::uint32_t mark = right_mark;
  std::uint32_t value_bytes = 0;
  std::uint32_t rank = 0;
  std::uint32_t is_left = 0;  ///< the values lie in the order of LayoutLeft, else of LayoutRight
  std::array<std::uint64_t, most_ranks> extents{};

  /// \throws std::runtime_error  there would be more values than can be counted
  [[nodiscard]] std::size_t values() const {
    std::size_t all = 1;
    for (std::size_t d = 0; d < rank; ++d) {
      if (extents[d] != 0 && all > std::numeric_limits<std::size_t>::max() / extents[d])
        throw std::runtime_error("a View arrived whose extents overflow");
      all *= extents[d];
    }
    return all;
  }
};

inline void expect_arrived(bool right, const std::string& expected, const std::string& arrived) {
  if (right) return;
  throw std::runtime_error("a View of " + expected + " was expected, but " + arrived + " arrived");
}

}  // namespace kokkos::detail

/// Rank, extents, layout and the size of a value go along, and are checked against the type that
/// is to be read; what it counts at compile time is checked, too. The values lie densely, in the
/// order of the View's layout (of LayoutRight, for LayoutStride). What is not in memory that the
/// host can read is copied there first, and waits for all that runs on devices.
///
/// Label, padding and memory traits do not travel: what arrives is a new View, called "received".
/// Thread-safety: as Kokkos has it. Before Kokkos 3.7 with Serial alone, no two threads may copy
/// one View at a time, since references are not counted atomically.
template <typename Data, typename... P>
struct Codec<Kokkos::View<Data, P...>> {
  using View = Kokkos::View<Data, P...>;
  using Value = typename View::non_const_value_type;
  static_assert(std::is_trivially_copyable_v<Value>, "the values of a View travel as their bytes");
  static_assert(!View::traits::memory_traits::is_unmanaged,
                "an unmanaged View has no memory for what arrives: send a managed one");

  static constexpr bool fixed = false;

  static void write(const View& view, Bytes& out) {
    const Header header = header_of(view);
    const std::size_t values = header.values();
    append(std::as_bytes(std::span(&header, 1)), out);
    if (values == 0) return;
    if constexpr (!host_can_read) {
      const auto dense = make_dense(header);
      Kokkos::deep_copy(dense, view);
      const auto here = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), dense);
      append(std::as_bytes(std::span(here.data(), values)), out);
    } else if (!is_strided && view.span_is_contiguous()) {
      append(std::as_bytes(std::span(view.data(), values)), out);
    } else {
      out.reserve(out.size() + values * sizeof(Value));
      append_loops<rank>(view, view.data(), out);
    }
  }

  /// \throws std::runtime_error  it is another kind of View, or these are not the bytes of one
  static View read(std::span<const std::byte> bytes) {
    Header header;
    if (bytes.size() < sizeof(Header)) {
      throw std::runtime_error("a View was expected, but " + std::to_string(bytes.size()) +
                               " bytes arrived, less than it begins with");
    }
    std::memcpy(&header, bytes.data(), sizeof(Header));
    bytes = bytes.subspan(sizeof(Header));
    check(header);
    const std::size_t values = header.values();
    if (bytes.size() / sizeof(Value) != values || bytes.size() % sizeof(Value) != 0) {
      throw std::runtime_error("a View of " + std::to_string(values) +
                               " values was announced, but " + std::to_string(bytes.size()) +
                               " bytes follow");
    }
    const auto dense = make_dense(header);
    if (values == 0) return dense;
    if constexpr (host_can_read) {  // also where it is no HostSpace: pinned, or managed by CUDA
      std::memcpy(dense.data(), bytes.data(), bytes.size());
    } else {
      const auto here = Kokkos::create_mirror_view(Kokkos::HostSpace(), dense);
      std::memcpy(here.data(), bytes.data(), bytes.size());
      Kokkos::deep_copy(dense, here);
    }
    return dense;
  }

 private:
  using Header = kokkos::detail::ViewHeader;
  using Layout = typename View::array_layout;
  static constexpr std::size_t rank = static_cast<std::size_t>(View::rank);
  static constexpr bool is_left = std::is_same_v<Layout, Kokkos::LayoutLeft>;
  static constexpr bool is_strided = std::is_same_v<Layout, Kokkos::LayoutStride>;
  static_assert(is_left || is_strided || std::is_same_v<Layout, Kokkos::LayoutRight>,
                "a View travels in LayoutLeft, LayoutRight or LayoutStride");
  using DenseLayout = std::conditional_t<is_left, Kokkos::LayoutLeft, Kokkos::LayoutRight>;
  using Dense =
      Kokkos::View<typename View::non_const_data_type, DenseLayout, typename View::device_type>;
  static constexpr bool host_can_read =
      Kokkos::SpaceAccessibility<Kokkos::HostSpace, typename View::memory_space>::accessible;

  static void append(std::span<const std::byte> bytes, Bytes& out) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  /// The values from `at` on, by the loops that are left, the outermost first. No deep_copy: that
  /// of Kokkos runs on the default space, which need not bear a worker, and waits for all spaces.
  template <std::size_t loops>
  static void append_loops(const View& view, const Value* at, Bytes& out) {
    if constexpr (loops == 0) {
      append(std::as_bytes(std::span(at, 1)), out);
    } else {
      constexpr std::size_t d = is_left ? loops - 1 : rank - loops;
      for (std::size_t i = 0; i < view.extent(d); ++i)
        append_loops<loops - 1>(view, at + i * view.stride(d), out);
    }
  }
  static Header header_of(const View& view) {
    Header header;
    header.value_bytes = sizeof(Value);
    header.rank = rank;
    header.is_left = is_left;
    for (std::size_t d = 0; d < rank; ++d) header.extents[d] = view.extent(d);
    return header;
  }
  static void check(const Header& header) {
    const auto name = [](std::uint32_t left) { return left != 0 ? "LayoutLeft" : "LayoutRight"; };
    if (header.mark != Header::right_mark)
      throw std::runtime_error("a View was expected, but something else arrived");
    kokkos::detail::expect_arrived(header.rank == rank, "rank " + std::to_string(rank),
                                   "one of rank " + std::to_string(header.rank));
    kokkos::detail::expect_arrived(header.value_bytes == sizeof(Value),
                                   "values of " + std::to_string(sizeof(Value)) + " bytes",
                                   "one of " + std::to_string(header.value_bytes));
    kokkos::detail::expect_arrived(rank < 2 || (header.is_left != 0) == is_left, name(is_left),
                                   std::string("one of ") + name(header.is_left));
    for (std::size_t d = static_cast<std::size_t>(View::rank_dynamic); d < rank; ++d) {
      const auto extent = static_cast<std::uint64_t>(View::static_extent(static_cast<unsigned>(d)));
      kokkos::detail::expect_arrived(
          header.extents[d] == extent,
          "extent " + std::to_string(extent) + " in dimension " + std::to_string(d),
          "one of " + std::to_string(header.extents[d]));
    }
  }
  static Dense make_dense(const Header& header) {
    return [&]<std::size_t... d>(std::index_sequence<d...>) {
      return Dense(Kokkos::ViewAllocateWithoutInitializing("received"),
                   DenseLayout(static_cast<std::size_t>(header.extents[d])...));
    }
    (std::make_index_sequence<rank>{});
  }
};

}  // namespace jackdaw
