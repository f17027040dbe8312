#include "jackdaw/topology/cpu_set.hpp"

#include <gtest/gtest.h>

namespace jackdaw::topology {
namespace {

TEST(CpuSet, IsWrittenAndReadAsTheKernelDoes) {
  const CpuSet sets[] = {{}, {5}, {0, 1}, {0, 1, 2, 3, 8, 10, 11}, {65535}};
  const char* texts[] = {"", "5", "0-1", "0-3,8,10-11", "65535"};
  for (std::size_t i = 0; i < std::size(sets); ++i) {
    EXPECT_EQ(to_string(sets[i]), texts[i]);
    EXPECT_EQ(parse_cpu_set(texts[i]), sets[i]);
  }
}

TEST(CpuSet, RefusesAnyOtherText) {
  for (const char* bad : {"x", "1-", "-1", "3-1", "1,", ",1", "1,,2", "1 2", "0-3:2", "65536",
                          "0-4294967295", "99999999999"})
    EXPECT_EQ(parse_cpu_set(bad), std::nullopt) << bad;
}

TEST(CpuSet, IntersectsWithAnother) {
  EXPECT_EQ(intersection({1, 2, 3}, {2, 3, 4}), (CpuSet{2, 3}));
  EXPECT_EQ(intersection({1}, {2}), CpuSet{});
}

}  // namespace
}  // namespace jackdaw::topology
