#include "examples/patch.hpp"

#include <gtest/gtest.h>

#include <span>
#include <stdexcept>
#include <string>

namespace jackdaw::examples {
namespace {

using HostPatch = Patch<Kokkos::HostSpace>;

TEST(PatchCodec, AllOfAPatchTravels) {
  HostPatch patch{{3, 5, 6}, HostPatch::Values("values", patch_cells, patch_cells)};
  patch.expected(2, 7) = 1.5;
  Bytes bytes;
  Codec<HostPatch>::write(patch, bytes);
  const auto arrived = Codec<HostPatch>::read(bytes);
  EXPECT_EQ(arrived.place.level, 3);
  EXPECT_EQ(arrived.place.i, 5);
  EXPECT_EQ(arrived.place.j, 6);
  EXPECT_EQ(arrived.expected(2, 7), 1.5);
}

TEST(PatchCodec, LessThanAPatchIsRefused) {
  Bytes bytes;
  Codec<HostPatch>::write(HostPatch{}, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const bool has_place = size >= sizeof(Place);
    try {
      (void)Codec<HostPatch>::read(std::span(bytes).first(size));
      ADD_FAILURE() << size << " bytes were enough";
    } catch (const std::runtime_error& error) {
      const std::string text = error.what();
      EXPECT_EQ(text.find(has_place ? "a View was expected" : "a patch was expected"), 0u) << text;
    }
  }
}

}  // namespace
}  // namespace jackdaw::examples
