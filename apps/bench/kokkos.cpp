#include <algorithm>  // fill, max
#include <cmath>      // pow, sqrt
#include <cstddef>    // size_t
#include <cstdint>    // uint8_t, uint16_t
#include <string>     // string
#include <vector>     // vector

#include "bench/benches.hpp"
#include "bench/png.hpp"  // write_png
#include "jackdaw/kokkos/work_stealing.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {
namespace {

using kokkos::WorkStealing;
template <typename Space, typename... P>
using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<int>, P...>;

/// Row i has i elements: half of the range is three quarters of the work.
struct Triangular {
  static constexpr int rows = 6000;
  double sum = 0;

  template <typename Policy>
  void run(const typename Policy::execution_space& space) {
    Kokkos::parallel_reduce(
        "triangular", Policy(space, 0, rows),
        [](int i, double& x) {
          for (int j = 0; j < i; ++j) x += std::sqrt(static_cast<double>(i ^ j));
        },
        sum);
  }
  void clear() { sum = 0; }
  [[nodiscard]] double checksum() const { return sum; }
};

/// Points of the set take as many steps as there may be, those far from it a few.
struct Mandelbrot {
  static constexpr int width = 800, height = 600, most_steps = 600;
  std::vector<std::uint16_t> steps = std::vector<std::uint16_t>(width * height);

  template <typename Policy>
  void run(const typename Policy::execution_space& space) {
    auto* const at = steps.data();
    Kokkos::parallel_for("mandelbrot", Policy(space, 0, width * height), [=](int pixel) {
      const double a = 3.2 * (pixel % width) / width - 2.3,
                   b = 2.4 * (pixel / width) / height - 1.2;
      double x = 0, y = 0;
      int step = 0;
      for (; step < most_steps && x * x + y * y < 4; ++step) {
        const double next = x * x - y * y + a;
        y = 2 * x * y + b;
        x = next;
      }
      at[pixel] = static_cast<std::uint16_t>(step);
    });
  }
  void clear() { std::fill(steps.begin(), steps.end(), std::uint16_t{0}); }
  [[nodiscard]] double checksum() const {
    double sum = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) sum += static_cast<double>(steps[i] * (i % 7));
    return sum;
  }
  void write(const std::string& path) const {
    std::vector<std::uint8_t> grey(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const double shade = std::sqrt(static_cast<double>(steps[i]) / most_steps);
      grey[i] = static_cast<std::uint8_t>(steps[i] == most_steps ? 0 : 40 + 215 * shade);
    }
    write_png(path, width, grey);
  }
};

/// A matrix in compressed rows, the first of which are very long: as of a graph with few hubs.
struct SparseProduct {
  static constexpr int rows = 200'000;
  std::vector<int> begin, column;
  std::vector<double> value, x, y;

