#pragma once
/// \file
/// The deque of one worker, split in two: a private part at the bottom, where the owner pushes and
/// pops with plain stores, and a public part at the top, from which thieves take, oldest first.
///
/// Source: the deque of Chase and Lev (SPAA 2005), split as in Lace (van Dijk and van de Pol,
/// "Lace: Non-blocking Split Deque for Work-Stealing", MuCoCoS 2014). What differs:
///   - The ring has a fixed capacity; `push` leaves at least one slot free, or says `full`.
///   - Top and length of the public part are one word, changed by compare-and-swap and add alone,
///     so a thief may claim many items at once, and no claim needs a store-load fence.
///   - A thief that finds the public part empty rings the owner's bell (`limit_`), which the owner
///     looks at after each push. An owner that does not come by is not waited for: `seize` moves
///     the split from outside, with a heavy barrier.
///
/// Indices grow for ever; index i lives in slots_[i & mask_]. Of top, the word has the lowest bits.
///     top ... split - 1      public: public_ = version (33 bits) | top (15) | length (16)
///     split ... bottom - 1   private
/// Invariant: guard_ == split, except while a seizer holds split_lock_. The word never has one
/// value twice (see reclaim), so a compare-and-swap that succeeds means that nothing has changed.
///
/// Who synchronizes with whom:
///   (A) put: store of bottom_       ->  seize: load of bottom_: what the slots hold
///   (B) publish, seize: add to public_ -> steal: load of public_: what the slots and tags hold,
///       and all that the owner wrote before; later changes of the word continue the release
///       sequence
///   (C) steal: CAS of public_       ->  length, relieve: load of public_: the thief has read its
///       slots, which may be written again
///   (E) take stores bottom_, then loads guard_; seize stores guard_, heavy barrier, loads bottom_.
///       Either the owner sees the raised guard (and goes to the lock), or the seizer sees that the
///       bottom went below it (and puts the guard back).
///   (L) split_lock_: every change of guard_, and of the length of public_ other than by a thief.
///   (J) set_tag, tag_from_here, restore: store of tag_ -> tag_in_sight: load of it: what the tag
///       points to.
///   (T) restore: store of tag_from_ -> hand_over: load of it: a seizer that tags older items again
///       sees their tag.

#include <atomic>       // atomic
#include <bit>          // has_single_bit
#include <cassert>      // assert
#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <memory>       // unique_ptr
#include <mutex>        // lock_guard
#include <type_traits>  // is_void_v

#include "jackdaw/detail/sync.hpp"  // Sync, SpinLock, cache_line

namespace jackdaw::detail {

/// Why a thief came back. `lost` is worth another try at once, `empty` is not.
enum class Steal : std::uint8_t { taken, empty, lost };

/// What a deque must do with its items when they become public: by default nothing.
template <typename T>
struct ItemTraits {
  static constexpr bool tagged = false;   ///< thieves may ask for items with one tag only
  static void prepare(T, const void*) {}  ///< gets the tag; runs before a thief can see the item
};

/// \tparam T  a pointer
/// \tparam S  Sync; the tests put in one that lets them choose every interleaving
template <typename T, typename S = Sync, typename Traits = ItemTraits<T>>
class SplitDeque {
  template <typename U>
  using Atomic = typename S::template Atomic<U>;
  static constexpr unsigned length_bits = 16;
  static constexpr unsigned top_bits = 15;
  static constexpr std::uint64_t length_mask = (std::uint64_t{1} << length_bits) - 1;
  static constexpr std::uint64_t top_mask = (std::uint64_t{1} << top_bits) - 1;
  static constexpr std::uint64_t one_version = std::uint64_t{1} << (length_bits + top_bits);

 public:
  static constexpr std::size_t max_capacity = 16384;  ///< items: half of what top can tell apart

  /// \param capacity  slots, a power of two from 2 to max_capacity
  explicit SplitDeque(std::size_t capacity)
      : limit_(static_cast<std::int64_t>(capacity)),
        slots_(std::make_unique<Atomic<T>[]>(capacity)),
        mask_(capacity - 1) {
    assert(std::has_single_bit(capacity) && capacity >= 2 && capacity <= max_capacity);
    if constexpr (Traits::tagged) tags_ = std::make_unique<Atomic<const void*>[]>(capacity);
  }

  // --- the owner: one thread at a time ---------------------------------------------------------

