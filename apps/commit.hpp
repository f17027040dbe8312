#pragma once
/// \file
/// Which commit this was built of, as `git describe` has it: commit.cpp is written at each build.

namespace jackdaw::apps {

extern const char* const commit;  ///< "unknown" outside a clone

}  // namespace jackdaw::apps
