#pragma once
/// \file
/// A job that runs on past its time.

#include <chrono>   // nanoseconds
#include <cstdint>  // uint64_t
#include <string>   // string

namespace jackdaw {

struct Overstay {
  std::uint64_t job = 0;             ///< JobRef::id()
  std::string name;                  ///< of the job, or else its kind
  std::string kind;                  ///< its function, if that can move; else empty
  int rank = 0;                      ///< where it runs
  unsigned worker = 0;               ///< which began it
  std::chrono::nanoseconds limit{};  ///< what it might run; zero: it has a deadline only
  std::chrono::nanoseconds past{};   ///< by how much it is past its limit or its deadline
};

/// One sentence.
[[nodiscard]] std::string describe(const Overstay& overstay);

}  // namespace jackdaw
