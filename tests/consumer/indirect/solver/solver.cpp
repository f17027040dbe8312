#include "solver.hpp"

#include <functional>  // plus

#include "jackdaw/parallel_reduce.hpp"
#include "jackdaw/pool.hpp"

long sum_of_squares(long n) {
  jackdaw::Pool pool;
  return pool.run([n] {
    return jackdaw::parallel_reduce(
        1L, n + 1, 0L, [](long i) { return i * i; }, std::plus<>{});
  });
}
