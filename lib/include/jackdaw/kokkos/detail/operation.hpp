#pragma once
/// \file
/// What a reduction or a scan does with partial results: begins, joins and finishes them.

#include <algorithm>    // copy_n
#include <cstddef>      // size_t
#include <memory>       // unique_ptr, make_unique
#include <type_traits>  // conditional_t, is_void_v
#include <utility>      // forward

namespace jackdaw::kokkos::detail {

// An index is of the policy's type, and functors take it as what they like.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

/// Calls a functor with its work tag before the arguments, if it has one.
template <typename Tag, typename Functor, typename... Args>
[[gnu::always_inline]] inline void call(const Functor& functor, Args&&... args) {
  if constexpr (std::is_void_v<Tag>) {
    functor(std::forward<Args>(args)...);
  } else {
    functor(Tag{}, std::forward<Args>(args)...);
  }
}

#pragma GCC diagnostic pop

/// init, join and final are members of a functor or reducer, after its tag if it has one; where one
/// is missing, a value begins as Value(), is joined by +=, and is left as it is.
/// \tparam array  the functor counts several values in `value_count`, and is called with a pointer
template <typename Functor, typename Tag, typename Value_, bool array>
class MemberOperation {
 public:
  using Value = Value_;
  using Reference = std::conditional_t<array, Value*, Value&>;
  static constexpr bool is_array = array;

  explicit MemberOperation(const Functor& functor) : functor_(&functor) {}

  [[nodiscard]] std::size_t count() const {
    if constexpr (array) {
      return static_cast<std::size_t>(functor_->value_count);
    } else {
      return 1;
    }
  }
  void init(Value* to) const {
    if constexpr (requires { functor_->init(tag(), whole(to)); }) {
      functor_->init(tag(), whole(to));
    } else if constexpr (requires { functor_->init(whole(to)); }) {
      functor_->init(whole(to));
    } else {
      for (std::size_t i = 0; i < count(); ++i) to[i] = Value();
    }
  }
  void join(Value* to, const Value* from) const {
    if constexpr (requires { functor_->join(tag(), whole(to), whole(from)); }) {
      functor_->join(tag(), whole(to), whole(from));
    } else if constexpr (requires { functor_->join(whole(to), whole(from)); }) {
      functor_->join(whole(to), whole(from));
    } else {
      for (std::size_t i = 0; i < count(); ++i) to[i] += from[i];
    }
  }
  void final([[maybe_unused]] Value* at) const {
    if constexpr (requires { functor_->final(tag(), whole(at)); }) {
      functor_->final(tag(), whole(at));
    } else if constexpr (requires { functor_->final(whole(at)); }) {
      functor_->final(whole(at));
    }
  }

 private:
  struct NoTag {};
  [[nodiscard]] static auto tag() {
    if constexpr (std::is_void_v<Tag>) {
      return NoTag{};
    } else {
      return Tag{};
    }
  }
  template <typename V>
  [[nodiscard]] static decltype(auto) whole(V* at) {
    if constexpr (array) {
      return at;
    } else {
      return static_cast<V&>(*at);
    }
  }

  const Functor* functor_;
};

/// One partial result: a value, or as many as the operation counts.
template <typename Operation, bool array = Operation::is_array>
class Partial {
 public:
  using Value = typename Operation::Value;

  explicit Partial(const Operation& operation) { operation.init(&value_); }
  [[nodiscard]] Value* data() noexcept { return &value_; }
  [[nodiscard]] const Value* data() const noexcept { return &value_; }
  [[nodiscard]] Value& whole() noexcept { return value_; }
  void copy_to(Value* to) const { *to = value_; }

 private:
  Value value_;
};

template <typename Operation>
class Partial<Operation, true> {
 public:
  using Value = typename Operation::Value;

  explicit Partial(const Operation& operation)
      : count_(operation.count()), values_(std::make_unique<Value[]>(count_)) {
    operation.init(values_.get());
  }
  Partial(const Partial& other) : count_(other.count_), values_(std::make_unique<Value[]>(count_)) {
    other.copy_to(values_.get());
  }
  Partial(Partial&&) noexcept = default;
  Partial& operator=(Partial&&) noexcept = default;
  Partial& operator=(const Partial&) = delete;
  ~Partial() = default;
  [[nodiscard]] Value* data() noexcept { return values_.get(); }
  [[nodiscard]] const Value* data() const noexcept { return values_.get(); }
  [[nodiscard]] Value* whole() noexcept { return values_.get(); }
  void copy_to(Value* to) const { std::copy_n(values_.get(), count_, to); }

 private:
  std::size_t count_;
  std::unique_ptr<Value[]> values_;
};

}  // namespace jackdaw::kokkos::detail
