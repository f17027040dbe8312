#pragma once
/// \file
/// The fabrics by which a rank reaches the others, nearest first.

#include <memory>  // unique_ptr
#include <vector>  // vector

#include "fabric.hpp"          // Fabric
#include "message_fabric.hpp"  // MessageFabric

namespace jackdaw::mpi {

/// One of `far` and `letters` reaches all ranks, unless `near` does.
struct Reach {
  std::unique_ptr<Fabric> near;            ///< of the ranks of this host
  std::unique_ptr<Fabric> far;             ///< of all ranks
  std::unique_ptr<MessageFabric> letters;  ///< of all ranks

  [[nodiscard]] std::vector<Fabric*> all() const {
    std::vector<Fabric*> fabrics;
    for (Fabric* fabric : {near.get(), far.get(), static_cast<Fabric*>(letters.get())}) {
      if (fabric != nullptr) fabrics.push_back(fabric);
    }
    return fabrics;
  }
  /// The nearest that reaches `rank`.
  [[nodiscard]] Fabric& to(int rank) const {
    if (near && near->reaches(rank)) return *near;
    return far ? *far : *letters;
  }
};

}  // namespace jackdaw::mpi
