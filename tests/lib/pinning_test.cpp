#include <gtest/gtest.h>
#include <linux/filter.h>   // BPF_STMT, BPF_JUMP
#include <linux/seccomp.h>  // seccomp_data
#include <sched.h>          // sched_getaffinity
#include <sys/prctl.h>      // prctl
#include <sys/syscall.h>    // SYS_sched_setaffinity

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

/// What the calling thread is bound to.
std::set<unsigned> binding() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  EXPECT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  std::set<unsigned> cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) cpus.insert(cpu);
  }
  return cpus;
}

Config pinned_pool() {
  auto config = small_pool(0);  // one worker for each core that may be used
  config.pin = true;
  return config;
}

TEST(Pinning, EachWorkerIsBoundToOneCpuOfItsOwn) {
  const auto allowed = binding();
  Pool pool(pinned_pool());
  std::vector<std::set<unsigned>> bound(pool.workers());
  std::atomic<unsigned> here{0};
  for (unsigned i = 0; i < pool.workers(); ++i) {
    pool.spawn([&](JobContext& job) {
      bound[job.worker()] = binding();
      ++here;
      while (here < pool.workers()) std::this_thread::yield();  // so each worker has one
    });
  }
  pool.wait();
  std::set<unsigned> all;
  for (const auto& cpus : bound) {
    ASSERT_EQ(cpus.size(), 1u);
    EXPECT_TRUE(allowed.contains(*cpus.begin()));
    EXPECT_TRUE(all.insert(*cpus.begin()).second) << "two workers share a CPU";
  }
}

TEST(Pinning, WhoCallsRunIsBoundOnlyMeanwhile) {
  const auto before = binding();
  Pool pool(pinned_pool());
  EXPECT_EQ(binding(), before);
  EXPECT_EQ(pool.run([] { return binding(); }).size(), 1u);
  EXPECT_EQ(binding(), before);
}

TEST(Pinning, NobodyIsBoundIfItIsNotWanted) {
  const auto before = binding();
  Pool pool(small_pool(1));
  EXPECT_EQ(pool.submit([] { return binding(); }).get(), before);
  EXPECT_EQ(pool.run([] { return binding(); }), before);
}

/// From now on the kernel refuses to bind any thread of this process. False: it does not do that.
bool forbid_binding() {
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setaffinity, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(rules), rules};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

[[noreturn]] void work_unbound() {
  if (!forbid_binding()) {
    std::fprintf(stderr, "this kernel takes no such orders\n");
    std::exit(0);
  }
  Pool pool(pinned_pool());
  for (const auto& note : pool.notes()) std::fprintf(stderr, "%s\n", note.c_str());
  const bool works = pool.run([] { return 1; }) + pool.submit([] { return 2; }).get() == 3;
  std::exit(works ? 0 : 1);
}

TEST(PinningDeathTest, ARefusalIsANoteAndThePoolWorksUnbound) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(work_unbound(), ::testing::ExitedWithCode(0),
              "workers are not pinned: the system refuses CPU [0-9]+ "
              "\\(Operation not permitted\\)|this kernel takes no such orders");
}

}  // namespace
}  // namespace jackdaw
