#pragma once
/// \file
/// Jobs that may run on another rank: a function that every rank knows by name, and a payload of
/// bytes.

#include <cstddef>      // byte, size_t
#include <cstdint>      // uint32_t, uint64_t
#include <span>         // span
#include <string_view>  // string_view
#include <type_traits>  // is_same_v, remove_cvref_t
#include <utility>      // forward

#include "jackdaw/codec.hpp"             // Bytes, Codec
#include "jackdaw/detail/kind_note.hpp"  // KindNote
#include "jackdaw/packed_job.hpp"        // PackedJob

namespace jackdaw {
class JobContext;

namespace detail {

struct JobRecord;
struct JobStore;

/// A function whose jobs may move. One for each function, found in every rank by its id.
struct JobKind {
  std::string_view name;
  std::uint64_t id;             ///< FNV-1a of its mangled name; given when it is registered
  std::uint32_t payload_bytes;  ///< of each payload; 0: they differ
  /// Writes the payload into `packed`, or, if it is longer than the room there, into
  /// `long_payload`, which is empty otherwise. \throws what Codec::write throws
  void (*pack)(const JobRecord&, PackedJob& packed, Bytes& long_payload);
  /// Makes a job again. \throws what Codec::read throws; then there is none
  JobRecord& (*unpack)(JobStore&, const PackedJob& packed, std::span<const std::byte> payload);
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

/// The same, with the id that goes with a mangled name.
inline bool register_kind(JobKind& kind, std::string_view mangled) noexcept {
  kind.id = hash_of(mangled);
  return register_kind(kind);
}

/// The mangled name of this type has that of the function in it, template arguments and all.
template <auto Function>
struct FunctionTag {};

/// The function's name as the compiler writes it. Clang 14 leaves template arguments out, so it is
/// for people alone.
template <auto Function>
[[nodiscard]] constexpr std::string_view name_of_function() noexcept {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Function = ") + 11);
  return text.substr(0, text.find_first_of(";]"));
}

template <typename Function>
struct MovableFunction {
  static_assert(!sizeof(Function),
                "a movable job's function is Result(JobContext&, const Payload&)");
};
template <typename R, typename P>
struct MovableFunction<R (*)(JobContext&, const P&)> {
  using Payload = P;
  using Result = R;
};
template <typename R, typename P>
struct MovableFunction<R (*)(JobContext&, const P&) noexcept> {
  using Payload = P;
  using Result = R;
};

/// Moves a payload that is written to `bytes` into `packed`, if there is room for it.
/// \throws std::length_error  it has 4 GiB or more
void place_payload(PackedJob& packed, Bytes& bytes);

template <typename P>
void pack_payload(const P& payload, PackedJob& packed, Bytes& long_payload) {
  long_payload.clear();
  Codec<P>::write(payload, long_payload);
  place_payload(packed, long_payload);
}

/// The bytes that a payload is to be read from.
struct PackedPayload {
  std::span<const std::byte> bytes;
};

/// A movable job that nobody waits for: what it returns is dropped.
template <auto Function>
class MovableJob {
 public:
  using Payload = typename MovableFunction<decltype(Function)>::Payload;
  using Result = typename MovableFunction<decltype(Function)>::Result;

  template <typename... Args>
  requires(!(std::is_same_v<std::remove_cvref_t<Args>, MovableJob> ||
             ...)) explicit MovableJob(Args&&... args)
      : payload_{std::forward<Args>(args)...} {}
  /// A copy of a payload, and not a list of which that is the only element.
  template <typename P>
  requires std::is_same_v<std::remove_cvref_t<P>, Payload>
  explicit MovableJob(P&& payload) : payload_(std::forward<P>(payload)) {}
  explicit MovableJob(PackedPayload packed) : payload_(Codec<Payload>::read(packed.bytes)) {}

  void operator()(JobContext& job) const { (void)call(job); }
  Result call(JobContext& job) const { return Function(job, payload_); }

  [[nodiscard]] const Payload& payload() const noexcept { return payload_; }
  static JobKind kind;
  static inline constinit KindNote note{};
  static const bool registered;

 private:
  Payload payload_;
};

/// The kind of a closure's type: null for those that do not move.
template <typename F>
inline constexpr const JobKind* kind_of = nullptr;
template <auto Function>
inline constexpr const JobKind* kind_of<MovableJob<Function>> = &MovableJob<Function>::kind;
template <auto Function>
inline constexpr KindNote* note_of<MovableJob<Function>> = &MovableJob<Function>::note;
/// Whether its jobs may go on with another payload.
template <typename F>
inline constexpr bool may_yield = false;
template <auto Function>
inline constexpr bool may_yield<MovableJob<Function>> = true;
/// Whether a closure has a future, which must be told if it will never run.
template <typename F>
inline constexpr bool has_future = false;

}  // namespace detail
}  // namespace jackdaw
