#include "jackdaw/topology/binding.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "jackdaw/topology/allowance.hpp"

namespace jackdaw::topology {
namespace {

CpuSet bound_to() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  sched_getaffinity(0, sizeof mask, &mask);
  CpuSet cpus;
  for (std::uint32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) cpus.insert(cpu);
  }
  return cpus;
}

TEST(Binding, PinsAThreadAndPutsItBack) {
  std::thread([] {
    const auto machine = Machine::here();
    if (!machine.is_here()) GTEST_SKIP() << "the machine is made up by the environment";
    const auto cpus = allowance_of_this_process(machine).cpus;
    const auto before = bound_to();
    const SavedBinding saved;
    for (const auto& place : machine.places()) {
      if (!cpus.contains(place.os_index)) continue;
      const auto result = pin_this_thread(place);
      EXPECT_TRUE(result.pinned) << result.reason;
      EXPECT_EQ(bound_to(), CpuSet{place.os_index});
    }
    saved.restore();
    EXPECT_EQ(bound_to(), before);
  }).join();
}

TEST(Binding, ARefusalIsToldAndChangesNothing) {
  std::thread([] {
    const auto before = bound_to();
    const auto result = pin_this_thread({.os_index = 8000});
    EXPECT_FALSE(result.pinned);
    EXPECT_NE(result.reason.find("8000"), std::string::npos);
    EXPECT_EQ(bound_to(), before);
  }).join();
}

}  // namespace
}  // namespace jackdaw::topology
