#include "stack_room.hpp"

#include <pthread.h>  // pthread_getattr_np

#include <algorithm>  // min
#include <cstdint>    // uintptr_t

namespace jackdaw::detail {
namespace {

constexpr std::size_t reserve = 128 * 1024;  // bytes

struct Stack {
  Stack() noexcept {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    void* lowest = nullptr;
    if (pthread_attr_getstack(&attributes, &lowest, &bytes) == 0)
      end = reinterpret_cast<std::uintptr_t>(lowest);
    pthread_attr_destroy(&attributes);
  }
  std::uintptr_t end = 0;  // the lowest address; it grows down
  std::size_t bytes = 0;
};

}  // namespace

bool StackRoom::is_short() const noexcept { return left < std::min(reserve, bytes / 4); }

StackRoom stack_room() noexcept {
  thread_local const Stack stack;
  return {stack.bytes, reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack.end};
}

}  // namespace jackdaw::detail
