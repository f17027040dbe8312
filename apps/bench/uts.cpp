#include "bench/benches.hpp"
#include "jackdaw/pool.hpp"
#include "workloads/uts_parameters.hpp"
#include "workloads/uts_search.hpp"

namespace jackdaw::apps::bench {

/// What does a job for each node cost a tree search, and what do two workers gain?
void measure_uts(const Options& options, Figures& figures) {
  Pool one(with_workers(options.config, 1));
  Pool two(with_workers(options.config, 2));
  for (const std::string name : {"T1", "T3"}) {
    const auto& named = workloads::find_tree(name);
    const workloads::UtsTree tree(named.parameters);
    const auto time = [&](auto search) {
      return seconds([&] { expect(search() == named.published, "the counts of tree " + name); });
    };
    Sample ratio, speedup, rate;
    for (int round = 0; round < options.rounds; ++round) {
      const double serial = time([&] { return workloads::search_serially(tree); });
      const double with_one = time([&] { return workloads::search_by_jobs(one, tree); });
      const double with_two = time([&] { return workloads::search_by_jobs(two, tree); });
      ratio.add(serial / with_one);
      speedup.add(with_one / with_two);
      rate.add(static_cast<double>(named.published.nodes) / with_two / 1e6);
    }
    const std::string suffix = name == "T1" ? "" : "." + name;
    figures.add("uts.one_worker_vs_serial" + suffix, ratio, "ratio",
                "rate on " + name + ", a job a node on one worker to serial");
    figures.add("uts.two_workers_speedup" + suffix, speedup, "ratio",
                "rate on " + name + ", two workers to one");
    figures.add("uts.two_workers_rate" + suffix, rate, "Mnodes/s", "of two workers on " + name);
  }
}

}  // namespace jackdaw::apps::bench
