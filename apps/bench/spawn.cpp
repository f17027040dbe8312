#include <atomic>  // memory_order_relaxed

#include "bench/benches.hpp"
#include "bench/fib.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {

namespace {

/// Rounds of a loop that does nothing but ask whether a checkpoint is due, or does not even that.
template <bool polls>
double seconds_of_rounds(JobContext& job, long rounds) {
  const auto& flag = job.attention();
  return seconds([&] {
    for (long i = 0; i < rounds; ++i) {
      asm volatile("");  // or there would be no loop
      if constexpr (polls) {
        if (flag.load(std::memory_order_relaxed) != 0) job.checkpoint();
      }
    }
  });
}

}  // namespace

/// What does a fork cost that nobody steals, beside the two calls that it replaces?
void measure_spawn(const Options& options, Figures& figures) {
  constexpr long n = 32;
  const auto forks = static_cast<double>(forks_of_fib(n));
  Pool pool(with_workers(options.config, 1));
  constexpr long rounds = 20'000'000;
  Sample above, call, poll;
  for (int round = 0; round < options.rounds; ++round) {
    long a = 0;
    long b = 0;
    const double by_calls = seconds([&] { a = fib_by_calls(n); });
    const double by_forks =
        pool.submit([&] { return seconds([&] { b = fib_by_forks(n); }); }).get();
    expect(a == b && a == 2178309, "fib(32)");
    above.add((by_forks - by_calls) / forks * 1e9);
    poll.add(pool.submit([](JobContext& job) {
                   return seconds_of_rounds<true>(job, rounds) -
                          seconds_of_rounds<false>(job, rounds);
                 })
                 .get() /
             rounds * 1e9);
    call.add(by_calls / (2 * forks) * 1e9);
  }
  figures.add("spawn.ns_above_call", above, "ns", "a fork-join of plain lambdas, less two calls");
  figures.add("spawn.poll_ns", poll, "ns", "a look at the flag that says that a checkpoint is due");
  figures.add("spawn.ns_call", call, "ns", "one plain call");
}

}  // namespace jackdaw::apps::bench