  /// Puts `item` at the bottom, privately. \returns true if the bell rang or the ring is full: the
  /// owner must now call answer().
  [[nodiscard]] bool put(T item) noexcept { return put(item, next_index()); }
  /// The same, if the caller knows next_index() already.
  [[nodiscard]] bool put(T item, std::int64_t index) noexcept {
    slot(index).store(item, std::memory_order_relaxed);          // published by the next line
    bottom_.store(index + 1, std::memory_order_release);         // (A)
    return index + 1 >= limit_.load(std::memory_order_relaxed);  // a bell not heard now is heard
  }                                                              // at the next put

  /// True if an answer() is due. Owner only.
  [[nodiscard]] bool bell_rings() const noexcept {
    return bottom_.load(std::memory_order_relaxed) >=
           limit_.load(std::memory_order_relaxed);  // hint
  }

  /// Where the next item will be put. Owner only.
  [[nodiscard]] std::int64_t next_index() const noexcept {
    return bottom_.load(std::memory_order_relaxed);  // only the owner writes it
  }

  /// Takes back the youngest item, which was put at `index`. False: a thief has it, and every older
  /// one; the deque is empty, and stays so for older indices. The caller says where it was, because
  /// a load of what was just stored would be the longest part of a fork.
  [[nodiscard]] bool take(std::int64_t index) noexcept {
    assert(index < bottom_.load(std::memory_order_relaxed) && "nothing was put there");
    bottom_.store(index, std::memory_order_relaxed);  // (E) first this store,
    S::light_barrier();
    if (index >= guard_.load(std::memory_order_relaxed)) [[likely]]  // (E) then this load
      return true;
    return reclaim(index);
  }

  /// The youngest item, or null.
  [[nodiscard]] T pop() noexcept {
    // Relaxed: a look beforehand; take() decides.
    if (next_index() <= guard_.load(std::memory_order_relaxed)) [[unlikely]]
      return pop_public();
    const auto index = next_index() - 1;
    return take(index) ? slot(index).load(std::memory_order_relaxed) : nullptr;  // own
  }

  // --- tags: the owner -------------------------------------------------------------------------

  /// What items bear that are put from `from` on. Written into a slot only when its item becomes
  /// public.
  struct Tagging {
    const void* tag = nullptr;
    std::int64_t from = 0;
  };
  [[nodiscard]] const void* tag() const noexcept {
    return tag_.load(std::memory_order_relaxed);  // own
  }
  /// Any thread: what was behind the tag when it was set can be seen. (J)
  [[nodiscard]] const void* tag_in_sight() const noexcept {
    return tag_.load(std::memory_order_acquire);  // (J)
  }
  /// Of an empty deque: items bear `tag` from now on.
  void set_tag(const void* tag) noexcept {
    tag_.store(tag, std::memory_order_release);  // (A) of the items to come; (J)
  }
  /// Of a deque with items: they are published, with their tag, and those to come bear another,
  /// until restore().
  [[nodiscard]] Tagging tag_from_here(const void* tag) noexcept {
    publish_all();
    const Tagging before{this->tag(), tag_from_.load(std::memory_order_relaxed)};  // own
    tag_.store(tag, std::memory_order_release);  // (A) nothing is private, so no seizer reads it
    tag_from_.store(next_index(), std::memory_order_relaxed);  // (A)
    return before;
  }
  /// All that was put since is gone; what is private now was put before, and may be seized.
  void restore(const Tagging& before) noexcept {
    tag_.store(before.tag, std::memory_order_release);        // by the next line; (J)
    tag_from_.store(before.from, std::memory_order_release);  // (T)
  }

  enum class Room : std::uint8_t { some, full };

  /// Answers the bell: hands half of the private part over if the public part is empty.
  /// \param rearm  false keeps the bell ringing, so that every put comes here
  /// \returns full if the next put would find no slot: take() one or relieve() before it
  [[nodiscard]] Room answer(bool rearm = true) noexcept {
    if (public_length() == 0) publish((length() + 1) / 2);
    rearm_bell(rearm);
    return length() > static_cast<std::int64_t>(mask_) ? Room::full : Room::some;
  }

  /// Makes the oldest `count` private items public. Owner only.
  void publish(std::int64_t count) noexcept {
    if (count <= 0) return;
    const std::lock_guard hold(split_lock_);                      // (L)
    const auto split = guard_.load(std::memory_order_relaxed);    // (L)
    const auto bottom = bottom_.load(std::memory_order_relaxed);  // own
    hand_over(split, count < bottom - split ? count : bottom - split);
  }
  void publish_all() noexcept { publish(length()); }

