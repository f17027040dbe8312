#include <gtest/gtest.h>

#include <array>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/cereal.hpp"
#include "jackdaw/reducer.hpp"
#include "support/pool_network.hpp"

// Jobs that leave their pool as bytes and are made again in another one.

namespace jackdaw {

/// A payload that cannot be written.
struct Stubborn {
  int number;
};
template <>
struct Codec<Stubborn> {
  static constexpr bool fixed = true;
  static void write(const Stubborn&, Bytes&) { throw std::runtime_error("no"); }
  static Stubborn read(std::span<const std::byte>) { throw std::runtime_error("no"); }
};

namespace {

using testing::PoolNetwork;

Sum<std::uint64_t> ran;
Sum<std::uint64_t> total;
PoolNetwork* network = nullptr;

/// The first job holds its rank up until another rank has taken something.
void await_move() {
  while (network->jobs_moved() == 0) std::this_thread::yield();
}

class Exchange : public ::testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    ran.reset();
    total.reset();
    network = &net;
  }
  PoolNetwork net{{GetParam(), GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(Workers, Exchange, ::testing::Values(1u, 2u),
                         ::testing::PrintToStringParamName());

// --- payloads that are trivially copyable --------------------------------------------------------

template <std::size_t Bytes>
struct Block {
  explicit Block(std::uint8_t seed) { std::iota(bytes.begin(), bytes.end(), seed); }
  [[nodiscard]] bool is_whole() const {
    for (std::size_t i = 1; i < Bytes; ++i) {
      if (bytes[i] != static_cast<std::uint8_t>(bytes[0] + i)) return false;
    }
    return true;
  }
  std::array<std::uint8_t, Bytes> bytes;
};

template <std::size_t Bytes>
void take_block(JobContext&, const Block<Bytes>& block) {
  await_move();
  if (!block.is_whole()) throw std::runtime_error("a block is not what it was");
  ran += 1;
  total += block.bytes[0];
}
template <std::size_t Bytes>
void make_blocks(JobContext& job, const int& count) {
  for (int i = 0; i < count; ++i) job.spawn<take_block<Bytes>>(static_cast<std::uint8_t>(i));
}

template <std::size_t Bytes>
void move_blocks(PoolNetwork& net) {
  SCOPED_TRACE(Bytes);
  ran.reset();
  total.reset();
  net.submit<make_blocks<Bytes>>(0, 250);
  net.run();
  for (std::size_t rank = 0; rank < 2; ++rank) net.pool(rank).wait();  // tells what a job threw
  EXPECT_EQ(ran.value(), 250u);
  EXPECT_EQ(total.value(), 250u * 249 / 2);
}

template <int add>
void add_number(JobContext&, const int& number) {
  total += static_cast<std::uint64_t>(number + add);
}

/// Whatever the compiler calls them.
TEST_P(Exchange, InstancesOfOneTemplateAreDifferentKinds) {
  net.submit<add_number<1>>(0, 10);
  net.submit<add_number<200>>(0, 10);
  net.run();
  EXPECT_EQ(total.value(), 221u);
}

TEST_P(Exchange, BlocksOfAnySizeArriveWhole) {
  move_blocks<1>(net);
  move_blocks<80>(net);
  move_blocks<81>(net);
  move_blocks<5000>(net);
  EXPECT_GT(net.jobs_moved(), 0u);
}

// --- payloads that cereal writes -----------------------------------------------------------------

using Words = std::vector<std::string>;
using Table = std::map<std::string, std::vector<double>>;

std::string text_of(std::size_t bytes) {
  return std::string(bytes, static_cast<char>('a' + bytes % 26));
}

void take_text(JobContext&, const std::string& text) {
  await_move();
  if (text != text_of(text.size())) throw std::runtime_error("a text is not what it was");
  ran += 1;
  total += text.size();
}
void take_words(JobContext&, const Words& words) {
  await_move();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != text_of(i)) throw std::runtime_error("words are not what they were");
  }
  ran += 1;
  total += words.size();
}
void take_table(JobContext&, const Table& table) {
  await_move();
  if (table.at("three") != std::vector<double>{1, 2, 3}) throw std::runtime_error("a table");
  ran += 1;
  total += table.size();
}
void make_texts(JobContext& job, const std::vector<std::size_t>& sizes) {
  for (const std::size_t size : sizes) job.spawn<take_text>(text_of(size));
}
void make_words(JobContext& job, const std::size_t& count) {
  Words words;
  for (std::size_t i = 0; i < count; ++i) {
    job.spawn<take_words>(words);
    job.spawn<take_table>(Table{{"three", {1, 2, 3}}, {"none", {}}});
    words.push_back(text_of(i));
  }
}

TEST_P(Exchange, ContainersArriveWhole) {
  net.submit<make_words>(0, 100u);
  net.run();
  net.pool(0).wait();
  net.pool(1).wait();
  EXPECT_EQ(ran.value(), 200u);
  EXPECT_EQ(total.value(), 100u * 99 / 2 + 100u * 2);
  EXPECT_GT(net.jobs_moved(), 0u);
}

TEST_P(Exchange, TextsOfAnySizeArriveWhole) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 60; size < 100; ++size) sizes.push_back(size);  // 8 bytes tell the size
  sizes.insert(sizes.end(), {1U << 20, 5'000'000, 1'200'000, 2'000'000});
  net.submit<make_texts>(0, sizes);
  net.run();
  net.pool(0).wait();
  net.pool(1).wait();
  EXPECT_EQ(ran.value(), sizes.size());
  EXPECT_EQ(total.value(), std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}));
}

