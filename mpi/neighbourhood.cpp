#include "neighbourhood.hpp"

#include <algorithm>   // binary_search, rotate, sort, upper_bound
#include <cstdlib>     // getenv
#include <functional>  // hash
#include <iterator>    // back_inserter

#include "check.hpp"        // check
#include "group_ranks.hpp"  // ranks_of

namespace jackdaw::mpi {
namespace {

constexpr std::size_t most_of_a_switch = 256;

/// The ranks of `comm` whose colour is that of the caller, itself included, as `comm` numbers them,
/// ascending. Collective.
std::vector<int> ranks_like_me(MPI_Comm comm, int colour) {
  int rank = 0;
  check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  MPI_Comm same = MPI_COMM_NULL;
  check(MPI_Comm_split(comm, colour, rank, &same), "MPI_Comm_split");
  if (same == MPI_COMM_NULL) return {};
  auto ranks = ranks_of(same, comm);
  MPI_Comm_free(&same);
  return ranks;
}

bool contains(const std::vector<int>& sorted, int rank) {
  return std::binary_search(sorted.begin(), sorted.end(), rank);
}

/// Those of `from` that are neither in `known` nor `self`.
std::vector<int> others(const std::vector<int>& from, const std::vector<int>& known, int self) {
  std::vector<int> left;
  std::copy_if(from.begin(), from.end(), std::back_inserter(left),
               [&](int rank) { return rank != self && !contains(known, rank); });
  return left;
}

/// Those that come next after `self`, cyclically.
void keep_some(std::vector<int>& ranks, int self) {
  if (ranks.size() <= most_of_a_switch) return;
  std::rotate(ranks.begin(), std::upper_bound(ranks.begin(), ranks.end(), self), ranks.end());
  ranks.resize(most_of_a_switch);
  std::sort(ranks.begin(), ranks.end());
}

int colour_of(const std::string& name) {
  if (name.empty()) return MPI_UNDEFINED;
  return static_cast<int>(std::hash<std::string>{}(name)&0x7FFFFFFFU);
}

}  // namespace

topology::Tier Neighbourhood::tier_of(int other) const {
  using topology::Tier;
  if (contains(package, other)) return Tier::package;
  if (contains(machine, other)) return Tier::machine;
  return contains(network_switch, other) ? Tier::network_switch : Tier::cluster;
}

std::string switch_from_environment() {
  const char* text = std::getenv("SLURM_TOPOLOGY_ADDR");
  const std::string address = text == nullptr ? "" : text;
  const auto dot = address.rfind('.');
  return dot == std::string::npos ? "" : address.substr(0, dot);
}

Neighbourhood find_neighbourhood(MPI_Comm comm, const Address& mine) {
  Neighbourhood found;
  check(MPI_Comm_rank(comm, &found.rank), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &found.size), "MPI_Comm_size");
  MPI_Comm host = MPI_COMM_NULL;
  check(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, found.rank, MPI_INFO_NULL, &host),
        "MPI_Comm_split_type");
  const auto on_host = ranks_of(host, comm);
  std::vector<int> on_package;
  const int package = mine.package ? static_cast<int>(*mine.package) : MPI_UNDEFINED;
  for (const int index : ranks_like_me(host, package))
    on_package.push_back(on_host[static_cast<std::size_t>(index)]);
  MPI_Comm_free(&host);
  const auto on_switch = ranks_like_me(comm, colour_of(mine.network_switch));

  found.package = others(on_package, {}, found.rank);
  found.machine = others(on_host, on_package, found.rank);
  found.network_switch = others(on_switch, on_host, found.rank);
  keep_some(found.network_switch, found.rank);
  return found;
}

}  // namespace jackdaw::mpi
