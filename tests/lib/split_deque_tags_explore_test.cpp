#include <gtest/gtest.h>

#include <array>

#include "jackdaw/detail/split_deque.hpp"
#include "support/explorer.hpp"

namespace jackdaw::detail {
namespace {

using testing::ExploredSync;
using testing::Explorer;

struct Item {
  const void* put_with = nullptr;  // the tag that its owner had
  bool prepared = false;
  bool out = false;
};
struct Traits {
  static constexpr bool tagged = true;
  static void prepare(Item* item, const void* tag) {
    EXPECT_EQ(tag, item->put_with) << "an item bears the tag of another";
    EXPECT_FALSE(item->out) << "an item is prepared although a thief has it";
    item->prepared = true;
  }
};

constexpr std::array<char, 3> jobs{};  // their addresses are the tags
constexpr const void* job_a = &jobs[0];
constexpr const void* job_b = &jobs[1];
constexpr const void* job_c = &jobs[2];

/// A deque of four slots whose owner works for one job, then on top of it for another.
struct Scene {
  SplitDeque<Item*, ExploredSync, Traits> deque{4};
  std::array<Item, 8> items{};
  std::array<int, 8> taken{};
  std::size_t pushed = 0;

  explicit Scene(const void* tag) { deque.set_tag(tag); }
  void push() {
    Item& item = items.at(pushed++);
    item.put_with = deque.tag();
    (void)deque.put(&item);
  }
  void pop() {
    if (Item* item = deque.pop()) count(item);
  }
  void steal(const void* wanted) {
    Item* loot = nullptr;
    std::size_t count_taken = 0;
    if (deque.steal(&loot, 1, count_taken, wanted) != Steal::taken) return;
    EXPECT_TRUE(loot->prepared) << "a thief has an item that was not prepared";
    EXPECT_TRUE(wanted == nullptr || loot->put_with == wanted) << "a thief asked for another tag";
    count(loot);
  }
  void seize_and_steal(const void* wanted) {
    (void)deque.seize();
    steal(wanted);
  }
  void count(Item* item) {
    item->out = true;
    ++taken.at(static_cast<std::size_t>(item - items.data()));
  }
  void expect_each_item_once() {
    for (std::size_t i = 0; i < pushed; ++i) pop();
    for (std::size_t i = 0; i < pushed; ++i) EXPECT_EQ(taken.at(i), 1) << "item " << i;
  }
};

TEST(SplitDequeTagsExplore, AThiefThatAsksForATagGetsThatOneOnly) {
  Explorer::explore([](Explorer& explorer) {
    Scene s(job_a);
    s.push();
    const auto before = s.deque.tag_from_here(job_b);
    s.push();
    s.deque.publish_all();
    explorer.run({[&] { s.steal(nullptr); }, [&] { s.steal(job_b); }, [&] { s.steal(job_a); }});
    for (int i = 0; i < 2; ++i) s.pop();
    s.deque.restore(before);
    s.expect_each_item_once();
  });
}

TEST(SplitDequeTagsExplore, TheOldestItemDecidesWhatAThiefGets) {
  Scene s(job_a);
  s.push();
  (void)s.deque.tag_from_here(job_b);
  s.push();
  s.deque.publish_all();
  s.steal(job_b);
  EXPECT_EQ(s.taken[0] + s.taken[1], 0);
  s.steal(job_a);
  EXPECT_EQ(s.taken[0], 1);
  s.steal(job_a);
  EXPECT_EQ(s.taken[1], 0);
  s.steal(job_b);
  EXPECT_EQ(s.taken[1], 1);
}

TEST(SplitDequeTagsExplore, ATagInASlotThatWasReusedFoolsNoThief) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s(job_a);
        s.push();
        s.deque.publish_all();
        explorer.run({[&] {
                        s.pop();
                        s.deque.set_tag(job_b);
                        s.push();
                        s.deque.publish_all();
                      },
                      [&] { s.steal(job_a); }, [&] { s.steal(job_b); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

TEST(SplitDequeTagsExplore, ASeizerGivesEachJobsItemsTheirTag) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s(job_a);
        s.push();
        explorer.run({[&] {
                        s.pop();
                        s.deque.set_tag(job_b);
                        s.push();
                        s.push();
                        s.pop();
                      },
                      [&] { s.seize_and_steal(job_b); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

TEST(SplitDequeTagsExplore, WhatIsPrivateIsTaggedBeforeTheTagChanges) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s(job_a);
        s.push();
        s.push();
        explorer.run({[&] {
                        const auto before = s.deque.tag_from_here(job_b);
                        s.push();
                        s.pop();
                        s.deque.restore(before);
                        s.pop();
                      },
                      [&] { s.seize_and_steal(job_b); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

/// Taking the last item of the upper job back makes items of the lower one private again; they keep
/// their tag, whoever seizes them, and whenever.
TEST(SplitDequeTagsExplore, OldItemsThatBecomePrivateAgainKeepTheirTag) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s(job_a);
        s.push();
        s.push();
        const auto before = s.deque.tag_from_here(job_b);
        s.push();
        s.deque.publish_all();
        explorer.run({[&] {
                        s.pop();  // with it comes the younger item of job_a
                        s.deque.restore(before);
                        s.pop();
                      },
                      [&] {
                        (void)s.deque.seize();
                        s.steal(job_a);
                        s.steal(job_b);
                      }});
        s.expect_each_item_once();
      },
      {.preemptions = 3});
}

TEST(SplitDequeTagsExplore, AFramesItemsAreSeizedWhileItEnds) {
  Explorer::explore(
      [](Explorer& explorer) {
        Scene s(job_a);
        s.push();
        explorer.run({[&] {
                        const auto lower = s.deque.tag_from_here(job_b);
                        s.push();
                        const auto upper = s.deque.tag_from_here(job_c);
                        s.push();
                        s.pop();
                        s.deque.restore(upper);
                        s.pop();
                        s.deque.restore(lower);
                        s.pop();
                      },
                      [&] { s.seize_and_steal(nullptr); }});
        s.expect_each_item_once();
      },
      {.preemptions = 2});
}

}  // namespace
}  // namespace jackdaw::detail
