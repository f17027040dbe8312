#include "termination.hpp"

#include <gtest/gtest.h>

#include "support/simulated_fabric.hpp"

namespace jackdaw::mpi {
namespace {

using testing::Post;
using testing::SimulatedNetwork;
using testing::World;

/// Takes part with each of the given counts in turn. \returns after how many sums it was over
int sums_until_over(SimulatedNetwork& network, World& world, const std::vector<Totals>& counts) {
  Termination termination(network);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    (void)termination.step(true, counts[i]);
    world.wait(100'000);  // the others have contributed by now
    if (termination.step(false, {})) return static_cast<int>(i) + 1;
  }
  return 0;
}

/// Rank 0 took part before it stole a job from rank 1 and made another, which rank 1 has finished
/// since: the first sum agrees by accident, while the stolen job runs.
TEST(Termination, OneSumThatAgreesIsNotTheEnd) {
  World world(1);
  Post post(world, 2, {});
  SimulatedNetwork first(post, 0), second(post, 1);
  int first_over = 0;
  int second_over = 0;
  world.add([&] { first_over = sums_until_over(first, world, {{0, 0}, {1, 1}, {1, 1}, {1, 1}}); });
  world.add([&] {
    second_over = sums_until_over(second, world, {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  });
  EXPECT_TRUE(world.run(1'000'000));
  EXPECT_EQ(first_over, 3);  // (1, 1), then (2, 2) twice
  EXPECT_EQ(second_over, 3);
}

TEST(Termination, SumsThatStandStillWithJobsLeftAreNotTheEnd) {
  World world(1);
  Post post(world, 1, {});
  SimulatedNetwork network(post, 0);
  int over = 0;
  world.add([&] {
    over = sums_until_over(network, world, {{2, 1}, {2, 1}, {2, 1}, {2, 2}, {2, 2}});
  });
  EXPECT_TRUE(world.run(1'000'000));
  EXPECT_EQ(over, 5);
}

}  // namespace
}  // namespace jackdaw::mpi
