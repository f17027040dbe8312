#include <iostream>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/pool.hpp"

// Tasks: the second call runs on another core if one has nothing to do, else here.
long fib(int n) {
  if (n < 2) return n;
  auto [a, b] = jackdaw::fork_join([=] { return fib(n - 1); }, [=] { return fib(n - 2); });
  return a + b;
}

bool is_prime(long n) {
  for (long d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return n > 1;
}

int main() {
  jackdaw::Pool pool;  // one worker a core, pinned

  // A job: it has a name, a priority and a state, and can be waited for or cancelled.
  auto primes = pool.submit(
      [](jackdaw::JobContext& job) {
        int found = 0;
        for (long n = 0; n < 100'000; ++n) {
          job.checkpoint();  // lets critical jobs pass; ends the job here if it was cancelled
          if (is_prime(n)) ++found;
        }
        return found;
      },
      {.name = "primes", .priority = jackdaw::Priority::low});

  const long f = pool.run([] { return fib(30); });  // this thread works, too
  std::cout << "fib(30) is " << f << '\n';
  std::cout << "there are " << primes.get() << " primes below 100000\n";
  std::cout << "the job " << primes.report().name << " is " << name(primes.state()) << '\n';
}
