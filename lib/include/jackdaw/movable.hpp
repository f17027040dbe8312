#pragma once
/// \file
/// Jobs that may run on another rank: a function that every rank knows by name, and a payload of
/// bytes.

#include <cstddef>      // byte, size_t
#include <cstdint>      // uint32_t, uint64_t
#include <cstring>      // memcpy
#include <string_view>  // string_view
#include <type_traits>  // is_same_v, is_trivially_copyable_v, remove_cvref_t
#include <utility>      // forward

#include "jackdaw/priority.hpp"  // Priority

namespace jackdaw {
class JobContext;

namespace detail {

struct JobRecord;
struct JobStore;

inline constexpr std::size_t payload_bytes = 80;  ///< of a movable job, at most

/// A function whose jobs may move. One for each function, found in every rank by its id.
struct JobKind {
  std::string_view name;
  std::uint64_t id;             ///< FNV-1a of the name
  std::uint32_t payload_bytes;  ///< at most detail::payload_bytes
  void (*pack)(const JobRecord&, std::byte*) noexcept;
  JobRecord& (*unpack)(JobStore&, Priority, const std::byte*);
  const JobKind* next = nullptr;  ///< in the list of all kinds of this program
};

/// Puts `kind` on the list. Before main(), or while a shared object is loaded.
bool register_kind(JobKind& kind) noexcept;
/// The newest of all registered kinds; the others follow by `next`. Null: none.
[[nodiscard]] const JobKind* all_kinds() noexcept;
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// The function's name as the compiler writes it.
template <auto Function>
[[nodiscard]] constexpr std::string_view name_of_function() noexcept {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Function = ") + 11);
  return text.substr(0, text.find_first_of(";]"));
}

template <typename Function>
struct PayloadOf {
  static_assert(!sizeof(Function), "a movable job's function is void(JobContext&, const Payload&)");
};
template <typename P>
struct PayloadOf<void (*)(JobContext&, const P&)> {
  using type = P;
};

template <auto Function>
class MovableJob {
 public:
  using Payload = typename PayloadOf<decltype(Function)>::type;
  static_assert(std::is_trivially_copyable_v<Payload>,
                "the payload of a movable job must be trivially copyable: it travels as bytes");
  static_assert(sizeof(Payload) <= payload_bytes,
                "the payload of a movable job may have 80 bytes at most");

  template <typename... Args>
  requires(!(std::is_same_v<std::remove_cvref_t<Args>, MovableJob> ||
             ...)) explicit MovableJob(Args&&... args)
      : payload_{std::forward<Args>(args)...} {}
  void operator()(JobContext& job) const { Function(job, payload_); }

  [[nodiscard]] const Payload& payload() const noexcept { return payload_; }
  static JobKind kind;
  static const bool registered;

 private:
  Payload payload_;
};

/// The kind of a closure's type: null for those that do not move.
template <typename F>
inline constexpr const JobKind* kind_of = nullptr;
template <auto Function>
inline constexpr const JobKind* kind_of<MovableJob<Function>> = &MovableJob<Function>::kind;

}  // namespace detail
}  // namespace jackdaw
