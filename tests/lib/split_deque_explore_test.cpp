#include <gtest/gtest.h>

#include <array>

#include "jackdaw/detail/split_deque.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::ExploredSync;
using testing::Explorer;

struct Item {
  bool prepared = false;
};
struct Traits {
  static constexpr bool tagged = true;
  static void prepare(Item* item, const void*) { item->prepared = true; }
};

/// A deque of four slots, the items that went in, and how often each came out.
struct Scene {
  SplitDeque<Item*, ExploredSync, Traits> deque{4};
  std::array<Item, 8> items{};
  std::array<int, 8> taken{};
  std::size_t pushed = 0;

  void push() { (void)deque.put(&items.at(pushed++)); }
  void pop() {
    if (Item* item = deque.pop()) count(item);
  }
  bool take() { return deque.take(deque.next_index() - 1); }
  void steal(std::size_t most = 1) {
    std::array<Item*, 4> loot{};
    std::size_t count_taken = 0;
    if (deque.steal(loot.data(), most, count_taken) != Steal::taken) return;
    for (std::size_t i = 0; i < count_taken; ++i) {
      EXPECT_TRUE(loot.at(i)->prepared) << "a thief has an item that was not prepared";
      count(loot.at(i));
    }
  }
  void seize_and_steal() {
    (void)deque.seize();
    steal();
  }
  void count(Item* item) { ++taken.at(static_cast<std::size_t>(item - items.data())); }
  void expect_each_item_once() {
    for (std::size_t i = 0; i < pushed; ++i) pop();
    EXPECT_LE(deque.length(), 0);
    for (std::size_t i = 0; i < pushed; ++i) EXPECT_EQ(taken.at(i), 1) << "item " << i;
  }
};

TEST(SplitDequeExplore, TheLastItemGoesOutOnce) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    s.push();
    s.deque.publish_all();
    explorer.run({[&] { s.pop(); }, [&] { s.steal(); }});
    s.expect_each_item_once();
  });
}

TEST(SplitDequeExplore, OwnerAndThievesMeetInTheMiddle) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        for (int i = 0; i < 3; ++i) s.push();
        s.deque.publish_all();
        explorer.run({[&] {
                        s.pop();
                        s.pop();
                      },
                      [&] { s.steal(2); }, [&] { s.steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

TEST(SplitDequeExplore, AnItemIsWrittenBeforeItIsSeen) {
  Explorer::explore([](Explorer& explorer) {
    Scene s;
    explorer.run({[&] {
                    s.push();
                    s.deque.publish_all();
                  },
                  [&] { s.steal(); }});
    s.expect_each_item_once();
  });
}

TEST(SplitDequeExplore, ASlotIsReusedOnlyOnceItIsFree) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        for (int i = 0; i < 3; ++i) s.push();
        s.deque.publish_all();
        explorer.run({[&] {
                        for (int i = 0; i < 2; ++i) {  // the ring has one free slot: push, then ask
                          s.push();
                          if (s.deque.answer() == decltype(s.deque)::Room::full) s.pop();
                        }
                      },
                      [&] { s.steal(2); }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

TEST(SplitDequeExplore, AFullRingIsNoticedWithoutABell) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        s.push();
        s.deque.publish_all();
        explorer.run({[&] {
                        (void)s.deque.answer();  // the bell is set to where the ring is full
                        for (int i = 0; i < 5; ++i) {
                          if (s.deque.put(&s.items.at(s.pushed++)) &&
                              s.deque.answer() == decltype(s.deque)::Room::full)
                            s.pop();
                        }
                      },
                      [&] { s.steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

TEST(SplitDequeExplore, ASeizerAndTheOwnerNeverShareAnItem) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        s.push();
        s.push();
        explorer.run({[&] {
                        s.pop();
                        s.push();
                        s.pop();
                      },
                      [&] { s.seize_and_steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

TEST(SplitDequeExplore, TwoSeizersAndAThief) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        s.push();
        s.push();
        explorer.run(
            {[&] { s.pop(); }, [&] { (void)s.deque.seize(); }, [&] { s.seize_and_steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

TEST(SplitDequeExplore, AForkIsTakenBackOrStolenNeverBoth) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        explorer.run({[&] {
                        s.push();
                        s.push();
                        if (s.take()) s.count(&s.items[1]);
                        if (s.take()) s.count(&s.items[0]);
                      },
                      [&] { s.seize_and_steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

TEST(SplitDequeExplore, AThiefIsNotFooledByASlotThatHasANewItem) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        s.push();
        s.deque.publish_all();
        explorer.run({[&] {
                        s.pop();
                        s.push();
                        s.deque.publish_all();
                      },
                      [&] { s.steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

TEST(SplitDequeExplore, RelievingTakesTheOldestAndLosesNone) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        for (int i = 0; i < 3; ++i) s.push();
        explorer.run({[&] {
                        std::array<Item*, 2> block{};
                        const auto count = s.deque.relieve(block.data(), 2);
                        for (std::size_t i = 0; i < count; ++i) s.count(block.at(i));
                        s.pop();
                      },
                      [&] {
                        s.steal();
                        s.steal();
                      }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

TEST(SplitDequeExplore, WhatTheOwnerPublishesNoSeizerPublishesAgain) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s;
        s.push();
        s.push();
        explorer.run({[&] {
                        s.deque.publish_all();
                        s.pop();
                      },
                      [&] { s.seize_and_steal(); }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

}  // namespace
}  // namespace jackdaw::detail
