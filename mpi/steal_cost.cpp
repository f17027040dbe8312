#include "jackdaw/steal_cost.hpp"

#include <algorithm>  // sort
#include <array>      // array
#include <optional>   // optional
#include <stdexcept>  // runtime_error

#include "check.hpp"        // check
#include "connection.hpp"   // Connection
#include "mpi_network.hpp"  // MpiNetwork
#include "shelf.hpp"        // Shelf, take_batch
#include "window.hpp"       // Window

namespace jackdaw {
namespace {

constexpr std::uint32_t batch = 64;  // jobs
constexpr std::size_t batch_bytes = batch * sizeof(PackedJob);
constexpr int batches = 7;  // of 64 that a full filling has
constexpr int ask_tag = 1, answer_tag = 2, end_tag = 3;

/// The operations themselves, on windows of their own.
class Bare {
 public:
  explicit Bare(MPI_Comm comm)
      : word_(comm, sizeof(std::uint64_t), sizeof(std::uint64_t)),
        memory_(comm, batches * batch_bytes, 1) {}
  void write(int value) { std::fill_n(memory_.base, batches * batch_bytes, std::byte(value)); }
  void add_then_get(int target, int at, std::vector<PackedJob>& room) const {
    const std::uint64_t one = 1;
    std::uint64_t old = 0;
    mpi::check(MPI_Fetch_and_op(&one, &old, MPI_UINT64_T, target, 0, MPI_SUM, word_.handle),
               "MPI_Fetch_and_op");
    mpi::check(MPI_Win_flush(target, word_.handle), "MPI_Win_flush");
    mpi::check(
        MPI_Get(room.data(), batch_bytes, MPI_BYTE, target, static_cast<MPI_Aint>(batch_bytes) * at,
                batch_bytes, MPI_BYTE, memory_.handle),
        "MPI_Get");
    mpi::check(MPI_Win_flush(target, memory_.handle), "MPI_Win_flush");
  }

 private:
  mpi::Window word_, memory_;
};

/// Two ranks, one of which steals from the other.
class Experiment {
 public:
  Experiment(Ranks& ranks, Transport transport)
      : comm_(ranks.comm()),
        thief_(ranks.size() - 1),
        network_(comm_),
        mailbox_(network_),
        connection_(comm_, mailbox_, transport),
        room_(batch) {
    mpi::check(MPI_Comm_dup(comm_, &trips_), "MPI_Comm_dup");
    if (!connection_.reach().letters) bare_.emplace(comm_);
  }
  Experiment(const Experiment&) = delete;
  Experiment& operator=(const Experiment&) = delete;
  ~Experiment() { MPI_Comm_free(&trips_); }

  [[nodiscard]] const mpi::Connection& connection() const noexcept { return connection_; }
  [[nodiscard]] bool by_windows() const noexcept { return bare_.has_value(); }

  /// On rank 0: shows a full shelf in each round, and answers until the thief has had enough.
  void be_victim(int rounds) {
    mpi::Shelf shelf(connection_.reach().to(thief_), batch);
    for (int round = 0; round < rounds; ++round) {
      auto jobs = shelf.room();
      while (jobs.empty()) {  // the last adds are still under way
        read_letters();
        jobs = shelf.room();
      }
      for (PackedJob& job : jobs) job.id = static_cast<std::uint64_t>(round);
      if (bare_) bare_->write(round);
      (void)shelf.open(static_cast<std::uint32_t>(jobs.size()));
      say(thief_, ask_tag);
      answer_until_the_end();
      (void)shelf.close();
    }
  }
  StealCost be_thief() {
    std::uint64_t word = 0;
    mpi::check(MPI_Recv(&word, 1, MPI_UINT64_T, 0, ask_tag, trips_, MPI_STATUS_IGNORE), "MPI_Recv");
    mpi::Fabric& fabric = connection_.reach().to(0);
    std::array<double, batches> steals{}, bares{}, trips{};
    for (int i = 0; i < batches; ++i) {
      const auto at = static_cast<std::size_t>(i);
      steals[at] = time_of([&] {
        const auto knock = mpi::take_batch(fabric, 0, batch, room_);
        if (knock.outcome != mpi::Knock::taken || room_.size() != batch)
          throw std::runtime_error("a full shelf gave something else than 64 jobs");
      });
      if (bare_) bares[at] = time_of([&] { bare_->add_then_get(0, i, room_); });
      trips[at] = time_of([&] { round_trip(); });
    }
    say(0, end_tag);
    return {median(steals), median(bares), median(trips)};
  }

 private:
  void say(int to, int tag) {
    const std::uint64_t word = 0;
    mpi::check(MPI_Send(&word, 1, MPI_UINT64_T, to, tag, trips_), "MPI_Send");
  }
  void round_trip() {
    say(0, ask_tag);
    mpi::check(
        MPI_Recv(room_.data(), batch_bytes, MPI_BYTE, 0, answer_tag, trips_, MPI_STATUS_IGNORE),
        "MPI_Recv");
  }
  void read_letters() {
    for (mpi::Letter letter; mailbox_.next(letter);)
      (void)connection_.reach().letters->accept(letter);
  }
  void answer_until_the_end() {
    for (;;) {
      read_letters();
      int there = 0;
      MPI_Status status;
      mpi::check(MPI_Iprobe(thief_, MPI_ANY_TAG, trips_, &there, &status), "MPI_Iprobe");
      if (there == 0) continue;
      std::uint64_t word = 0;
      mpi::check(MPI_Recv(&word, 1, MPI_UINT64_T, thief_, MPI_ANY_TAG, trips_, &status),
                 "MPI_Recv");
      if (status.MPI_TAG == end_tag) return;
      mpi::check(MPI_Send(room_.data(), batch_bytes, MPI_BYTE, thief_, answer_tag, trips_),
                 "MPI_Send");
    }
  }
  template <typename Function>
  double time_of(Function function) {
    const auto start = network_.now();
    function();
    return static_cast<double>(network_.now() - start);
  }
  static double median(std::array<double, batches>& values) {
    std::sort(values.begin(), values.end());
    return values[batches / 2];
  }

  MPI_Comm comm_, trips_ = MPI_COMM_NULL;
  int thief_;
  mpi::MpiNetwork network_;
  mpi::Mailbox mailbox_;
  mpi::Connection connection_;
  std::optional<Bare> bare_;
  std::vector<PackedJob> room_;
};

}  // namespace

StealCosts measure_steals(Ranks& ranks, Transport transport, int rounds) {
  if (ranks.size() < 2)
    throw std::runtime_error("a steal needs two ranks; start it with mpirun -n 2");
  Experiment experiment(ranks, transport);
  StealCosts costs{experiment.connection().description(), experiment.by_windows(), {}};
  if (ranks.rank() == 0) experiment.be_victim(rounds);
  if (ranks.rank() == ranks.size() - 1) {
    for (int round = 0; round < rounds; ++round) costs.rounds.push_back(experiment.be_thief());
  }
  mpi::check(MPI_Barrier(ranks.comm()), "MPI_Barrier");
  return costs;
}

}  // namespace jackdaw