  SparseProduct() : begin(1, 0), x(rows, 0.0), y(rows, 0.0) {
    unsigned state = 1;
    for (int row = 0; row < rows; ++row) {
      const int length = 4 + static_cast<int>(300'000 / std::pow(row + 20.0, 1.05));
      for (int k = 0; k < length; ++k) {
        state = state * 1664525U + 1013904223U;
        column.push_back(static_cast<int>(state % rows));
        value.push_back(1.0 / (1 + k));
      }
      begin.push_back(static_cast<int>(column.size()));
      x[static_cast<std::size_t>(row)] = row % 10;
    }
  }
  template <typename Policy>
  void run(const typename Policy::execution_space& space) {
    const auto *first = begin.data(), *at = column.data();
    const auto *a = value.data(), *from = x.data();
    auto* const to = y.data();
    Kokkos::parallel_for("spmv", Policy(space, 0, rows), [=](int row) {
      double sum = 0;
      for (int k = first[row]; k < first[row + 1]; ++k) sum += a[k] * from[at[k]];
      to[row] = sum;
    });
  }
  void clear() { std::fill(y.begin(), y.end(), 0.0); }
  [[nodiscard]] double checksum() const {
    double sum = 0;
    for (const double entry : y) sum += entry;
    return sum;
  }
};

/// \throws if the sums differ by more than rounding
void expect_same(double sum, double expected, const std::string& name) {
  expect(std::abs(sum - expected) <= 1e-9 * std::max(1.0, std::abs(expected)),
         "kokkos " + name + " on another space than Serial");
}

/// The time of one run, which computes all anew.
template <typename Policy, typename Kernel>
double time_of(Kernel& kernel, const typename Policy::execution_space& space) {
  kernel.clear();
  return seconds([&] { kernel.template run<Policy>(space); });
}

template <typename Kernel>
void compare(Kernel& kernel, const std::string& name, const std::string& figure,
             const WorkStealing& space, const Options& options, Figures& figures) {
  using Kokkos::Serial;
  Sample serial_ms, speedup, against_static, against_dynamic;
  for (int round = 0; round < options.rounds; ++round) {
    const double serial = time_of<Range<Serial>>(kernel, Serial());
    const double expected = kernel.checksum();
    const double stealing = time_of<Range<WorkStealing>>(kernel, space);
    expect_same(kernel.checksum(), expected, name);
    serial_ms.add(serial * 1e3);
    speedup.add(serial / stealing);
#if defined(KOKKOS_ENABLE_OPENMP)
    using Kokkos::OpenMP;
    using Static = Range<OpenMP, Kokkos::Schedule<Kokkos::Static>>;
    using Dynamic = Range<OpenMP, Kokkos::Schedule<Kokkos::Dynamic>>;
    against_static.add(time_of<Static>(kernel, OpenMP()) / stealing);
    expect_same(kernel.checksum(), expected, name);
    against_dynamic.add(time_of<Dynamic>(kernel, OpenMP()) / stealing);
    expect_same(kernel.checksum(), expected, name);
#endif
  }
  figures.add("kokkos." + figure, speedup, "ratio", name + ", time on Serial to WorkStealing");
  figures.add("kokkos." + name + "_serial_ms", serial_ms, "ms", name + " on Serial");
  if (against_static.empty()) return;
  figures.add("kokkos." + name + "_vs_openmp_static", against_static, "ratio",
              "time on OpenMP, static schedule, to WorkStealing");
  figures.add("kokkos." + name + "_vs_openmp_dynamic", against_dynamic, "ratio",
              "time on OpenMP, dynamic schedule, to WorkStealing");
}

/// What it costs to launch a kernel over nothing, inside a job and on a thread outside.
void measure_overhead(Pool& pool, const Options& options, Figures& figures) {
  constexpr int launches = 100'000;
  const auto time = [](const WorkStealing& space) {
    return seconds([&] {
             for (int i = 0; i < launches; ++i)
               Kokkos::parallel_for(Range<WorkStealing>(space, 0, 0), [](int) {});
           }) *
           1e9 / launches;
  };
  Sample inside, outside, serial;
  for (int round = 0; round < options.rounds; ++round) {
    inside.add(pool.run([&] { return time(WorkStealing()); }));
    outside.add(time(WorkStealing(pool)));
    serial.add(seconds([] {
                 for (int i = 0; i < launches; ++i)
                   Kokkos::parallel_for(Range<Kokkos::Serial>(0, 0), [](int) {});
               }) *
               1e9 / launches);
  }
  figures.add("kokkos.range_overhead_ns", inside, "ns", "parallel_for over nothing, in a job");
  figures.add("kokkos.range_overhead_outside_ns", outside, "ns",
              "the same from a thread outside the pool");
  figures.add("kokkos.range_overhead_serial_ns", serial, "ns", "the same on Serial");
}

}  // namespace

/// What do irregular kernels gain on WorkStealing, and what does it cost to launch one?
void measure_kokkos(const Options& options, const std::string& picture, Figures& figures) {
  const Kokkos::ScopeGuard kokkos;
  Pool pool(options.config);
  const WorkStealing space(pool);
  Triangular triangular;
  compare(triangular, "triangular", "triangular_vs_serial_speedup", space, options, figures);
  Mandelbrot mandelbrot;
  compare(mandelbrot, "mandelbrot", "mandelbrot_speedup", space, options, figures);
  SparseProduct product;
  compare(product, "spmv", "spmv_speedup", space, options, figures);
  measure_overhead(pool, options, figures);
  if (!picture.empty()) mandelbrot.write(picture);
}

}  // namespace jackdaw::apps::bench
