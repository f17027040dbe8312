#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "jackdaw/kokkos/regions.hpp"
#include "support/kokkos_spaces.hpp"

// With a tool library that Kokkos has loaded: see CMakeLists.txt.

namespace jackdaw::testing {
namespace {

/// What the tool has heard since it was last asked.
std::vector<std::string> heard() {
  static std::size_t known = 0;
  const char* const name = std::getenv("JACKDAW_TEST_TOOL");
  void* const tool = name == nullptr ? nullptr : dlopen(name, RTLD_NOW | RTLD_NOLOAD);
  if (tool == nullptr) {
    ADD_FAILURE() << "the tool is not loaded; ctest says where it is";
    return {};
  }
  using Ask = const char*();
  std::istringstream all(reinterpret_cast<Ask*>(dlsym(tool, "jackdaw_tool_heard"))());
  std::vector<std::string> lines;
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(known));
  known += lines.size();
  return lines;
}

std::atomic<int> iterations{0};

void visit(JobContext&, const std::size_t& size) {
  Kokkos::parallel_for("smooth", Kokkos::RangePolicy<WorkStealing>(0, size),
                       [](int) { iterations += 1; });
}

TEST(Tools, ALibraryHearsOfJobsByKindAndOfTheirKernels) {
  ASSERT_TRUE(Kokkos::Tools::profileLibraryLoaded());
  Pool pool(small_pool(1));
  (void)heard();
  pool.spawn<kokkos::in_region<visit>>(100U);
  pool.wait();
  const auto lines = heard();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].rfind("region ", 0), 0U) << lines[0];
  EXPECT_NE(lines[0].find("visit"), std::string::npos) << lines[0];
  EXPECT_EQ(lines[1], "kernel smooth");
  EXPECT_EQ(lines[2], "end of kernel 17");
  EXPECT_EQ(lines[3], "end of region");
}

TEST(Tools, OfManyThreadsItHearsOfEachOnce) {
  constexpr int jobs = 200;
  (void)heard();
  iterations = 0;
  Pool pool(small_pool(3));
  for (int i = 0; i < jobs; ++i) pool.spawn<kokkos::in_region<visit>>(10U);
  pool.wait();
  EXPECT_EQ(iterations, 10 * jobs);
  const auto lines = heard();
  const auto count = [&](const std::string& start) {
    return std::count_if(lines.begin(), lines.end(),
                         [&](const auto& line) { return line.rfind(start, 0) == 0; });
  };
  for (const auto* start : {"region ", "kernel smooth", "end of kernel 17", "end of region"})
    EXPECT_EQ(count(start), jobs) << start;
}

}  // namespace
}  // namespace jackdaw::testing
