/// \file
/// An example: a tracer in a swirling flow, on a grid that refines itself where the tracer is not
/// smooth. Patches are jobs, which idle ranks take; what a patch computes are Kokkos kernels, on
/// whichever execution space is asked for.
///
///   tracer [work_stealing|serial|cuda] [finest level]
///   mpirun -n 4 tracer work_stealing 7
///
/// Which patches there are does not depend on who computes them; the mass only by rounding.

#include <cmath>      // abs
#include <cstdio>     // fprintf, printf
#include <cstdlib>    // atoi
#include <exception>  // exception
#include <string>     // string

#include "examples/flow.hpp"                 // Point, tracer
#include "examples/patch.hpp"                // Patch, Place
#include "jackdaw/kokkos/work_stealing.hpp"  // WorkStealing
#include "jackdaw/reducer.hpp"               // Max, Sum
#include "jackdaw/scheduler.hpp"             // MPI_Init_thread, Scheduler

namespace jackdaw::examples {
namespace {

constexpr double tolerance = 2e-3;  // of a value, to what the coarser patch lets one expect
constexpr int coarsest = 2;         // these patches are always refined
int finest = 6;
#if defined(KOKKOS_ENABLE_CUDA)
constexpr const char* spaces = "work_stealing, serial and cuda";
#else
constexpr const char* spaces = "work_stealing and serial";
#endif

Sum<double> mass;
Sum<long> patches;
Max<int> deepest(0);

/// What kernels see of a View: copies that count no references.
template <typename Space>
using Seen = Kokkos::View<double**, Space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
template <typename Space>
using Cells = Kokkos::MDRangePolicy<Space, Kokkos::Rank<2>, Kokkos::IndexType<int>>;

template <typename Space>
Cells<Space> all_cells() {
  return Cells<Space>({0, 0}, {patch_cells, patch_cells});
}

template <typename Space>
typename Patch<Space>::Values compute(const Place& place) {
  const typename Patch<Space>::Values values("values", patch_cells, patch_cells);
  const Seen<Space> to = values;
  const double h = 1.0 / (patch_cells << place.level);
  Kokkos::parallel_for(
      "compute", all_cells<Space>(), KOKKOS_LAMBDA(int i, int j) {
        to(i, j) =
            tracer({(place.i * patch_cells + i + 0.5) * h, (place.j * patch_cells + j + 0.5) * h});
      });
  return values;
}

template <typename Space>
bool is_coarse(const Patch<Space>& patch, const Seen<Space>& values) {
  if (patch.place.level <= coarsest) return true;
  const Seen<Space> expected = patch.expected;
  double error = 0;
  Kokkos::parallel_reduce(
      "error", all_cells<Space>(),
      KOKKOS_LAMBDA(int i, int j, double& most) {
        const double e = std::abs(values(i, j) - expected(i, j));
        if (most < e) most = e;
      },
      Kokkos::Max<double>(error));
  return error > tolerance;
}

/// The values that one quarter of a patch lets its refinement expect: constant in each cell, with
/// the slope to its neighbours.
template <typename Space>
typename Patch<Space>::Values refine(const Seen<Space>& coarse, int right, int upper) {
  const typename Patch<Space>::Values fine("expected", patch_cells, patch_cells);
  const Seen<Space> to = fine;
  Kokkos::parallel_for(
      "refine", all_cells<Space>(), KOKKOS_LAMBDA(int i, int j) {
        constexpr int last = patch_cells - 1;
        const int ci = (right * patch_cells + i) / 2, cj = (upper * patch_cells + j) / 2;
        const int west = ci > 0 ? ci - 1 : 0, east = ci < last ? ci + 1 : last;
        const int south = cj > 0 ? cj - 1 : 0, north = cj < last ? cj + 1 : last;
        const double dx = (coarse(east, cj) - coarse(west, cj)) / (east - west);
        const double dy = (coarse(ci, north) - coarse(ci, south)) / (north - south);
        to(i, j) = coarse(ci, cj) + (i % 2 == 0 ? -dx : dx) / 4 + (j % 2 == 0 ? -dy : dy) / 4;
      });
  return fine;
}

template <typename Space>
void visit(JobContext& job, const Patch<Space>& patch) {
  const Place& at = patch.place;
  const auto values = compute<Space>(at);
  const Seen<Space> seen = values;
  if (at.level < finest && is_coarse(patch, seen)) {
    for (int quarter = 0; quarter < 4; ++quarter) {
      const int right = quarter % 2, upper = quarter / 2;
      job.spawn<visit<Space>>(Place{at.level + 1, 2 * at.i + right, 2 * at.j + upper},
                              refine<Space>(seen, right, upper));
    }
    return;
  }
  double sum = 0;
  Kokkos::parallel_reduce(
      "mass", all_cells<Space>(), KOKKOS_LAMBDA(int i, int j, double& x) { x += seen(i, j); }, sum);
  const double h = 1.0 / (patch_cells << at.level);
  mass += sum * h * h;
  patches += 1;
  deepest.put(at.level);
}

template <typename Space>
void run(Scheduler& scheduler) {
  if (scheduler.rank() == 0) scheduler.submit<visit<Space>>(Patch<Space>{});
  scheduler.run();
}

/// MPI, for as long as this lives.
class Mpi {
 public:
  Mpi(int& argc, char**& argv) {
    int level = 0;  // the scheduler looks at it
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level);
  }
  Mpi(const Mpi&) = delete;
  Mpi& operator=(const Mpi&) = delete;
  ~Mpi() { MPI_Finalize(); }
};

/// Runs jobs whose kernels are on Space. \returns whether there is such a space
bool run_on(const std::string& space, Scheduler& scheduler) {
  if (space == "work_stealing") {
    run<kokkos::WorkStealing>(scheduler);
  } else if (space == "serial") {
    run<Kokkos::Serial>(scheduler);
#if defined(KOKKOS_ENABLE_CUDA)
  } else if (space == "cuda") {
    run<Kokkos::Cuda>(scheduler);
#endif
  } else {
    return false;
  }
  return true;
}

int main_with(int argc, char** argv) {
  // The order that works everywhere: MPI, Kokkos, the scheduler; and back in reverse.
  const Mpi mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string space = argc > 1 ? argv[1] : "work_stealing";
  if (argc > 2) finest = std::atoi(argv[2]);
  Config config = Config::from_environment();
  // One instance of another space does not bear kernels of several threads.
  if (space != "work_stealing") config.workers = 1;
  Scheduler scheduler(MPI_COMM_WORLD, config);
  if (!run_on(space, scheduler)) {
    if (scheduler.rank() == 0)
      std::fprintf(stderr, "tracer: %s is no space; there are %s\n", space.c_str(), spaces);
    return 2;
  }
  const double total = scheduler.reduce(mass);
  const long count = scheduler.reduce(patches);
  const int level = scheduler.reduce(deepest);
  if (scheduler.rank() == 0)
    std::printf("%ld patches, down to level %d; mass %.9f\n", count, level, total);
  return 0;
}

}  // namespace
}  // namespace jackdaw::examples

int main(int argc, char** argv) {
  try {
    return jackdaw::examples::main_with(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tracer: %s\n", error.what());
    return 1;
  }
}
