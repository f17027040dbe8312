#include "bench/fib.hpp"
#include "bench/peers.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"
#include "jackdaw/reducer.hpp"
#include "workloads/nqueens.hpp"
#include "workloads/uts_search.hpp"

namespace jackdaw::apps::bench {
namespace {

class JackdawPeer : public Peer {
 public:
  explicit JackdawPeer(const Config& config) : pool_(config) {}
  [[nodiscard]] const char* name() const override { return "jackdaw"; }
  long fib(long n) override {
    return pool_.run([n] { return fib_by_forks(n); });
  }
  std::uint64_t nqueens(int n) override {
    return pool_.run([n] { return workloads::nqueens_by_fork_join(n); });
  }
  workloads::Tally uts(const workloads::UtsTree& tree) override {
    return workloads::search_by_jobs(pool_, tree);
  }
  void loop(std::vector<float>& data) override {
    pool_.run(
        [&] { parallel_for(std::size_t{0}, data.size(), [&](std::size_t i) { step(data[i]); }); });
  }
  std::uint64_t jobs(std::uint64_t count) override {
    Sum<std::uint64_t> sum;
    pool_.run([&](JobContext& job) {  // the maker is one of the workers, as it is with the others
      for (std::uint64_t i = 0; i < count; ++i) job.spawn([&sum] { sum += 1; });
    });
    pool_.wait();
    return sum.value();
  }

 private:
  Pool pool_;
};

}  // namespace

std::unique_ptr<Peer> make_jackdaw(const Config& config) {
  return std::make_unique<JackdawPeer>(config);
}

}  // namespace jackdaw::apps::bench