  /// Takes the oldest items out, to make room, as a thief does; answer() must follow.
  /// \returns how many
  [[nodiscard]] std::size_t relieve(T* room, std::size_t count) noexcept {
    publish_all();
    auto word = public_.load(std::memory_order_acquire);  // (C) with the CAS
    std::size_t taken = 0;
    do {
      const auto length = static_cast<std::size_t>(word & length_mask);
      taken = count < length ? count : length;
      if (taken == 0) break;
      copy(word, taken, room);
    } while (!claim(word, taken));
    return taken;
  }

  // --- any thread ------------------------------------------------------------------------------

  /// Takes the oldest public items: half of them, at most `most`, at least one.
  /// \param wanted  with tagged items: only an item with this tag; null takes any
  [[nodiscard]] Steal steal(T* room, std::size_t most, std::size_t& taken,
                            const void* wanted = nullptr) noexcept {
    auto word = public_.load(std::memory_order_acquire);  // (B)
    const auto length = static_cast<std::size_t>(word & length_mask);
    if (length == 0) return Steal::empty;
    if constexpr (Traits::tagged) {
      // Read before the claim, as the slots are: if it is stale, the claim fails.
      const auto top = static_cast<std::size_t>(word >> length_bits);
      if (wanted != nullptr && tags_[top & mask_].load(std::memory_order_relaxed) != wanted)
        return Steal::empty;
    }
    taken = (length + 1) / 2 < most ? (length + 1) / 2 : most;
    copy(word, taken, room);
    return claim(word, taken) ? Steal::taken : Steal::lost;
  }

  /// Asks the owner to publish something: it looks after its next put. A hint, which may get lost.
  void ring() noexcept {
    if (limit_.load(std::memory_order_relaxed) != ringing)  // saves the owner a cache miss
      limit_.store(ringing, std::memory_order_relaxed);     // carries nothing but itself
  }

  /// Publishes half of the private part for an owner that does not answer. Costs a heavy barrier.
  /// False if there is nothing, or the owner is active, or somebody else is at it.
  bool seize() noexcept {
    if (!S::heavy_barrier_works() || length() <= public_length()) return false;  // nothing private
    if (!split_lock_.try_lock()) return false;
    const auto split = guard_.load(std::memory_order_relaxed);  // (L)
    const auto half =
        (bottom_.load(std::memory_order_relaxed) - split + 1) / 2;  // a guess, checked
    bool done = false;
    if (half > 0) {
      guard_.store(split + half, std::memory_order_relaxed);  // (E) first this store,
      S::heavy_barrier();
      done = bottom_.load(std::memory_order_acquire) >= split + half;  // (A) (E) then this load
      if (done) {
        hand_over(split, half);  // the owner stays above the guard, or waits at the lock
      } else {
        guard_.store(split, std::memory_order_relaxed);  // (L) it went below: all as it was
      }
    }
    split_lock_.unlock();
    return done;
  }

  /// Items that a thief can take now; any thread. A moment later it may be otherwise.
  [[nodiscard]] std::int64_t public_length() const noexcept {
    return static_cast<std::int64_t>(public_.load(std::memory_order_relaxed) &
                                     length_mask);  // guess
  }
  /// Where the oldest item is, and where the next one will be. Any thread: a guess, as length() is.
  struct Ends {
    std::int64_t top, bottom;
  };
  [[nodiscard]] Ends ends() const noexcept {
    const auto bottom = bottom_.load(std::memory_order_relaxed);  // a guess
    const auto count = length();
    return {bottom - (count > 0 ? count : 0), bottom};
  }
  /// Items in both parts. Exact for the owner; to others a guess, but after a heavy barrier it
  /// counts every item put before that barrier and not taken since.
  [[nodiscard]] std::int64_t length() const noexcept {
    const auto top = public_.load(std::memory_order_acquire) >> length_bits;  // (C)
    const auto bottom = static_cast<std::uint64_t>(bottom_.load(std::memory_order_relaxed));
    const auto length = static_cast<std::int64_t>((bottom - top) & top_mask);
    return length <= static_cast<std::int64_t>(max_capacity) ? length : -1;  // a take() under way
  }

 private:
  static constexpr std::int64_t ringing = INT64_MIN;

