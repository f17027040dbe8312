#pragma once
/// \file
/// What ranks say to each other as a whole: letters, and sums over all. MPI messages are one
/// network; a simulated world is another.

#include <cstddef>  // byte, size_t
#include <cstdint>  // int64_t, uint8_t, uint64_t
#include <span>     // span
#include <vector>   // vector

namespace jackdaw::mpi {

/// Sums over all ranks.
struct Totals {
  std::uint64_t created = 0;
  std::uint64_t finished = 0;
  friend bool operator==(const Totals&, const Totals&) = default;
};

/// What a letter is about.
enum class Mail : std::uint8_t {
  request,   ///< an operation on the receiver's memory; its answer is waited for
  answer,    ///< to a request
  add,       ///< an add to a word of the receiver, which nobody waits for
  lifeline,  ///< the sender has nothing to do, and would like to hear when the receiver has
  wake,      ///< the receiver said so, and the sender has
  want,      ///< the receiver holds the payloads of jobs that the sender has taken
  parcel,    ///< such a payload
  result,    ///< what a job returned or threw, for a future of the receiver
  place,     ///< a job for a future of the receiver has come to the sender
  wish,      ///< who waits for a future of the sender wants its job, which the receiver had, sooner
  stop,      ///< nobody starts a job any more
  save,      ///< a checkpoint is to be made: jobs are set aside instead of being started
  resume,    ///< it is given up: they are started after all
};

/// Bytes of a payload or a result in a letter, at most: MPI counts by int, and a head comes first.
inline constexpr std::size_t longest_letter = (std::size_t{1} << 31) - 64;

struct Letter {
  int from = 0;
  Mail about = Mail::request;
  std::vector<std::byte> body;
};

/// Not thread-safe: one caller at a time. Operations may throw mpi::Error.
class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;

  /// Never waits. Letters from one rank to another arrive in their order.
  virtual void send(int to, Mail about, std::span<const std::byte> body) = 0;
  /// False: there is none.
  [[nodiscard]] virtual bool receive(Letter& letter) = 0;
  /// Lets others run, while the caller waits for a letter.
  virtual void relax() = 0;

  /// One sum over all ranks at a time: begin, then ask until it is there.
  virtual void begin_sum(const Totals& mine) = 0;
  [[nodiscard]] virtual bool end_sum(Totals& all) = 0;

  /// Time that grows, ns.
  [[nodiscard]] virtual std::int64_t now() = 0;
};

}  // namespace jackdaw::mpi
