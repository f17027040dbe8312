#include "jackdaw/codec.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "jackdaw/cereal.hpp"

namespace jackdaw {
namespace {

template <typename T>
Bytes written(const T& value) {
  Bytes bytes;
  Codec<T>::write(value, bytes);
  return bytes;
}
template <typename T>
T there_and_back(const T& value) {
  return Codec<T>::read(written(value));
}

/// No default constructor: none is needed for what travels as its bytes.
struct Point {
  Point(double first, double second) : x(first), y(second) {}
  double x, y;
};

struct Molecule {
  std::string name;
  std::vector<Point*> unused_by_serialize;
  std::map<std::string, std::vector<double>> parts;
  std::optional<int> charge;

  template <typename Archive>
  void serialize(Archive& archive) {
    archive(name, parts, charge);
  }
};

TEST(Codec, ATriviallyCopyableTypeTravelsAsItsBytes) {
  EXPECT_TRUE(Codec<Point>::fixed);
  EXPECT_EQ(written(Point{1, 2}).size(), sizeof(Point));
  const Point back = there_and_back(Point{1.5, -2});
  EXPECT_EQ(back.x, 1.5);
  EXPECT_EQ(back.y, -2);
}

TEST(Codec, WritingAppends) {
  Bytes bytes(3, std::byte{7});
  Codec<int>::write(42, bytes);
  Codec<std::string>::write("abc", bytes);
  EXPECT_EQ(bytes.size(), 3 + sizeof(int) + 8 + 3);
  EXPECT_EQ(bytes[2], std::byte{7});
}

TEST(Codec, TooFewOrTooManyBytesAreRefused) {
  EXPECT_THROW((void)Codec<Point>::read(Bytes(sizeof(Point) - 1)), std::runtime_error);
  EXPECT_THROW((void)Codec<Point>::read(Bytes(sizeof(Point) + 1)), std::runtime_error);
  EXPECT_THROW((void)Codec<Point>::read({}), std::runtime_error);
  Bytes bytes = written(std::string("some words"));
  bytes.push_back(std::byte{0});
  EXPECT_THROW((void)Codec<std::string>::read(bytes), std::runtime_error);
  for (std::size_t size = 0; size + 1 < bytes.size(); ++size) {
    EXPECT_THROW((void)Codec<std::string>::read(std::span(bytes).first(size)), std::runtime_error);
  }
}

TEST(Codec, CerealWritesTheRest) {
  EXPECT_FALSE(Codec<std::string>::fixed);
  EXPECT_EQ(there_and_back(std::string()), "");
  EXPECT_EQ(there_and_back(std::string(3'000'000, 'x')), std::string(3'000'000, 'x'));
  const std::vector<std::string> words{"", "one", std::string(1000, 'y')};
  EXPECT_EQ(there_and_back(words), words);
  const std::map<int, std::vector<double>> numbers{{1, {}}, {-5, {0.5, 1e300}}};
  EXPECT_EQ(there_and_back(numbers), numbers);
  const std::tuple<std::variant<int, std::string>, std::optional<std::string>> odd{"text", "there"};
  EXPECT_EQ(there_and_back(odd), odd);
  Bytes bytes;
  Codec<std::unique_ptr<int>>::write(std::make_unique<int>(9), bytes);
  EXPECT_EQ(*Codec<std::unique_ptr<int>>::read(bytes), 9);

  const Molecule back = there_and_back(Molecule{"water", {nullptr}, {{"H", {1, 2}}}, -1});
  EXPECT_EQ(back.name, "water");
  EXPECT_TRUE(back.unused_by_serialize.empty());
  EXPECT_EQ(back.parts.at("H"), (std::vector<double>{1, 2}));
  EXPECT_EQ(back.charge, -1);
}

/// A length of 2^40 is not believed: asking for so much memory could end the process.
TEST(Codec, ABrokenLengthIsRefusedBeforeMemoryIsAskedFor) {
  Bytes bytes = written(std::vector<double>{1, 2, 3});
  bytes[5] = std::byte{1};
  try {
    (void)Codec<std::vector<double>>::read(bytes);
    ADD_FAILURE() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("1099511627779 elements"), std::string::npos)
        << error.what();
  }
}

TEST(Codec, ElementsThatTakeNoBytesAreNoError) {
  const std::vector<std::tuple<>> none(1000);
  EXPECT_EQ(there_and_back(none).size(), 1000u);
}

}  // namespace

/// A type of the program's own.
struct Celsius {
  double degrees;
  ~Celsius() {}  // not trivially copyable
};
template <>
struct Codec<Celsius> {
  static constexpr bool fixed = false;
  static void write(const Celsius& value, Bytes& out) {
    out.push_back(static_cast<std::byte>(static_cast<int>(value.degrees)));
  }
  static Celsius read(std::span<const std::byte> bytes) {
    return {static_cast<double>(std::to_integer<int>(bytes.front()))};
  }
};

namespace {

TEST(Codec, ASpecialisationComesFirst) {
  EXPECT_EQ(written(Celsius{21.5}).size(), 1u);
  EXPECT_EQ(there_and_back(Celsius{21.5}).degrees, 21);
}

}  // namespace
}  // namespace jackdaw
