#include "kinds.hpp"

#include <set>        // set
#include <stdexcept>  // runtime_error
#include <string>     // string, to_string

#include "broadcast.hpp"  // broadcast
#include "check.hpp"      // check
#include "complaint.hpp"  // first_complaint

namespace jackdaw::mpi {
namespace {

/// "name (payload, id)", without a line's end. Some compilers give several kinds one name.
std::set<std::string> described_kinds() {
  std::set<std::string> all;
  for (const auto* kind = detail::all_kinds(); kind != nullptr; kind = kind->next) {
    all.insert(std::string(kind->name) + " (" + std::to_string(kind->payload_bytes) +
               " bytes, id " + std::to_string(kind->id) + ")");
  }
  return all;
}

/// The list of rank 0, on every rank.
std::set<std::string> kinds_of_first(MPI_Comm comm, const std::set<std::string>& mine) {
  std::string text;
  for (const auto& line : mine) text += line + '\n';
  broadcast(comm, 0, text);
  std::set<std::string> all;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find('\n', start);
    all.insert(text.substr(start, end - start));
    start = end + 1;
  }
  return all;
}

/// What one of two lists has and the other has not; empty: they are the same.
std::string difference(const std::set<std::string>& mine, const std::set<std::string>& first,
                       int rank) {
  const std::string self = "rank " + std::to_string(rank);
  const std::string advice = "; all ranks must run the same program";
  for (const auto& kind : mine) {
    if (!first.contains(kind))
      return self + " has the job kind '" + kind + "', rank 0 has not" + advice;
  }
  for (const auto& kind : first) {
    if (!mine.contains(kind))
      return "rank 0 has the job kind '" + kind + "', " + self + " has not" + advice;
  }
  return {};
}

}  // namespace

Kinds::Kinds(MPI_Comm comm) {
  std::string problem;
  for (const auto* kind = detail::all_kinds(); kind != nullptr; kind = kind->next) {
    const auto [entry, fresh] = by_id_.emplace(kind->id, kind);
    if (fresh) continue;
    problem = "two job kinds have one id: " + std::string(entry->second->name) + ", " +
              std::string(kind->name) +
              "; rename one (an unnamed namespace does not tell them apart)";
  }
  int rank = 0;
  check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  const auto mine = described_kinds();
  const auto first = kinds_of_first(comm, mine);
  if (problem.empty()) problem = difference(mine, first, rank);
  problem = first_complaint(comm, problem);
  if (!problem.empty()) throw std::runtime_error(problem);
}

}  // namespace jackdaw::mpi
