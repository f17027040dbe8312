#pragma once
/// \file
/// Finds out how the ranks of a communicator can reach each other, and connects them.

#include <mpi.h>

#include <cstddef>  // size_t
#include <string>   // string

#include "jackdaw/config.hpp"  // Transport
#include "mailbox.hpp"         // Mailbox
#include "reach.hpp"           // Reach

namespace jackdaw::mpi {

/// Collective to make and to destroy. The ranks of a host get a window of their own, which is truly
/// one-sided almost everywhere. Ranks on several hosts get a window over all, if there can be one
/// and it works while its target computes; else messages, which are faster then.
class Connection {
 public:
  /// \param comm  lives longer, as does `mailbox`
  /// \throws Error        `wanted` cannot be had; on every rank
  /// \throws ConfigError  `wanted` differs between ranks; on every rank
  Connection(MPI_Comm comm, Mailbox& mailbox, Transport wanted);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] Reach& reach() noexcept { return reach_; }
  /// "windows on each host, messages between hosts (no window over all: ...)"; same on every rank.
  [[nodiscard]] const std::string& description() const noexcept { return description_; }
  /// Operations on other ranks wait until these call MPI.
  [[nodiscard]] bool needs_help() const noexcept { return needs_help_; }

 private:
  void connect_hosts(MPI_Comm comm);
  void connect_all(MPI_Comm comm, Transport wanted);
  void use_letters(Mailbox& mailbox, const std::string& why);
  void describe(const std::string& way, bool needs_help);

  MPI_Comm host_ = MPI_COMM_NULL;
  Reach reach_;
  bool one_host_ = false;
  bool needs_help_ = false;
  std::string why_no_window_;
  std::string description_;
};

}  // namespace jackdaw::mpi
