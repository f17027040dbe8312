#include "bench/peers.hpp"

#ifdef _OPENMP

#include <omp.h>

#include "workloads/nqueens_board.hpp"

namespace jackdaw::apps::bench {
namespace {

// NOLINTNEXTLINE(misc-no-recursion)
long fib_omp(long n) {
  if (n < 2) return n;
  long a = 0;
  long b = 0;
#pragma omp task shared(a)
  a = fib_omp(n - 1);
  b = fib_omp(n - 2);
#pragma omp taskwait
  return a + b;
}

struct OmpFork {
  template <typename F, typename G>
  auto operator()(F first, G second) const {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
#pragma omp task shared(b, second)
    b = second();
    a = first();
#pragma omp taskwait
    return std::pair(a, b);
  }
};

class OpenMpPeer : public Peer {
 public:
  explicit OpenMpPeer(unsigned workers) : threads_(static_cast<int>(workers)) {}
  [[nodiscard]] const char* name() const override { return "OpenMP"; }
  long fib(long n) override {
    long result = 0;
    in_parallel([&] { result = fib_omp(n); });
    return result;
  }
  std::uint64_t nqueens(int n) override {
    std::uint64_t result = 0;
    in_parallel([&] { result = workloads::count_queens(n, OmpFork{}); });
    return result;
  }
  workloads::Tally uts(const workloads::UtsTree& tree) override {
    tallies_.assign(static_cast<std::size_t>(threads_), {});
    in_parallel([&] { visit(tree, tree.root()); });  // the region ends when all tasks have
    workloads::Tally sum;
    for (const auto& padded : tallies_) sum = sum + padded.tally;
    return sum;
  }
  void loop(std::vector<float>& data) override {
    const auto size = static_cast<std::ptrdiff_t>(data.size());
#pragma omp parallel for num_threads(threads_) schedule(guided)
    for (std::ptrdiff_t i = 0; i < size; ++i) step(data[static_cast<std::size_t>(i)]);
  }
  std::uint64_t jobs(std::uint64_t count) override {
    counts_.assign(static_cast<std::size_t>(threads_), {});
    in_parallel([&] {
      for (std::uint64_t i = 0; i < count; ++i) {
#pragma omp task
        ++counts_[static_cast<std::size_t>(omp_get_thread_num())].count;
      }
    });
    std::uint64_t sum = 0;
    for (const auto& padded : counts_) sum += padded.count;
    return sum;
  }

 private:
  struct alignas(64) PaddedTally {
    workloads::Tally tally;
  };
  struct alignas(64) PaddedCount {
    std::uint64_t count = 0;
  };

  template <typename Root>
  void in_parallel(Root root) {
#pragma omp parallel num_threads(threads_)
#pragma omp single
    root();
  }
  void visit(const workloads::UtsTree& tree, const workloads::TreeNode& node) {
    const auto children = tree.children(node);
    auto& tally = tallies_[static_cast<std::size_t>(omp_get_thread_num())].tally;
    tally = tally + workloads::Tally{1, children == 0, node.depth};
    for (std::uint32_t i = 0; i < children; ++i) {
      const auto child = tree.child(node, i);
#pragma omp task firstprivate(child)
      visit(tree, child);
    }
  }

  int threads_;
  std::vector<PaddedTally> tallies_;
  std::vector<PaddedCount> counts_;
};

}  // namespace

std::unique_ptr<Peer> make_openmp(unsigned workers) {
  return std::make_unique<OpenMpPeer>(workers);
}

}  // namespace jackdaw::apps::bench

#else

namespace jackdaw::apps::bench {
std::unique_ptr<Peer> make_openmp(unsigned) { return nullptr; }
}  // namespace jackdaw::apps::bench

#endif
