#include "jackdaw/kokkos/view_codec.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <string>

#include "jackdaw/remote_future.hpp"
#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

template <typename View>
Bytes packed(const View& view) {
  Bytes bytes;
  Codec<View>::write(view, bytes);
  return bytes;
}
template <typename To, typename From>
To sent(const From& view) {
  return Codec<To>::read(packed(view));
}
template <typename To>
std::string complaint(const Bytes& bytes) {
  try {
    (void)Codec<To>::read(bytes);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

template <typename Layout>
using Matrix = Kokkos::View<int**, Layout, Kokkos::HostSpace>;

template <typename View>
View filled(std::size_t rows, std::size_t columns) {
  const View view("matrix", rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) view(i, j) = static_cast<int>(100 * i + j);
  }
  return view;
}
template <typename A, typename B>
void expect_same(const A& a, const B& b) {
  ASSERT_EQ(a.extent(0), b.extent(0));
  ASSERT_EQ(a.extent(1), b.extent(1));
  for (std::size_t i = 0; i < a.extent(0); ++i) {
    for (std::size_t j = 0; j < a.extent(1); ++j) EXPECT_EQ(a(i, j), b(i, j));
  }
}

TEST(ViewCodec, DenseViewsOfEitherLayoutTravel) {
  const auto right = filled<Matrix<Kokkos::LayoutRight>>(3, 5);
  expect_same(sent<Matrix<Kokkos::LayoutRight>>(right), right);
  const auto left = filled<Matrix<Kokkos::LayoutLeft>>(3, 5);
  expect_same(sent<Matrix<Kokkos::LayoutLeft>>(left), left);
  EXPECT_EQ(sent<Matrix<Kokkos::LayoutLeft>>(left).label(), "received");
}

TEST(ViewCodec, SubviewsTravelAsDenseOnes) {
  const auto whole = filled<Matrix<Kokkos::LayoutRight>>(6, 7);
  const auto part = Kokkos::subview(whole, std::make_pair(1, 4), std::make_pair(2, 5));
  expect_same(sent<Matrix<Kokkos::LayoutRight>>(part), part);
  const auto column = Kokkos::subview(whole, Kokkos::ALL, 3);  // LayoutStride
  const auto arrived = sent<Kokkos::View<int*, Kokkos::HostSpace>>(column);
  ASSERT_EQ(arrived.extent(0), 6u);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(arrived(i), column(i));
  using Strided = std::remove_const_t<decltype(column)>;
  EXPECT_EQ(sent<Strided>(column)(5), 503);
}

TEST(ViewCodec, StridesOfAnyRankTravelInTheOrderOfTheLayout) {
  using Left = Kokkos::View<int***, Kokkos::LayoutLeft, Kokkos::HostSpace>;
  using Right = Kokkos::View<int***, Kokkos::LayoutRight, Kokkos::HostSpace>;
  const Left left("left", 4, 5, 6);
  const Right right("right", 4, 5, 6);
  for (std::size_t i = 0; i < left.size(); ++i)
    left.data()[i] = right.data()[i] = static_cast<int>(i);
  const Left left_part = Kokkos::subview(left, std::make_pair(1, 3), Kokkos::ALL, Kokkos::ALL);
  const auto right_part =
      Kokkos::subview(right, std::make_pair(1, 3), Kokkos::ALL, std::make_pair(2, 6));
  const auto left_arrived = sent<Left>(left_part);
  const auto right_arrived = sent<Right>(right_part);
  ASSERT_EQ(left_arrived.size(), 60u);
  ASSERT_EQ(right_arrived.size(), 40u);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_EQ(left_arrived(i, j, k), left_part(i, j, k));
        EXPECT_EQ(right_arrived(i, j, k), right_part(i, j, k));
      }
    }
  }
}

#if __has_include(<Kokkos_LogicalSpaces.hpp>)
struct Named {
  static constexpr const char* get_name() { return "LikePinned"; }
};
/// As pinned memory and such: the host reads it, but it is no HostSpace.
using LikePinned = Kokkos::Experimental::LogicalMemorySpace<Kokkos::HostSpace, Serial, Named>;

TEST(ViewCodec, MemoryThatTheHostReadsNeedNotBeItsOwn) {
  using Numbers = Kokkos::View<int**, Kokkos::LayoutRight, LikePinned>;
  const auto numbers = filled<Numbers>(3, 5);
  expect_same(sent<Numbers>(numbers), numbers);
  const auto column = Kokkos::subview(numbers, Kokkos::ALL, 2);
  EXPECT_EQ((sent<Kokkos::View<int*, LikePinned>>(column)(2)), 202);
}

