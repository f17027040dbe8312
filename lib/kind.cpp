#include "jackdaw/kind.hpp"

#include <cstdint>    // int64_t
#include <stdexcept>  // invalid_argument

namespace jackdaw::detail {

void describe(KindNote& note, const KindOptions& options) {
  using std::chrono::nanoseconds;
  if (options.expected && *options.expected <= nanoseconds::zero())
    throw std::invalid_argument("the expected time of a kind of jobs must be above zero");
  if (options.timeout && *options.timeout < nanoseconds::zero())
    throw std::invalid_argument("the timeout of a kind of jobs is negative; zero means none");
  if (options.expected) note.run_time.set(options.expected->count());
  if (!options.timeout) return;
  const std::int64_t ns = options.timeout->count();
  note.timeout_ns.store(ns, std::memory_order_relaxed);                  // stands for itself
  auto seen = shortest_kind_timeout_ns.load(std::memory_order_relaxed);  // as said there
  while (ns > 0 && ns < seen &&
         !shortest_kind_timeout_ns.compare_exchange_weak(seen, ns, std::memory_order_relaxed)) {
  }
}

}  // namespace jackdaw::detail
