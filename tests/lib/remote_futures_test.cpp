#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/cereal.hpp"
#include "support/pool_network.hpp"

// Results of movable jobs, across two pools that exchange jobs.

namespace jackdaw {
namespace {

using testing::PoolNetwork;

PoolNetwork* network = nullptr;  // of the test that runs

/// The first job holds its rank up until another rank has taken something.
void await_move() {
  while (network->jobs_moved() == 0) std::this_thread::yield();
}

std::string text_of(JobContext&, const std::size_t& bytes) {
  await_move();
  return std::string(bytes, static_cast<char>('a' + bytes % 26));
}

std::map<std::string, std::vector<int>> table_of(JobContext&,
                                                 const std::vector<std::string>& keys) {
  await_move();
  std::map<std::string, std::vector<int>> table;
  for (const auto& key : keys) table[key] = std::vector<int>(key.size(), 1);
  return table;
}

std::unique_ptr<int> only_moves(JobContext&, const int& n) {
  await_move();
  return std::make_unique<int>(n);
}

int fails_if_odd(JobContext&, const int& n) {
  await_move();
  if (n % 2 != 0) throw std::runtime_error("number " + std::to_string(n) + " is odd");
  return n;
}

/// Each waits for both of its parts.
long fib(JobContext& job, const int& n) {
  if (n < 2) return n;
  if (n == 3) await_move();
  const auto one = job.submit<fib>(n - 1);
  const auto two = job.submit<fib>(n - 2);
  return one.get() + two.get();
}

class RemoteFutures : public ::testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override { network = &net; }
  void TearDown() override { EXPECT_FALSE(net.was_late()); }
  PoolNetwork net{{GetParam(), GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(Workers, RemoteFutures, ::testing::Values(1u, 2u),
                         ::testing::PrintToStringParamName());

template <auto Function, typename Payload>
auto submit_many(PoolNetwork& net, const std::vector<Payload>& payloads) {
  std::vector<decltype(net.submit<Function>(0, payloads[0]))> futures;
  for (const auto& payload : payloads) futures.push_back(net.submit<Function>(0, payload));
  return futures;
}

TEST_P(RemoteFutures, ResultsOfAnySizeComeBack) {
  std::vector<std::size_t> sizes{0, 1, 79, 80, 81, 5000, 1U << 20, 3'000'000};
  for (std::size_t size = 0; size < 200; ++size) sizes.push_back(size);
  const auto futures = submit_many<text_of>(net, sizes);
  const auto tables = submit_many<table_of>(
      net, std::vector<std::vector<std::string>>(50, {"", "x", std::string(300, 'k')}));
  const auto pointers = submit_many<only_moves>(net, std::vector<int>(50, 6));
  net.run();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(futures[i].get(), std::string(sizes[i], static_cast<char>('a' + sizes[i] % 26)));
  }
  for (const auto& table : tables) EXPECT_EQ(table.get().at(std::string(300, 'k')).size(), 300u);
  for (const auto& pointer : pointers) EXPECT_EQ(*pointer.get(), 6);
  EXPECT_GT(net.replies_sent(), 0u);
}

TEST_P(RemoteFutures, WhatAJobThrowsComesBackWithItsRank) {
  std::vector<int> numbers;
  for (int i = 0; i < 200; ++i) numbers.push_back(i);
  const auto futures = submit_many<fails_if_odd>(net, numbers);
  net.run();
  std::size_t elsewhere = 0;
  for (int i = 0; i < 200; ++i) {
    const auto& future = futures[static_cast<std::size_t>(i)];
    ASSERT_TRUE(future.is_ready());
    try {
      EXPECT_EQ(future.get(), i);
      EXPECT_EQ(i % 2, 0);
    } catch (const RemoteError& error) {
      EXPECT_EQ(error.what(), "number " + std::to_string(i) + " is odd");
      EXPECT_EQ(i % 2, 1);
      if (error.rank() == 1) ++elsewhere;
    }
  }
  EXPECT_GT(elsewhere, 0u);
  EXPECT_EQ(net.pool(0).statistics().jobs_failed + net.pool(1).statistics().jobs_failed, 100u);
  EXPECT_NO_THROW(net.pool(0).wait());
  EXPECT_NO_THROW(net.pool(1).wait());
}

TEST_P(RemoteFutures, ResultsOfJobsThatMovedTwiceComeBack) {
  net.relays = 4;
  std::vector<std::size_t> sizes;
  for (std::size_t size = 0; size < 300; ++size) sizes.push_back(size);
  const auto futures = submit_many<text_of>(net, sizes);
  net.run();
  EXPECT_GE(net.most_moves(), 2u);
  for (std::size_t i = 0; i < sizes.size(); ++i) EXPECT_EQ(futures[i].get().size(), i);
}

/// With one worker each, both are soon deep in waits, and what they wait for is with the other.
TEST_P(RemoteFutures, JobsThatWaitForEachOthersRanksDoNotDeadlock) {
  const auto first = net.submit<fib>(0, 14);  // alone, so that the other rank comes for some
  net.run();
  EXPECT_EQ(first.get(), 377);
  EXPECT_GT(net.jobs_moved(), 0u);
  for (const unsigned relays : {0u, 3u}) {
    net.relays = relays;
    const auto one = net.submit<fib>(0, 15);
    const auto other = net.submit<fib>(1, 14);
    net.run();
    EXPECT_EQ(one.get(), 610);
    EXPECT_EQ(other.get(), 377);
  }
}

TEST_P(RemoteFutures, AResultThatCannotBeReadFailsItsFuture) {
  net.tamper_reply = [](Reply&, Bytes& bytes) { bytes.resize(bytes.size() / 2); };
  const auto futures = submit_many<text_of>(net, std::vector<std::size_t>(100, 50));
  net.run();
  std::size_t broken = 0;
  for (const auto& future : futures) {
    try {
      EXPECT_EQ(future.get().size(), 50u);
    } catch (const RemoteError& error) {
      EXPECT_NE(std::string(error.what()).find("a result of 29 bytes"), std::string::npos)
          << error.what();
      ++broken;
    }
  }
  EXPECT_EQ(broken, net.replies_sent());
  EXPECT_GT(broken, 0u);
}

TEST_P(RemoteFutures, AnAnswerToNobodyIsAnErrorAndFailsAllThatIsOpen) {
  net.tamper_reply = [](Reply& to, Bytes&) { to.number += 1'000'000; };
  const auto futures = submit_many<text_of>(net, std::vector<std::size_t>(100, 50));
  try {
    net.run();
    ADD_FAILURE() << "run() says nothing";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("which was never made here"), std::string::npos)
        << error.what();
  }
  std::size_t open = 0;
  for (const auto& future : futures) {
    try {
      (void)future.get();
    } catch (const RemoteError& error) {
      EXPECT_STREQ(error.what(), "the network is down");
      ++open;
    }
  }
  EXPECT_GT(open, 0u);
}

/// A job that waits when the network goes down is told, or run() would never return.
long waits_for_many(JobContext& job, const int& count) {
  std::vector<RemoteFuture<std::string>> futures;
  for (int i = 0; i < count; ++i)
    futures.push_back(job.submit<text_of>(static_cast<std::size_t>(i)));
  long sum = 0;
  for (const auto& future : futures) sum += static_cast<long>(future.get().size());
  return sum;
}

TEST_P(RemoteFutures, AJobThatWaitsWhenTheNetworkGoesDownIsTold) {
  net.tamper_reply = [](Reply& to, Bytes&) { to.number += 1'000'000; };
  const auto future = net.submit<waits_for_many>(0, 100);
  EXPECT_THROW(net.run(), std::runtime_error);
  EXPECT_THROW((void)future.get(), RemoteError);
}

TEST_P(RemoteFutures, AJobWaitsForManyThatMove) {
  const auto future = net.submit<waits_for_many>(0, 200);
  net.run();
  EXPECT_EQ(future.get(), 200 * 199 / 2);
}

}  // namespace
}  // namespace jackdaw
