#pragma once
/// \file
/// The same five programs on other schedulers, as their manuals would have them written.

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <memory>   // unique_ptr
#include <vector>   // vector

#include "jackdaw/config.hpp"            // Config
#include "workloads/uts_parameters.hpp"  // Tally
#include "workloads/uts_tree.hpp"        // UtsTree

namespace jackdaw::apps::bench {

class Peer {
 public:
  virtual ~Peer() = default;
  [[nodiscard]] virtual const char* name() const = 0;
  virtual long fib(long n) = 0;
  virtual std::uint64_t nqueens(int n) = 0;
  virtual workloads::Tally uts(const workloads::UtsTree& tree) = 0;
  virtual void loop(std::vector<float>& data) = 0;  ///< one step of an element for each iteration
  virtual std::uint64_t jobs(std::uint64_t count) = 0;  ///< that many empty ones, from outside
};

/// What an iteration of the loop does.
inline void step(float& x) { x = x * 0.5F + 1.0F; }

[[nodiscard]] std::unique_ptr<Peer> make_jackdaw(const Config& config);
/// Null where they were not found when this was built.
[[nodiscard]] std::unique_ptr<Peer> make_tbb(unsigned workers);
[[nodiscard]] std::unique_ptr<Peer> make_openmp(unsigned workers);

}  // namespace jackdaw::apps::bench
