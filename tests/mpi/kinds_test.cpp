#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "jackdaw/scheduler.hpp"
#include "support/pools.hpp"

// Run by several ranks at once: see support/mpi_main.cpp.

namespace jackdaw {
namespace {

/// No rank gets a scheduler.
void expect_refusal(const char* name) {
  try {
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(1));
    ADD_FAILURE() << "nobody has noticed";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
  }
}

/// A program that differs on one rank is refused on all, by the kind's name.
TEST(Kinds, RanksThatKnowOtherKindsAreRefused) {
  int rank = 0, size = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  static detail::JobKind odd{"a_kind_of_one_rank", 42, 8, nullptr, nullptr};
  if (size == 1) GTEST_SKIP() << "one rank agrees with itself";
  if (rank == size - 1) detail::register_kind(odd);
  expect_refusal("a_kind_of_one_rank");
}

/// Last: what is registered stays so.
TEST(Kinds, TwoKindsOfOneIdAreRefused) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  static detail::JobKind one{"a_kind_of_two_files", 43, 8, nullptr, nullptr};
  static detail::JobKind other{"a_kind_of_two_files", 43, 8, nullptr, nullptr};
  if (rank == 0) {
    detail::register_kind(one);
    detail::register_kind(other);
  }
  expect_refusal("two job kinds have one id: a_kind_of_two_files, a_kind_of_two_files");
}

}  // namespace
}  // namespace jackdaw
