// Functions of the program that run while jobs are being made of them: they may make jobs, too.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <iterator>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "jackdaw/pool.hpp"
#include "jackdaw/race.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

class Submissions : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, Submissions, ::testing::Values(1u, 2u),
                         ::testing::PrintToStringParamName());

/// `count` elements, each made when it is read. (Clang 14 cannot compile the views of
/// libstdc++ 12.)
template <typename Make>
class Lazy {
 public:
  Lazy(int count, Make make) : count_(count), make_(std::move(make)) {}

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using reference = std::invoke_result_t<const Make&, int>;
    using value_type = std::decay_t<reference>;
    using pointer = void;

    Iterator() = default;
    Iterator(const Make& make, int at) : make_(&make), at_(at) {}
    reference operator*() const { return (*make_)(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      const auto before = *this;
      ++at_;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Make* make_ = nullptr;
    int at_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return {make_, 0}; }
  [[nodiscard]] Iterator end() const { return {make_, count_}; }

 private:
  int count_;
  Make make_;
};

/// Each copy makes a job.
struct Breeder {
  Pool& pool;
  std::atomic<int>& born;
  std::atomic<int>& ran;

  Breeder(Pool& where, std::atomic<int>& births, std::atomic<int>& runs)
      : pool(where), born(births), ran(runs) {}
  Breeder(const Breeder& other) : pool(other.pool), born(other.born), ran(other.ran) {
    pool.spawn([this_ran = &ran] { ++*this_ran; });
    ++born;
  }
  void operator()() const { ++ran; }
};

TEST_P(Submissions, ARangeMayMakeJobsWhileItIsRead) {
  std::vector<JobHandle<int>> others;
  const Lazy functions(100, [&](int i) {
    others.push_back(pool.submit([i] { return i; }));
    return [i] { return 1000 + i; };
  });
  const auto handles = pool.submit_batch(functions);
  std::set<std::uint64_t> ids;
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(others[i].get(), static_cast<int>(i));
    EXPECT_EQ(handles[i].get(), static_cast<int>(1000 + i));
    ids.insert({others[i].id(), handles[i].id()});
  }
  EXPECT_EQ(ids.size(), 200u);
}

TEST_P(Submissions, SoMayTheRangeOfARace) {
  std::atomic<int> ran{0};
  const Lazy functions(10, [&](int i) {
    pool.spawn([&] { ++ran; });
    return [i] { return i; };
  });
  EXPECT_LT(race(pool, functions).value, 10);
  pool.wait();
  EXPECT_EQ(ran, 10);
}

TEST_P(Submissions, SoMayTheCopyOfAFunction) {
  std::atomic<int> born{0}, ran{0};
  const Breeder breeder(pool, born, ran);
  const auto make_four = [&] {
    pool.spawn(breeder);
    (void)pool.submit(breeder);
    (void)pool.submit_batch(Lazy(2, [&](int) -> const Breeder& { return breeder; }));
  };
  make_four();          // from outside,
  pool.run(make_four);  // and by a job
  pool.wait();
  EXPECT_GE(born, 8);
  EXPECT_EQ(ran, born + 8);
  const auto all = pool.statistics();
  EXPECT_EQ(all.jobs_created, static_cast<std::uint64_t>(born + 8 + 1));  // and that of run()
  EXPECT_EQ(all.jobs_finished, all.jobs_created);
}

}  // namespace
}  // namespace jackdaw
