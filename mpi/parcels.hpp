#pragma once
/// \file
/// Payloads that do not fit into a packed job, and follow it: kept where the job was packed, until
/// whoever took the job asks for them.

#include <cstdint>        // uint64_t
#include <map>            // map
#include <stdexcept>      // length_error, runtime_error
#include <string>         // to_string
#include <unordered_map>  // unordered_map
#include <utility>        // move, pair

#include "jackdaw/work_source.hpp"  // Bytes, PackedJob, Parcels
#include "network.hpp"              // longest_letter

namespace jackdaw::mpi {

/// Those that this rank keeps for others.
class KeptParcels final : public Parcels {
 public:
  std::uint64_t keep(Bytes bytes) override {
    if (bytes.size() > longest_letter) throw std::length_error("a payload of 2 GiB stays");
    kept_.emplace(++last_, std::move(bytes));
    return last_;
  }
  /// \throws std::runtime_error  there is none of this number
  [[nodiscard]] Bytes take(std::uint64_t number) {
    auto found = kept_.extract(number);
    if (found.empty()) {
      throw std::runtime_error("there is no payload " + std::to_string(number) +
                               " here; do all ranks run one program?");
    }
    return std::move(found.mapped());
  }

 private:
  std::unordered_map<std::uint64_t, Bytes> kept_;
  std::uint64_t last_ = 0;
};

/// Jobs that came without their payloads.
class AwaitedParcels {
 public:
  void await(const PackedJob& job) { jobs_.emplace(std::pair(job.holder, job.parcel), job); }
  /// \throws std::runtime_error  nobody waits for it
  [[nodiscard]] PackedJob take(int from, std::uint64_t number) {
    auto found = jobs_.extract(std::pair(from, number));
    if (found.empty()) {
      throw std::runtime_error("rank " + std::to_string(from) +
                               " sends a payload that nobody waits for");
    }
    return found.mapped();
  }

 private:
  std::map<std::pair<int, std::uint64_t>, PackedJob> jobs_;
};

}  // namespace jackdaw::mpi
