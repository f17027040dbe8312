#include "jackdaw/steal_cost.hpp"

#include "bench/benches.hpp"

namespace jackdaw::apps::bench {
namespace {

/// The thief's figures go to rank 0, which tells.
std::vector<StealCost> bring_to_first(Ranks& ranks, std::vector<StealCost> mine, int rounds) {
  mine.resize(static_cast<std::size_t>(rounds));
  ranks.broadcast(ranks.size() - 1, std::as_writable_bytes(std::span(mine)));
  return mine;
}

}  // namespace

/// What does a steal of 64 jobs from another rank cost, beside the MPI operations it is made of?
void measure_steal(Ranks& ranks, const Options& options, Figures& figures) {
  const auto costs = measure_steals(ranks, options.config.fabric, options.rounds * 20);
  Sample steal, bare, trip, vs_raw, trips;
  for (const StealCost& cost : bring_to_first(ranks, costs.rounds, options.rounds * 20)) {
    steal.add(cost.steal_ns / 1e3);
    trip.add(cost.round_trip_ns / 1e3);
    trips.add(cost.steal_ns / cost.round_trip_ns);
    if (!costs.by_windows) continue;
    bare.add(cost.bare_ns / 1e3);
    vs_raw.add(cost.steal_ns / cost.bare_ns);
  }
  figures.note("transport: " + costs.transport);
  figures.add("steal.us", steal, "us", "a steal of 64 jobs from a rank that is in MPI");
  if (costs.by_windows) {
    figures.add("steal.raw_us", bare, "us", "MPI_Fetch_and_op, then MPI_Get of the same bytes");
    figures.add("steal.vs_raw", vs_raw, "ratio", "a steal to the bare operations");
  }
  figures.add("steal.round_trip_us", trip, "us", "8 bytes there and a batch back, by messages");
  figures.add("steal.round_trips", trips, "ratio", "a steal to such a round trip");
}

}  // namespace jackdaw::apps::bench