TEST_P(Exchange, AGiftHoldsAMebibyteAndOneJobAtLeast) {
  net.submit<make_texts>(0, std::vector<std::size_t>(20, 3'000'000));
  net.run();
  EXPECT_LE(net.largest_gift(), 1u);
  net.submit<make_texts>(0, std::vector<std::size_t>(20, 600'000));
  net.run();
  EXPECT_LE(net.largest_gift(), 2u);
  EXPECT_EQ(ran.value(), 40u);
}

TEST_P(Exchange, AJobThatMovesTwiceArrivesWhole) {
  net.relays = 4;
  net.submit<make_words>(0, 200u);
  net.run();
  net.pool(0).wait();
  net.pool(1).wait();
  EXPECT_EQ(ran.value(), 400u);
  EXPECT_GE(net.most_moves(), 2u);
}

// --- options -------------------------------------------------------------------------------------

std::atomic<int> wrong_priorities{0};
void take_urgent(JobContext& job, const int& priority) {
  await_move();
  if (job.priority() != static_cast<Priority>(priority)) ++wrong_priorities;
  ran += 1;
}
void make_urgent(JobContext& job, const int& count) {
  for (int i = 0; i < count; ++i) {
    for (const int priority : {3, 1, 2, 0})
      job.spawn<take_urgent>({.priority = static_cast<Priority>(priority)}, priority);
  }
}

TEST_P(Exchange, PrioritiesTravel) {
  wrong_priorities = 0;
  net.submit<make_urgent>(0, JobOptions{.priority = Priority::critical}, 100);  // gives way to none
  net.run();
  EXPECT_EQ(ran.value(), 400u);
  EXPECT_EQ(wrong_priorities, 0);
  EXPECT_GT(net.jobs_moved(), 0u);
}

std::atomic<int> late{0};
void stay_too_long(JobContext& job, const int&) {
  await_move();
  while (!job.stop_requested()) {
  }
  ++late;
  job.checkpoint();
  ran += 1000;  // not reached
}
void make_limited(JobContext& job, const int& count) {
  const auto tomorrow = std::chrono::system_clock::now() + std::chrono::hours(24);
  for (int i = 0; i < count; ++i)
    job.spawn<stay_too_long>({.timeout = std::chrono::milliseconds(2), .deadline = tomorrow}, i);
}

TEST_P(Exchange, TimeLimitsTravel) {
  late = 0;
  net.submit<make_limited>(0, 20);
  net.run();
  EXPECT_EQ(ran.value(), 0u);
  EXPECT_EQ(late, 20);
  EXPECT_EQ(net.pool(0).statistics().jobs_timed_out + net.pool(1).statistics().jobs_timed_out, 20u);
  EXPECT_GT(net.pool(1).statistics().jobs_timed_out, 0u);
}

std::atomic<bool> first_is_done{false};
void take_after(JobContext&, const int&) {
  await_move();
  if (!first_is_done) throw std::runtime_error("it came too early");
  ran += 1;
}
void make_chain(JobContext& job, const int& count) {
  const JobRef first = job.submit([] { first_is_done = true; });
  for (int i = 0; i < count; ++i)
    job.spawn<take_after>({.name = "later", .after = std::span(&first, 1)}, i);
}

TEST_P(Exchange, JobsThatComeAfterOthersMoveOnceTheseAreFinal) {
  first_is_done = false;
  net.submit<make_chain>(0, 200);
  net.run();
  net.pool(0).wait();
  net.pool(1).wait();
  EXPECT_EQ(ran.value(), 200u);
  EXPECT_GT(net.jobs_moved(), 0u);
  PackedJob packed;
  Bytes payload;
  const JobRef first = net.pool(0).submit([] {});
  EXPECT_THROW(
      (net.pool(0).pack<take_after>(packed, payload, JobOptions{.after = std::span(&first, 1)}, 1)),
      std::invalid_argument);
}

// --- what cannot be written or read --------------------------------------------------------------

void take_stubborn(JobContext&, const Stubborn&) { ran += 1; }
void make_stubborn(JobContext& job, const int& count) {
  for (int i = 0; i < count; ++i) job.spawn<take_stubborn>(i);
}

TEST_P(Exchange, AJobWhosePayloadCannotBeWrittenRunsWhereItIs) {
  net.submit<make_stubborn>(0, 100);
  net.run();
  EXPECT_EQ(ran.value(), 100u);
  EXPECT_EQ(net.jobs_moved(), 0u);
}

/// \returns what run() says
std::string run_with_broken_bytes(PoolNetwork& net) {
  try {
    net.run();
    return "nothing";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST_P(Exchange, BrokenBytesAreAnErrorThatNamesTheKind) {
  net.tamper = [](PackedJob&, Bytes& payload) { payload.resize(payload.size() / 2); };
  net.submit<make_texts>(0, std::vector<std::size_t>(100, 300));
  const std::string error = run_with_broken_bytes(net);
  EXPECT_NE(error.find("take_text"), std::string::npos) << error;
  EXPECT_NE(error.find("a payload of 154 bytes"), std::string::npos) << error;
}

TEST_P(Exchange, ABrokenSizeIsAnErrorThatNamesTheKind) {
  net.tamper = [](PackedJob& job, Bytes&) { job.payload_size = 79; };
  net.submit<make_blocks<80>>(0, 100);
  const std::string error = run_with_broken_bytes(net);
  EXPECT_NE(error.find("take_block"), std::string::npos) << error;
  EXPECT_NE(error.find("80 bytes were expected, not 79"), std::string::npos) << error;
}

TEST_P(Exchange, ABrokenPriorityIsAnErrorThatNamesTheKind) {
  net.tamper = [](PackedJob& job, Bytes&) { job.job_class = 4; };
  net.submit<make_blocks<80>>(0, 100);
  const std::string error = run_with_broken_bytes(net);
  EXPECT_NE(error.find("its priority is 4"), std::string::npos) << error;
}

}  // namespace
}  // namespace jackdaw
