#pragma once
/// \file
/// How a workload on ranks goes on from a checkpoint.

#include <functional>  // function

namespace jackdaw::workloads {

/// Collective. True: there was a checkpoint; its jobs are waiting for run(), and the reducers that
/// are kept have their values. Empty: the run makes no checkpoints.
using Resume = std::function<bool()>;

}  // namespace jackdaw::workloads
