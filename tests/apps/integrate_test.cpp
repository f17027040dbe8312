#include "workloads/integrate.hpp"

#include <gtest/gtest.h>

#include <cmath>      // fabs, nan
#include <stdexcept>  // invalid_argument

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace {

using namespace jackdaw::workloads;
using jackdaw::testing::small_pool;

TEST(Integrate, KeepsItsPromiseForEachFunctionAndTolerance) {
  for (const Integrand& integrand : integrands()) {
    for (double tolerance = most_tolerance; tolerance >= least_tolerance; tolerance /= 7) {
      const Integral found = integrate_alone(integrand, tolerance);
      EXPECT_LE(std::fabs(found.value - integrand.exact), tolerance)
          << integrand.name << " to " << tolerance;
    }
  }
}

TEST(Integrate, WorksHarderForLessError) {
  for (const Integrand& integrand : integrands()) {
    EXPECT_GT(integrate_alone(integrand, 1e-10).evaluations,
              integrate_alone(integrand, 1e-6).evaluations)
        << integrand.name;
  }
}

TEST(Integrate, CountsEachEvaluationOnce) {
  static std::uint64_t calls = 0;
  calls = 0;
  const Integrand counted{"counted",
                          "x^4",
                          [](double x) {
                            ++calls;
                            return x * x * x * x;
                          },
                          0,
                          1,
                          0.2};
  const Integral found = integrate_alone(counted, 1e-8);
  EXPECT_EQ(found.evaluations, calls);
  EXPECT_NEAR(found.value, 0.2, 1e-8);
}

TEST(Integrate, GivesTheSameToTheLastBitWithAnyNumberOfWorkers) {
  for (const Integrand& integrand : integrands()) {
    const Integral expected = integrate_alone(integrand, 1e-8);
    for (const unsigned workers : {1U, 2U, 4U}) {
      jackdaw::Pool pool(small_pool(workers));
      EXPECT_EQ(pool.run([&] { return integrate_by_fork_join(integrand, 1e-8); }), expected)
          << integrand.name << ", " << workers << " workers";
    }
  }
}

TEST(Integrate, RefusesTolerancesThatItCannotKeep) {
  const Integrand& chirp = find_integrand("chirp");
  EXPECT_THROW((void)integrate_alone(chirp, 0), std::invalid_argument);
  EXPECT_THROW((void)integrate_alone(chirp, least_tolerance / 2), std::invalid_argument);
  EXPECT_THROW((void)integrate_alone(chirp, 2 * most_tolerance), std::invalid_argument);
  EXPECT_THROW((void)integrate_alone(chirp, std::nan("")), std::invalid_argument);
  EXPECT_THROW((void)find_integrand("sine"), std::invalid_argument);
}

}  // namespace
