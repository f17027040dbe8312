#include <algorithm>  // all_of, fill
#include <chrono>     // milliseconds
#include <memory>     // unique_ptr
#include <string>     // string
#include <thread>     // sleep_for
#include <utility>    // move
#include <vector>     // vector

#include "bench/benches.hpp"
#include "bench/peers.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {
namespace {

constexpr long fib_n = 27;
constexpr int queens = 10;
constexpr std::uint64_t job_count = 200'000;
constexpr std::size_t loop_size = 10'000'000;

/// Seconds for one run of one program.
struct Times {
  Sample of[5];
};
constexpr const char* programs[] = {"fib", "nqueens", "uts", "loop", "jobs"};

void run_all(Peer& peer, Times& times, std::vector<float>& data) {
  static const auto& named = workloads::find_tree("T1");
  static const workloads::UtsTree tree(named.parameters);
  const std::string by = std::string(", by ") + peer.name();
  times.of[0].add(seconds([&] { expect(peer.fib(fib_n) == 196418, "fib(27)" + by); }));
  times.of[1].add(seconds([&] { expect(peer.nqueens(queens) == 724, "nqueens(10)" + by); }));
  times.of[2].add(seconds([&] { expect(peer.uts(tree) == named.published, "UTS T1" + by); }));
  std::fill(data.begin(), data.end(), 1.0F);
  times.of[3].add(seconds([&] { peer.loop(data); }));
  expect(std::all_of(data.begin(), data.end(), [](float x) { return x == 1.5F; }), "loop" + by);
  times.of[4].add(seconds([&] { expect(peer.jobs(job_count) == job_count, "jobs" + by); }));
}

/// Ours first, and those of the others that are there; what is not is noted.
std::vector<std::unique_ptr<Peer>> find_peers(const Config& config, Figures& figures) {
  unsigned workers = 0;
  {
    const Pool pool(config);
    workers = pool.workers();
  }
  std::vector<std::unique_ptr<Peer>> peers;
  peers.push_back(make_jackdaw(config));
  const auto add = [&](const char* name, std::unique_ptr<Peer> peer) {
    if (peer) return peers.push_back(std::move(peer));
    figures.note(std::string(name) +
                 " is left out: it was not found when this program was configured");
  };
  add("oneTBB", make_tbb(workers));
  add("OpenMP", make_openmp(workers));
  return peers;
}

}  // namespace

/// How do others do, with the same programs on the same cores, in turn?
void compare_with_peers(const Options& options, Figures& figures) {
  const auto peers = find_peers(options.config, figures);
  std::vector<Times> times(peers.size());
  std::vector<Times> ratios(peers.size());
  std::vector<float> data(loop_size, 1.0F);
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<Times> now(peers.size());
    for (std::size_t i = 0; i < peers.size(); ++i) {
      // Some pools keep their cores spinning for a while: the next one must not pay for it.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      run_all(*peers[i], now[i], data);
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
      for (std::size_t p = 0; p < std::size(programs); ++p) {
        times[i].of[p].add(now[i].of[p].median() * 1e3);
        ratios[i].of[p].add(now[i].of[p].median() / now[0].of[p].median());
      }
    }
  }
  for (std::size_t p = 0; p < std::size(programs); ++p) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      const std::string name = std::string("compare.") + programs[p] + "." + peers[i]->name();
      figures.add(name + ".ms", times[i].of[p], "ms", std::string("time of ") + programs[p]);
      if (i > 0) figures.add(name + ".vs_jackdaw", ratios[i].of[p], "ratio", "its time to ours");
    }
  }
}

}  // namespace jackdaw::apps::bench
