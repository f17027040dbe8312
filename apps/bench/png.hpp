#pragma once
/// \file
/// Pictures of what a benchmark has computed.

#include <cstdint>  // uint8_t
#include <string>   // string
#include <vector>   // vector

namespace jackdaw::apps::bench {

/// Writes a PNG of `grey` values, row by row from the top.
/// \throws std::runtime_error  the file cannot be written, or this build has no libpng
void write_png(const std::string& path, unsigned width, const std::vector<std::uint8_t>& grey);

}  // namespace jackdaw::apps::bench
