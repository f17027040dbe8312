#include "jackdaw/detail/sync.hpp"

#include <linux/futex.h>       // FUTEX_WAIT_PRIVATE, FUTEX_WAKE_PRIVATE
#include <linux/membarrier.h>  // MEMBARRIER_CMD_PRIVATE_EXPEDITED
#include <sched.h>             // sched_yield
#include <sys/syscall.h>       // SYS_futex, SYS_membarrier
#include <unistd.h>            // syscall

#include <ctime>  // timespec

namespace jackdaw::detail {
namespace {

bool register_heavy_barrier() noexcept {
  return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

}  // namespace

bool heavy_barrier_works() noexcept {
  static const bool works = register_heavy_barrier();
  return works;
}

void heavy_barrier() noexcept {
  if (heavy_barrier_works()) {
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    return;
  }
  // The frequent side fences itself then, and this is the other fence of the pair. A dummy
  // read-modify-write rather than a fence: ThreadSanitizer does not follow fences.
  static std::atomic<int> dummy{0};
  dummy.fetch_add(0, std::memory_order_seq_cst);
}

void Sync::yield() noexcept { sched_yield(); }

void futex_wait(const void* address, unsigned expected, long timeout_ns) noexcept {
  timespec timeout{timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
  syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, expected, timeout_ns < 0 ? nullptr : &timeout);
}

void futex_wake(const void* address, int count) noexcept {
  syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, count);
}

}  // namespace jackdaw::detail
