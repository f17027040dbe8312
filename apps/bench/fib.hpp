#pragma once
/// \file
/// The Fibonacci numbers by the worst algorithm: nothing but calls.

#include "jackdaw/fork_join.hpp"  // fork_join

namespace jackdaw::apps::bench {

[[gnu::noinline]] inline long fib_by_calls(long n) {
  if (n < 2) return n;
  return fib_by_calls(n - 1) + fib_by_calls(n - 2);
}

[[gnu::noinline]] inline long fib_by_forks(long n) {
  if (n < 2) return n;
  const auto [a, b] =
      fork_join([=] { return fib_by_forks(n - 1); }, [=] { return fib_by_forks(n - 2); });
  return a + b;
}

/// How often fib(n) forks: once for each call that makes two more.
[[nodiscard]] inline long forks_of_fib(long n) { return fib_by_calls(n + 1) - 1; }

}  // namespace jackdaw::apps::bench
