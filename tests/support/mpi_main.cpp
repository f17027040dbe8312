#include "support/rank_tests.hpp"

int main(int argc, char** argv) {
  const jackdaw::testing::Mpi mpi(argc, argv);
  return jackdaw::testing::run_rank_tests(argc, argv);
}
