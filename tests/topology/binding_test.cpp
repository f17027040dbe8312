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

TEST(Binding, OnlyTheCallingThreadIsPinned) {
  const auto before = bound_to();
  std::thread([&] {
    ASSERT_TRUE(pin_this_thread({.os_index = *before.begin()}).pinned);
    EXPECT_EQ(bound_to(), CpuSet{*before.begin()});
  }).join();
  EXPECT_EQ(bound_to(), before);
}

TEST(Binding, ARefusalIsToldAndChangesNothing) {
  std::thread([] {
    const auto before = bound_to();
    for (const std::uint32_t nowhere : {8000u, 8192u, 4000000000u}) {
      const auto result = pin_this_thread({.os_index = nowhere});
      EXPECT_FALSE(result.pinned);
      EXPECT_EQ(result.reason, "the system refuses CPU " + std::to_string(nowhere) +
                                   " (it is not online, or the cgroup forbids it)");
      EXPECT_EQ(bound_to(), before);
    }
  }).join();
}

}  // namespace
}  // namespace jackdaw::topology