#if KOKKOS_VERSION < 40000  // later ones refuse to fill such memory from the host
/// As the memory of a device: the host reads only what is copied.
using LikeDevice = Kokkos::Experimental::LogicalMemorySpace<
    Kokkos::HostSpace, Serial, Named,
    Kokkos::Experimental::LogicalSpaceSharesAccess::no_shared_access>;

TEST(ViewCodec, MemoryThatTheHostCannotReadIsCopied) {
  using Numbers = Kokkos::View<int*, LikeDevice>;
  const Numbers up("up", 100), down("down", 100);
  for (int i = 0; i < 100; ++i) {
    up.data()[i] = i;
    down.data()[i] = -i;
  }
  const auto up_bytes = packed(up), down_bytes = packed(down);
  const auto arrived_down = Codec<Numbers>::read(down_bytes);
  const auto arrived_up = Codec<Numbers>::read(up_bytes);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(arrived_up.data()[i], i);
    EXPECT_EQ(arrived_down.data()[i], -i);
  }
}
#endif
#endif

TEST(ViewCodec, EmptyScalarStaticAndConstantViewsTravel) {
  using Numbers = Kokkos::View<double*, WorkStealing>;
  EXPECT_EQ(sent<Numbers>(Numbers()).extent(0), 0u);
  EXPECT_EQ(sent<Numbers>(Numbers("none", 0)).size(), 0u);
  const Kokkos::View<double, Kokkos::HostSpace> one("one");
  one() = 4.5;
  EXPECT_EQ((sent<Kokkos::View<double, Kokkos::HostSpace>>(one)()), 4.5);
  const Kokkos::View<long* [3], Kokkos::HostSpace> triples("triples", 2);
  triples(1, 2) = 7;
  EXPECT_EQ((sent<Kokkos::View<long* [3], Kokkos::HostSpace>>(triples)(1, 2)), 7);
  EXPECT_EQ((sent<Kokkos::View<const long* [3], Kokkos::HostSpace>>(triples)(1, 2)), 7);
}

TEST(ViewCodec, WhatIsSomethingElseIsRefusedWithWhatItIs) {
  using Ints = Kokkos::View<int*, Kokkos::HostSpace>;
  const auto matrix = packed(filled<Matrix<Kokkos::LayoutRight>>(3, 5));
  EXPECT_EQ(complaint<Ints>(matrix), "a View of rank 1 was expected, but one of rank 2 arrived");
  EXPECT_EQ(complaint<Matrix<Kokkos::LayoutLeft>>(matrix),
            "a View of LayoutLeft was expected, but one of LayoutRight arrived");
  using Doubles = Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace>;
  EXPECT_EQ(complaint<Doubles>(matrix),
            "a View of values of 8 bytes was expected, but one of 4 arrived");
  using Fours = Kokkos::View<int* [4], Kokkos::LayoutRight, Kokkos::HostSpace>;
  EXPECT_EQ(complaint<Fours>(matrix),
            "a View of extent 4 in dimension 1 was expected, but one of 5 arrived");
  auto cut = matrix;
  cut.pop_back();
  EXPECT_EQ(complaint<Matrix<Kokkos::LayoutRight>>(cut),
            "a View of 15 values was announced, but 59 bytes follow");
  cut.resize(10);
  EXPECT_EQ(complaint<Ints>(cut),
            "a View was expected, but 10 bytes arrived, less than it begins with");
  cut.assign(200, std::byte{1});
  EXPECT_EQ(complaint<Ints>(cut), "a View was expected, but something else arrived");
  auto vast = matrix;
  for (std::size_t i = 16; i < 32; ++i) vast[i] = std::byte{0xFF};  // both extents
  EXPECT_EQ(complaint<Matrix<Kokkos::LayoutRight>>(vast), "a View arrived whose extents overflow");
}

using Numbers = Kokkos::View<double*, Kokkos::HostSpace>;

Numbers halved(JobContext&, const Numbers& numbers) {
  const Numbers half("half", numbers.extent(0));
  const Unmanaged<double*> from = numbers, to = half;
  Kokkos::parallel_for(Kokkos::RangePolicy<WorkStealing>(0, numbers.extent(0)),
                       [=](std::size_t i) { to(i) = from(i) / 2; });
  return half;
}

TEST(ViewCodec, AViewIsThePayloadAndTheResultOfAMovableJob) {
  Pool pool(small_pool(2));
  const Numbers numbers("numbers", 1000);
  Kokkos::deep_copy(numbers, 3.0);
  const auto future = pool.submit<halved>(numbers);
  EXPECT_EQ(future.get()(999), 1.5);
}

}  // namespace
}  // namespace jackdaw::testing
