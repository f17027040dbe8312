#include "workloads/uts_parameters.hpp"

#include <algorithm>  // find, find_if
#include <array>      // array
#include <charconv>   // to_chars
#include <stdexcept>  // invalid_argument

namespace jackdaw::workloads {
namespace {

constexpr NamedTree geometric(std::string_view name, TreeShape a, std::int32_t d, double b,
                              std::uint32_t r, Tally published) {
  return {name, {.t = TreeType::geometric, .a = a, .d = d, .b = b, .r = r}, published};
}

constexpr NamedTree binomial(std::string_view name, double q, std::int32_t m, std::uint32_t r,
                             Tally published) {
  return {name, {.t = TreeType::binomial, .b = 2000, .r = r, .q = q, .m = m}, published};
}

constexpr TreeParameters hybrid_t4{
    .t = TreeType::hybrid, .a = TreeShape::linear, .d = 16, .b = 6, .r = 1, .q = 0.234375, .m = 4};

// Tallies are nodes, leaves, depth.
constexpr std::array trees{
    geometric("T1", TreeShape::fixed, 10, 4, 19, {4'130'071, 3'305'118, 10}),
    geometric("T2", TreeShape::cyclic, 16, 6, 502, {4'117'769, 2'342'762, 81}),
    binomial("T3", 0.124875, 8, 42, {4'112'897, 3'599'034, 1572}),
    NamedTree{"T4", hybrid_t4, {4'132'453, 3'108'986, 134}},
    geometric("T5", TreeShape::linear, 20, 4, 34, {4'147'582, 2'181'318, 20}),
    geometric("T1L", TreeShape::fixed, 13, 4, 29, {102'181'082, 81'746'377, 13}),
    geometric("T2L", TreeShape::cyclic, 23, 7, 220, {96'793'510, 53'791'152, 67}),
    binomial("T3L", 0.200014, 5, 7, {111'345'631, 89'076'904, 17'844}),
    geometric("T1XL", TreeShape::fixed, 15, 4, 29, {1'635'119'272, 1'308'100'063, 15}),
    geometric("T1XXL", TreeShape::fixed, 15, 4, 19, {4'230'646'601, 3'384'495'738, 15}),
};

std::string text_of(double value) {
  std::array<char, 32> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

template <typename Value>
void check(char letter, Value value, Value low, Value high) {
  if (value >= low && value <= high) return;  // so that a NaN is refused
  std::string text, range;
  if constexpr (std::is_floating_point_v<Value>) {
    text = text_of(value);
    range = text_of(low) + " to " + text_of(high);
  } else {
    text = std::to_string(value);
    range = std::to_string(low) + " to " + std::to_string(high);
  }
  throw std::invalid_argument(std::string("-") + letter + " is " + text + ", but must be " + range);
}

}  // namespace

std::string_view name(TreeType type) noexcept {
  constexpr std::string_view names[] = {"binomial", "geometric", "hybrid"};
  return names[static_cast<std::size_t>(type)];
}

std::string_view name(TreeShape shape) noexcept {
  constexpr std::string_view names[] = {"linear", "exponential", "cyclic", "fixed"};
  return names[static_cast<std::size_t>(shape)];
}

std::string TreeParameters::text() const {
  std::string text = "-t " + std::to_string(static_cast<int>(t));
  if (is_geometric())
    text += " -a " + std::to_string(static_cast<int>(a)) + " -d " + std::to_string(d);
  text += " -b " + text_of(b) + " -r " + std::to_string(r);
  if (is_binomial()) text += " -q " + text_of(q) + " -m " + std::to_string(m);
  return text;
}

void TreeParameters::validate() const {
  const bool grows = is_geometric() && a == TreeShape::exponential;  // with depth, if b < 1
  check<double>('b', b, grows ? 1 : 1e-6, 1e9);
  if (is_geometric()) check<std::int32_t>('d', d, grows ? 2 : 1, 1'000'000);
  if (!is_binomial()) return;
  check<std::int32_t>('m', m, 0, 100);
  check<double>('q', q, 0, 1);
  // T3L is such a tree, and ends all the same, by luck: its seed is known.
  if (q * m >= 1 && find_tree(*this) == nullptr) {
    throw std::invalid_argument("-q " + text_of(q) + " times -m " + std::to_string(m) + " is " +
                                text_of(q * m) +
                                ", but must be below 1, or the tree is likely to have no end");
  }
}

bool is_same_tree(const TreeParameters& one, const TreeParameters& other) {
  return one.text() == other.text();
}

std::span<const NamedTree> named_trees() noexcept { return trees; }

const NamedTree& find_tree(std::string_view name) {
  const auto* found = std::find_if(trees.begin(), trees.end(),
                                   [&](const NamedTree& tree) { return tree.name == name; });
  if (found != trees.end()) return *found;
  std::string names;
  for (const NamedTree& tree : trees) names += (names.empty() ? "" : ", ") + std::string(tree.name);
  throw std::invalid_argument("there is no tree named \"" + std::string(name) +
                              "\"; choose one of " + names);
}

const NamedTree* find_tree(const TreeParameters& parameters) {
  const auto* found = std::find_if(trees.begin(), trees.end(), [&](const NamedTree& tree) {
    return is_same_tree(tree.parameters, parameters);
  });
  return found != trees.end() ? found : nullptr;
}

}  // namespace jackdaw::workloads
