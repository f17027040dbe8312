#include <fmt/format.h>
#include <unistd.h>  // getpid

#include <chrono>        // milliseconds
#include <cstddef>       // byte
#include <cstdint>       // int64_t
#include <filesystem>    // exists, remove
#include <fstream>       // ofstream
#include <span>          // span
#include <stdexcept>     // runtime_error
#include <system_error>  // error_code

#include "bench/benches.hpp"
#include "jackdaw/pool.hpp"
#include "jackdaw/ranks.hpp"
#include "jackdaw/scheduler.hpp"
#include "workloads/uts_parameters.hpp"
#include "workloads/uts_ranks.hpp"
#include "workloads/uts_search.hpp"

namespace jackdaw::apps::bench {
namespace {

/// A line of the scaling table.
struct Row {
  int ranks = 1;
  unsigned workers = 1;  ///< of all these ranks together
  Sample seconds, rate, efficiency;
};

/// 1, 2, 4 and so on, and all.
std::vector<Row> rows_up_to(int ranks) {
  std::vector<Row> rows;
  for (int n = 1; n < ranks; n *= 2) rows.emplace_back().ranks = n;
  rows.emplace_back().ranks = ranks;
  return rows;
}

std::string table_of(const std::vector<Row>& rows) {
  std::string text = fmt::format("{:>6} {:>8} {:>10} {:>12} {:>11}\n", "ranks", "workers",
                                 "seconds", "Mnodes/s", "efficiency");
  for (const Row& row : rows) {
    text += fmt::format("{:>6} {:>8} {:>10.3f} {:>12.2f} {:>10.1f}%\n", row.ranks, row.workers,
                        row.seconds.median(), row.rate.median(), 100 * row.efficiency.median());
  }
  return text;
}

std::string csv_of(const std::vector<Row>& rows) {
  std::string text = "ranks,workers,seconds,mnodes_per_second,efficiency\n";
  for (const Row& row : rows) {
    text += fmt::format("{},{},{:.6f},{:.4f},{:.4f}\n", row.ranks, row.workers,
                        row.seconds.median(), row.rate.median(), row.efficiency.median());
  }
  return text;
}

/// For gnuplot, with the data in it: `gnuplot FILE` writes FILE.svg.
std::string plot_of(const std::vector<Row>& rows, const std::string& tree,
                    const std::string& file) {
  std::string text = fmt::format(
      "set terminal svg size 800,500\nset output '{}.svg'\nset title 'UTS {}'\n"
      "set xlabel 'workers'\nset ylabel 'million nodes/s'\nset key left top\nset grid\n$data << "
      "END\n",
      file, tree);
  for (const Row& row : rows) text += fmt::format("{} {:.4f}\n", row.workers, row.rate.median());
  text += "END\nfirst_workers = " + std::to_string(rows.front().workers) +
          fmt::format("\nfirst_rate = {:.4f}\n", rows.front().rate.median());
  return text +
         "plot $data with linespoints title 'measured', "
         "first_rate * x / first_workers title 'linear'\n";
}

/// Before much is measured for nothing. Collective: rank 0 tries, since it will write.
void expect_writable(Ranks& ranks, const std::string& path) {
  std::byte refused{0};
  if (ranks.rank() == 0 && !path.empty()) {
    std::error_code nothing;  // a path that cannot be is no file, and is refused below
    const bool existed = std::filesystem::exists(path, nothing);
    if (!std::ofstream(path, std::ios::app)) refused = std::byte{1};
    if (!existed) std::filesystem::remove(path, nothing);  // no empty file, if the rest fails
  }
  ranks.broadcast(0, std::span(&refused, 1));
  if (refused != std::byte{0}) throw std::runtime_error("cannot write " + path);
}

void write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file(path);
  if (!(file << text << std::flush)) throw std::runtime_error("cannot write " + path);
}

/// The rounds, and what they measure.
class Study {
 public:
  Study(Ranks& ranks, const Config& config, const workloads::NamedTree& named)
      : ranks_(ranks),
        config_(config),
        named_(named),
        tree_(named.parameters),
        directory_(directory_of(ranks)),
        rows(rows_up_to(ranks.size())) {}

  void run_round() {
    double serial = 0;
    double pool = 0;
    ranks_.alone([&] {
      serial = time([&] { return workloads::search_serially(tree_); });
      Pool one(with_workers(config_, 1));
      pool = time([&] { return workloads::search_by_jobs(one, tree_); });
    });
    unsigned workers = 0;
    const double one = on_ranks(1, with_workers(config_, 1), workers);
    vs_serial.add(serial / one);
    layer_cost.add(one / pool - 1);
    measure_checkpoints();
    double one_each = 0;
    for (Row& row : rows) {
      const double seconds = on_ranks(row.ranks, config_, row.workers);
      const double each = one / seconds / row.workers;
      row.seconds.add(seconds);
      row.rate.add(static_cast<double>(named_.published.nodes) / seconds / 1e6);
      row.efficiency.add(each);
      if (row.ranks == 1) one_each = seconds;
      if (row.ranks == 2) two_ranks.add(one_each / seconds);
    }
  }

