#include "bench/peers.hpp"

#ifdef JACKDAW_HAS_TBB

#include <tbb/blocked_range.h>
#include <tbb/combinable.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "workloads/nqueens_board.hpp"

namespace jackdaw::apps::bench {
namespace {

// NOLINTNEXTLINE(misc-no-recursion)
long fib_tbb(long n) {
  if (n < 2) return n;
  long a = 0;
  long b = 0;
  tbb::parallel_invoke([&] { a = fib_tbb(n - 1); }, [&] { b = fib_tbb(n - 2); });
  return a + b;
}

struct TbbFork {
  template <typename F, typename G>
  auto operator()(F first, G second) const {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    tbb::parallel_invoke([&] { a = first(); }, [&] { b = second(); });
    return std::pair(a, b);
  }
};

class TbbPeer : public Peer {
 public:
  explicit TbbPeer(unsigned workers)
      : limit_(tbb::global_control::max_allowed_parallelism, workers),
        arena_(static_cast<int>(workers)) {}
  [[nodiscard]] const char* name() const override { return "oneTBB"; }
  long fib(long n) override {
    return arena_.execute([n] { return fib_tbb(n); });
  }
  std::uint64_t nqueens(int n) override {
    return arena_.execute([n] { return workloads::count_queens(n, TbbFork{}); });
  }
  workloads::Tally uts(const workloads::UtsTree& tree) override {
    return arena_.execute([&] {
      Search search{tree};
      search.visit(tree.root());
      search.group.wait();
      return search.tallies.combine([](const auto& a, const auto& b) { return a + b; });
    });
  }
  void loop(std::vector<float>& data) override {
    arena_.execute([&] {
      tbb::parallel_for(std::size_t{0}, data.size(), [&](std::size_t i) { step(data[i]); });
    });
  }
  std::uint64_t jobs(std::uint64_t count) override {
    return arena_.execute([&] {
      tbb::combinable<std::uint64_t> sum(std::uint64_t{0});
      tbb::task_group group;
      for (std::uint64_t i = 0; i < count; ++i) group.run([&] { ++sum.local(); });
      group.wait();
      return sum.combine([](auto a, auto b) { return a + b; });
    });
  }

 private:
  struct Search {
    const workloads::UtsTree& tree;
    tbb::combinable<workloads::Tally> tallies{};
    tbb::task_group group{};

    void visit(const workloads::TreeNode& node) {
      const auto children = tree.children(node);
      tallies.local() = tallies.local() + workloads::Tally{1, children == 0, node.depth};
      for (std::uint32_t i = 0; i < children; ++i)
        group.run([this, child = tree.child(node, i)] { visit(child); });
    }
  };

  tbb::global_control limit_;
  tbb::task_arena arena_;
};

}  // namespace

std::unique_ptr<Peer> make_tbb(unsigned workers) { return std::make_unique<TbbPeer>(workers); }

}  // namespace jackdaw::apps::bench

#else

namespace jackdaw::apps::bench {
std::unique_ptr<Peer> make_tbb(unsigned) { return nullptr; }
}  // namespace jackdaw::apps::bench

#endif
