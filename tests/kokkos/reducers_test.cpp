#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

class Reducers : public Kernels {
 protected:
  /// The same kernel with the same reducer on Serial and on WorkStealing.
  template <typename Reducer, typename Functor>
  void expect_same(const Functor& functor) {
    using Value = typename Reducer::value_type;
    for (const int size : sizes) {
      Value expected{}, seen{};
      Kokkos::parallel_reduce(Kokkos::RangePolicy<Serial, Kokkos::IndexType<int>>(0, size), functor,
                              Reducer(expected));
      Kokkos::parallel_reduce(
          Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<int>>(space, 0, size), functor,
          Reducer(seen));
      expect_equal(seen, expected);
    }
  }
  template <typename T>
  static void expect_equal(const T& seen, const T& expected) {
    if constexpr (requires { seen.min_loc; }) {
      EXPECT_EQ(seen.min_val, expected.min_val);
      EXPECT_EQ(seen.min_loc, expected.min_loc);
      EXPECT_EQ(seen.max_val, expected.max_val);
      EXPECT_EQ(seen.max_loc, expected.max_loc);
    } else if constexpr (requires { seen.min_val; }) {
      EXPECT_EQ(seen.min_val, expected.min_val);
      EXPECT_EQ(seen.max_val, expected.max_val);
    } else if constexpr (requires { seen.loc; }) {
      EXPECT_EQ(seen.val, expected.val);
      EXPECT_EQ(seen.loc, expected.loc);
    } else {
      EXPECT_EQ(seen, expected);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Workers, Reducers, some_workers(), ::testing::PrintToStringParamName());

/// Neither rising nor falling; each value below 1'000'003 once.
constexpr int scatter(int i) { return static_cast<int>(i * 7919L % 1'000'003); }

TEST_P(Reducers, OfNumbers) {
  expect_same<Kokkos::Sum<long>>([](int i, long& x) { x += scatter(i); });
  expect_same<Kokkos::Prod<unsigned>>([](int i, unsigned& x) { x *= 2u * unsigned(i) + 1; });
  expect_same<Kokkos::Min<int>>([](int i, int& x) { x = std::min(x, scatter(i)); });
  expect_same<Kokkos::Max<int>>([](int i, int& x) { x = std::max(x, scatter(i)); });
}

TEST_P(Reducers, OfBits) {
  expect_same<Kokkos::LAnd<int>>([](int i, int& x) { x = x && i != 99'000; });
  expect_same<Kokkos::LOr<int>>([](int i, int& x) { x = x || i == 64; });
  expect_same<Kokkos::BAnd<unsigned>>([](int i, unsigned& x) { x &= ~(1u << (i % 7)); });
  expect_same<Kokkos::BOr<unsigned>>([](int i, unsigned& x) { x |= 1u << (i % 31); });
}

TEST_P(Reducers, WithPlaces) {
  using MinLoc = Kokkos::MinLoc<int, int>;
  expect_same<MinLoc>([](int i, MinLoc::value_type& x) {
    if (scatter(i) < x.val) x = {scatter(i), i};
  });
  using MaxLoc = Kokkos::MaxLoc<int, int>;
  expect_same<MaxLoc>([](int i, MaxLoc::value_type& x) {
    if (scatter(i) > x.val) x = {scatter(i), i};
  });
  using MinMax = Kokkos::MinMax<int>;
  expect_same<MinMax>([](int i, MinMax::value_type& x) {
    x.min_val = std::min(x.min_val, scatter(i));
    x.max_val = std::max(x.max_val, scatter(i));
  });
  using MinMaxLoc = Kokkos::MinMaxLoc<int, int>;
  expect_same<MinMaxLoc>([](int i, MinMaxLoc::value_type& x) {
    if (scatter(i) < x.min_val) x.min_val = scatter(i), x.min_loc = i;
    if (scatter(i) > x.max_val) x.max_val = scatter(i), x.max_loc = i;
  });
}

/// A product of 2 x 2 matrices, which does not commute: the order must be kept.
struct Matrix {
  unsigned a = 1, b = 0, c = 0, d = 1;
  friend bool operator==(const Matrix&, const Matrix&) = default;
};
constexpr Matrix multiply(const Matrix& x, const Matrix& y) {
  return {x.a * y.a + x.b * y.c, x.a * y.b + x.b * y.d, x.c * y.a + x.d * y.c,
          x.c * y.b + x.d * y.d};
}

/// Written as the documentation of Kokkos has it; join once with `volatile`, as Kokkos 3
/// wants.
template <typename Space>
struct MatrixProduct {
  using reducer = MatrixProduct;
  using value_type = Matrix;
  using result_view_type = Kokkos::View<Matrix, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>;

  explicit MatrixProduct(Matrix& result) : result_(&result) {}
  void join(Matrix& x, const Matrix& y) const { x = multiply(x, y); }
#if KOKKOS_VERSION < 40000
  void join(volatile Matrix& x, const volatile Matrix& y) const {
    const Matrix product =
        multiply(const_cast<const Matrix&>(x), const_cast<const Matrix&>(y));  // ours alone
    const_cast<Matrix&>(x) = product;
  }
#endif
  void init(Matrix& x) const { x = {}; }
  Matrix& reference() const { return *result_.data(); }
  result_view_type view() const { return result_; }
  bool references_scalar() const { return true; }

 private:
  result_view_type result_;
};

TEST_P(Reducers, OfTheProgramsOwn) {
  expect_same<MatrixProduct<WorkStealing>>([](int i, Matrix& x) {
    x = multiply(x, {1, static_cast<unsigned>(i % 3), static_cast<unsigned>(i % 5), 1});
  });
}

TEST_P(Reducers, IntoAView) {
  Kokkos::View<double, Kokkos::HostSpace> result("result");
  Kokkos::parallel_reduce(
      Kokkos::RangePolicy<WorkStealing>(space, 0, 1000),
      [](std::size_t i, double& x) { x = std::max(x, std::sin(static_cast<double>(i))); },
      Kokkos::Max<double, Kokkos::HostSpace>(result));
  double expected = 0;
  for (int i = 0; i < 1000; ++i) expected = std::max(expected, std::sin(i));
  EXPECT_EQ(result(), expected);
}

TEST_P(Reducers, SeveralAtOnce) {
  for (const int size : sizes) {
    long sum = -1;
    int least = -1, greatest = -1;
    Kokkos::parallel_reduce(
        "several", Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<int>>(space, 0, size),
        [](int i, long& s, int& low, int& high) {
          s += i;
          low = std::min(low, scatter(i));
          high = std::max(high, scatter(i));
        },
        sum, Kokkos::Min<int>(least), Kokkos::Max<int>(greatest));
    long expected_sum = 0;
    int low = std::numeric_limits<int>::max(), high = std::numeric_limits<int>::lowest();
    for (int i = 0; i < size; ++i) {
      expected_sum += i;
      low = std::min(low, scatter(i));
      high = std::max(high, scatter(i));
    }
    EXPECT_EQ(sum, expected_sum);
    EXPECT_EQ(least, low);
    EXPECT_EQ(greatest, high);
  }
}

}  // namespace
}  // namespace jackdaw::testing