  [[nodiscard]] Atomic<T>& slot(std::int64_t index) noexcept {
    return slots_[static_cast<std::size_t>(index) & mask_];
  }
  void copy(std::uint64_t word, std::size_t count, T* room) noexcept {
    const auto top = static_cast<std::size_t>(word >> length_bits);
    for (std::size_t i = 0; i < count; ++i)  // if the slots are stale, the claim fails
      room[i] = slots_[(top + i) & mask_].load(std::memory_order_relaxed);
  }
  /// Moves the top up by `count`; where its bits overflow, the version grows.
  [[nodiscard]] bool claim(std::uint64_t& word, std::size_t count) noexcept {
    const auto next = word + (std::uint64_t{count} << length_bits) - count;
    return public_.compare_exchange_strong(word, next, std::memory_order_acq_rel,  // (B) (C)
                                           std::memory_order_acquire);  // (B): tried again
  }
  /// A bell rung a moment ago may get lost here: it is a hint, and who rang rings again or seizes.
  void rearm_bell(bool rearm) noexcept {
    const auto top = bottom_.load(std::memory_order_relaxed) - length();  // (C); it only grows
    const auto limit = top + static_cast<std::int64_t>(mask_) + 1;
    limit_.store(rearm ? limit : ringing, std::memory_order_relaxed);
  }
  /// Caller holds split_lock_, and the owner cannot take below split + count meanwhile.
  void hand_over(std::int64_t split, std::int64_t count) noexcept {
    if constexpr (Traits::tagged) {
      const auto from = tag_from_.load(std::memory_order_acquire);  // (T)
      // Older items have been public before, so they are prepared, and their slots bear their tag.
      const void* const tag = tag_.load(std::memory_order_relaxed);  // (A) (T)
      for (std::int64_t i = split > from ? split : from; i < split + count; ++i) {
        Traits::prepare(slot(i).load(std::memory_order_relaxed), tag);  // own, (A)
        tags_[static_cast<std::size_t>(i) & mask_].store(tag, std::memory_order_relaxed);  // (B)
      }
    }
    guard_.store(split + count, std::memory_order_relaxed);                           // (L)
    public_.fetch_add(static_cast<std::uint64_t>(count), std::memory_order_release);  // (B)
  }

  [[nodiscard, gnu::noinline]] T pop_public() noexcept {
    const auto index = next_index() - 1;
    if (length() <= 0 || !take(index)) return nullptr;
    return slot(index).load(std::memory_order_relaxed);  // own
  }
  [[nodiscard, gnu::cold, gnu::noinline]] bool reclaim(std::int64_t index) noexcept;

  alignas(cache_line) Atomic<std::int64_t> bottom_{0};  // the owner writes; thieves peep
  Atomic<std::int64_t> guard_{0};                       // the owner may take from here on
  Atomic<std::int64_t> limit_;                          // bottom that needs an answer
  std::unique_ptr<Atomic<T>[]> slots_;
  std::size_t mask_;
  Atomic<const void*> tag_{nullptr};  // see Tagging
  Atomic<std::int64_t> tag_from_{0};
  alignas(cache_line) Atomic<std::uint64_t> public_{0};  // thieves write, all read
  SpinLock<S> split_lock_;
  std::unique_ptr<Atomic<const void*>[]> tags_;
};

/// The private part is empty, or is being seized: takes the younger half of the public part back.
///
/// The slots taken back may soon hold other items, and be public again. A thief that read them
/// before must not succeed then: so the version grows. (Without it, the stress test finds an item
/// that goes out twice. It would return after 2^33 times, minutes at the least, in one attempt of
/// one thief.)
template <typename T, typename S, typename Traits>
bool SplitDeque<T, S, Traits>::reclaim(std::int64_t index) noexcept {
  const std::lock_guard hold(split_lock_);                    // (L)
  const auto split = guard_.load(std::memory_order_relaxed);  // (L)
  if (index >= split) return true;                            // a seizer gave up
  auto word = public_.load(std::memory_order_relaxed);        // the CAS decides
  std::uint64_t half = 0;
  do {
    const auto length = word & length_mask;
    if (length == 0) {
      bottom_.store(split, std::memory_order_relaxed);  // own; nothing to publish
      return false;
    }
    half = (length + 1) / 2;
    // Relaxed: the items are the owner's own, and what it will write to them no thief may read,
    // because thieves claim by the same word.
  } while (!public_.compare_exchange_strong(word, word - half + one_version,
                                            std::memory_order_relaxed, std::memory_order_relaxed));
  guard_.store(split - static_cast<std::int64_t>(half), std::memory_order_relaxed);  // (L)
  return true;
}

}  // namespace jackdaw::detail