 private:
  // Checkpoints: several in each search, also of a small tree.
  static constexpr std::chrono::milliseconds between{50};
  template <typename Search>
  double time(Search search) {
    return seconds([&] { expect(search() == named_.published, "the counts of the tree"); });
  }
  /// Of all ranks, often; then what one a minute costs.
  void measure_checkpoints() {
    CheckpointStatistics statistics;
    ranks_.with_first(ranks_.size(), config_, [&](Scheduler& scheduler) {
      const auto resume = [&] {
        return scheduler
            .use_checkpoints({.directory = directory_, .label = "bench", .every = between})
            .has_value();
      };
      expect(workloads::search_on_ranks(scheduler, tree_, resume) == named_.published,
             "the counts of the tree");
      statistics = scheduler.checkpoint_statistics();
    });
    if (ranks_.rank() == 0) std::filesystem::remove_all(directory_);
    if (statistics.made == 0) return;
    const auto made = static_cast<double>(statistics.made);
    checkpoint_ms.add(1e3 * statistics.seconds / made);
    checkpoint_cost.add(statistics.seconds / made / 60);
  }
  /// The same on every rank, and in a directory that they share if any is.
  [[nodiscard]] static std::filesystem::path directory_of(Ranks& ranks) {
    std::int64_t process = getpid();
    ranks.broadcast(0, std::as_writable_bytes(std::span(&process, 1)));
    return "jackdaw-bench-" + std::to_string(process);
  }
  /// Of the ranks that take part, on rank 0.
  double on_ranks(int count, const Config& config, unsigned& workers) {
    double taken = 1;
    ranks_.with_first(count, config, [&](Scheduler& scheduler) {
      taken = time([&] { return workloads::search_on_ranks(scheduler, tree_); });
      Sum<unsigned> all;
      all += scheduler.pool().workers();
      workers = scheduler.reduce(all);
    });
    if (ranks_.rank() >= count) workers = 1;  // not used here
    return taken;
  }

  Ranks& ranks_;
  Config config_;
  const workloads::NamedTree& named_;
  workloads::UtsTree tree_;
  std::filesystem::path directory_;

 public:
  std::vector<Row> rows;
  Sample vs_serial, layer_cost, two_ranks, checkpoint_ms, checkpoint_cost;
};

}  // namespace

/// How does the search of a tree scale over ranks, and what does the layer over MPI cost?
unsigned measure_tree(Ranks& ranks, const Options& options, const TreeOptions& chosen,
                      Figures& figures) {
  const auto& named = workloads::find_tree(chosen.tree);
  expect_writable(ranks, chosen.csv);
  expect_writable(ranks, chosen.plot);
  Study study(ranks, options.config, named);
  for (int round = 0; round < options.rounds; ++round) study.run_round();
  const unsigned workers = study.rows.back().workers / static_cast<unsigned>(ranks.size());
  if (ranks.rank() != 0) return workers;
  figures.note(table_of(study.rows));
  figures.add("tree.one_rank_vs_serial", study.vs_serial, "ratio",
              "rate of one rank with one worker to the serial program");
  figures.add("tree.mpi_layer_cost", study.layer_cost, "ratio",
              "time of that rank above a pool's without MPI");
  if (!study.two_ranks.empty())
    figures.add("tree.two_ranks_speedup", study.two_ranks, "ratio", "rate of two ranks to one");
  if (!study.checkpoint_cost.empty()) {
    figures.add("checkpoint.ms", study.checkpoint_ms, "ms", "from the wish until jobs run again");
    figures.add("checkpoint.cost", study.checkpoint_cost, "ratio", "of one a minute");
  } else {
    figures.note("no checkpoint was made, since the search was over too soon; take a larger tree");
  }
  for (const Row& row : study.rows) {
    const auto name =
        fmt::format("tree.{}x{}", row.ranks, row.workers / static_cast<unsigned>(row.ranks));
    figures.add(name + ".rate", row.rate, "Mnodes/s", "ranks x workers of each");
    figures.add(name + ".efficiency", row.efficiency, "ratio", "to as many times one worker");
  }
  write_file(chosen.csv, csv_of(study.rows));
  write_file(chosen.plot, plot_of(study.rows, chosen.tree, chosen.plot));
  return workers;
}

}  // namespace jackdaw::apps::bench
