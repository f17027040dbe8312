#pragma once
/// \file
/// A patch of an adaptive grid, as the payload of a job that may move to another rank.

#include <cstddef>    // byte
#include <span>       // span
#include <stdexcept>  // runtime_error
#include <string>     // to_string

#include "jackdaw/codec.hpp"              // Bytes, Codec
#include "jackdaw/kokkos/version.hpp"     // Kokkos
#include "jackdaw/kokkos/view_codec.hpp"  // Codec of Views

namespace jackdaw::examples {

inline constexpr int patch_cells = 16;  // in each direction

/// Which one: that of column i and row j of 2^level by 2^level.
struct Place {
  int level = 0, i = 0, j = 0;
};

template <typename Space>
struct Patch {
  using Values = Kokkos::View<double**, Space>;
  Place place;
  Values expected;  ///< of each cell, from the next coarser patch; empty: there is none
};

}  // namespace jackdaw::examples

template <typename Space>
struct jackdaw::Codec<jackdaw::examples::Patch<Space>> {
  using Patch = jackdaw::examples::Patch<Space>;
  using Place = jackdaw::examples::Place;
  static constexpr bool fixed = false;

  static void write(const Patch& patch, Bytes& out) {
    Codec<Place>::write(patch.place, out);
    Codec<typename Patch::Values>::write(patch.expected, out);
  }
  /// \throws std::runtime_error  these are not the bytes of one
  static Patch read(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(Place)) {
      throw std::runtime_error("a patch was expected, but " + std::to_string(bytes.size()) +
                               " bytes arrived, less than its place takes");
    }
    return {Codec<Place>::read(bytes.first(sizeof(Place))),
            Codec<typename Patch::Values>::read(bytes.subspan(sizeof(Place)))};
  }
};
