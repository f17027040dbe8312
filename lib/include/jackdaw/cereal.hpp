#pragma once
/// \file
/// Payloads and results of any type that cereal can serialise: the containers of the standard
/// library, and structs with a `serialize` function. To be included before such a type is used.
/// jackdaw::pool does not need cereal; who includes this has its headers, or links cereal::cereal.

#include <cereal/cereal.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/bitset.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/valarray.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <concepts>     // default_initializable
#include <cstdint>      // uint64_t
#include <cstring>      // memcpy
#include <memory>       // addressof
#include <span>         // span
#include <stdexcept>    // runtime_error
#include <string>       // to_string
#include <type_traits>  // is_arithmetic_v, is_trivially_copyable_v

#include "jackdaw/codec.hpp"  // Bytes, Codec

namespace jackdaw::detail {

// Archives of our own, because cereal's binary ones go through streams, and believe any length that
// they read: broken bytes would make them ask for all memory.

class CerealWriter : public cereal::OutputArchive<CerealWriter, cereal::AllowEmptyClassElision> {
 public:
  explicit CerealWriter(Bytes& out) : OutputArchive(this), out_(out) {}
  void put(const void* data, std::size_t bytes) {
    const auto* first = static_cast<const std::byte*>(data);
    out_.insert(out_.end(), first, first + bytes);
  }

 private:
  Bytes& out_;
};

class CerealReader : public cereal::InputArchive<CerealReader, cereal::AllowEmptyClassElision> {
 public:
  explicit CerealReader(std::span<const std::byte> left) : InputArchive(this), left_(left) {}
  void get(void* room, std::size_t bytes) {
    if (bytes > left_.size()) {
      throw std::runtime_error("the bytes end too early: " + std::to_string(bytes) +
                               " more are expected, " + std::to_string(left_.size()) +
                               " are there");
    }
    if (bytes > 0) std::memcpy(room, left_.data(), bytes);
    left_ = left_.subspan(bytes);
  }
  /// So many elements are to follow. Each takes a byte at least, unless its class is empty.
  void expect(std::uint64_t elements) const {
    constexpr std::uint64_t most_empty = 1U << 20;
    if (elements > left_.size() && elements > most_empty) {
      throw std::runtime_error("a container of " + std::to_string(elements) +
                               " elements is announced, but " + std::to_string(left_.size()) +
                               " bytes are left");
    }
  }
  [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }

 private:
  std::span<const std::byte> left_;
};

// What cereal asks of an archive, found by its name.

template <typename T>
requires std::is_arithmetic_v<T>
void CEREAL_SAVE_FUNCTION_NAME(CerealWriter& writer, const T& value) {
  writer.put(std::addressof(value), sizeof value);
}
template <typename T>
requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(CerealReader& reader, T& value) {
  reader.get(std::addressof(value), sizeof value);
}
template <typename T>
void CEREAL_SAVE_FUNCTION_NAME(CerealWriter& writer, const cereal::BinaryData<T>& data) {
  writer.put(data.data, static_cast<std::size_t>(data.size));
}
template <typename T>
void CEREAL_LOAD_FUNCTION_NAME(CerealReader& reader, cereal::BinaryData<T>& data) {
  reader.get(data.data, static_cast<std::size_t>(data.size));
}
template <typename T>
void CEREAL_SAVE_FUNCTION_NAME(CerealWriter& writer, const cereal::SizeTag<T>& tag) {
  writer(tag.size);
}
template <typename T>
void CEREAL_LOAD_FUNCTION_NAME(CerealReader& reader, cereal::SizeTag<T>& tag) {
  reader(tag.size);
  reader.expect(tag.size);
}
template <typename T>
void CEREAL_SAVE_FUNCTION_NAME(CerealWriter& writer, const cereal::NameValuePair<T>& pair) {
  writer(pair.value);
}
template <typename T>
void CEREAL_LOAD_FUNCTION_NAME(CerealReader& reader, cereal::NameValuePair<T>& pair) {
  reader(pair.value);
}

}  // namespace jackdaw::detail

CEREAL_REGISTER_ARCHIVE(jackdaw::detail::CerealWriter)
CEREAL_REGISTER_ARCHIVE(jackdaw::detail::CerealReader)
CEREAL_SETUP_ARCHIVE_TRAITS(jackdaw::detail::CerealReader, jackdaw::detail::CerealWriter)

namespace jackdaw {

/// Every type that is not trivially copyable, as cereal writes it. A specialisation for one type
/// or one template comes before it.
template <typename T>
requires(!std::is_trivially_copyable_v<T>) struct Codec<T> {
  static_assert(std::default_initializable<T>,
                "cereal reads into a value that is there already, so the type needs a default "
                "constructor; or specialise jackdaw::Codec for it");

  static constexpr bool fixed = false;
  static void write(const T& value, Bytes& out) {
    detail::CerealWriter writer(out);
    writer(value);
  }
  /// \throws std::exception  these are not the bytes of one T
  static T read(std::span<const std::byte> bytes) {
    T value{};
    detail::CerealReader reader(bytes);
    reader(value);
    if (reader.left() != 0)
      throw std::runtime_error(std::to_string(reader.left()) + " bytes are left over");
    return value;
  }
};

}  // namespace jackdaw
