#pragma once
/// \file
/// MPI return codes become exceptions, once, here.

#include <mpi.h>

#include <stdexcept>  // runtime_error
#include <string>     // string
#include <utility>    // move

namespace jackdaw::mpi {

/// An MPI call failed.
class Error : public std::runtime_error {
 public:
  Error(const std::string& call, int code, const std::string& cure = {})
      : std::runtime_error(call + ": " + text_of(code) + (cure.empty() ? "" : "; " + cure)),
        code_(code) {}
  explicit Error(const std::string& text) : std::runtime_error(text), code_(MPI_ERR_OTHER) {}
  [[nodiscard]] int code() const noexcept { return code_; }

 private:
  static std::string text_of(int code) {
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    MPI_Error_string(code, text, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  int code_;
};

/// \throws Error  `code` is not MPI_SUCCESS; `call` names the call, as in "MPI_Win_allocate", and
///                `cure` says what may help
inline void check(int code, const char* call, const char* cure = "") {
  if (code != MPI_SUCCESS) [[unlikely]]
    throw Error(call, code, cure);
}

}  // namespace jackdaw::mpi
