#include "connection.hpp"

#include "agree.hpp"          // must_agree
#include "check.hpp"          // check, Error
#include "shelf.hpp"          // shelf_bytes
#include "window_fabric.hpp"  // WindowFabric

namespace jackdaw::mpi {
namespace {

/// True on every rank if it is true on all.
bool on_all(MPI_Comm comm, bool mine) {
  int all = mine ? 1 : 0;
  check(MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_MIN, comm), "MPI_Allreduce");
  return all != 0;
}

int size_of(MPI_Comm comm) {
  int size = 0;
  check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  return size;
}

}  // namespace

Connection::Connection(MPI_Comm comm, Mailbox& mailbox, Transport wanted) {
  must_agree(comm, "fabric", static_cast<std::uint64_t>(wanted),
             [](std::uint64_t value) { return std::string(name(static_cast<Transport>(value))); });
  const int ranks = size_of(comm);
  if (ranks == 1) {
    description_ = "one rank";
    return;
  }
  if (wanted == Transport::messages) {
    use_letters(mailbox, "as asked");
    return;
  }
  connect_hosts(comm);
  if (!one_host_) connect_all(comm, wanted);
  if (!one_host_ && !reach_.far) use_letters(mailbox, why_no_window_);
}

Connection::~Connection() {
  reach_ = {};
  if (host_ != MPI_COMM_NULL) MPI_Comm_free(&host_);
}

/// A window for each host that has several ranks.
void Connection::connect_hosts(MPI_Comm comm) {
  int rank = 0;
  check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  check(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &host_),
        "MPI_Comm_split_type");
  check(MPI_Comm_set_errhandler(host_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  one_host_ = on_all(comm, size_of(host_) == size_of(comm));
  std::string error;
  bool helped = false;
  if (size_of(host_) > 1) {
    try {
      auto windows = std::make_unique<WindowFabric>(comm, host_, shelf_bytes);
      helped = windows->needs_help();
      reach_.near = std::move(windows);
    } catch (const Error& problem) {
      error = problem.what();
    }
  }
  if (!on_all(comm, error.empty())) {
    reach_.near.reset();
    one_host_ = false;
    why_no_window_ = error.substr(0, error.find(';'));
    return;
  }
  if (!on_all(comm, size_of(host_) == 1)) describe("windows on each host", !on_all(comm, !helped));
}

void Connection::connect_all(MPI_Comm comm, Transport wanted) {
  std::string error;
  std::unique_ptr<WindowFabric> windows;
  try {
    windows = std::make_unique<WindowFabric>(comm, comm, shelf_bytes);
  } catch (const Error& problem) {
    error = problem.what();
  }
  const bool have = on_all(comm, windows != nullptr);
  if (!have && wanted == Transport::windows)
    throw Error(error.empty() ? "another rank has no window over all ranks" : error);
  if (!have) {
    // Without the cure: there is no need of one.
    why_no_window_ = "no window over all ranks: " + error.substr(0, error.find(';'));
    return;
  }
  const bool helped = windows->needs_help();
  if (helped && wanted == Transport::automatic) {
    why_no_window_ = "windows between them would wait for their target, and cost more";
    return;
  }
  describe("windows between hosts", helped);
  reach_.far = std::move(windows);
}

void Connection::use_letters(Mailbox& mailbox, const std::string& why) {
  reach_.letters = std::make_unique<MessageFabric>(mailbox, shelf_bytes);
  const std::string way = reach_.near ? "messages between hosts" : "messages";
  describe(why.empty() ? way : way + " (" + why + ")", true);
}

void Connection::describe(const std::string& way, bool needs_help) {
  description_ += (description_.empty() ? "" : ", ") + way;
  if (needs_help) description_ += ", which need the target's help";
  needs_help_ = needs_help_ || needs_help;
}

}  // namespace jackdaw::mpi
