/// A tool library, as Kokkos loads it by its name: writes down what it hears.

#include <cstdint>
#include <mutex>
#include <string>

namespace {
std::mutex mutex;
std::string heard;  // NOLINT: tools are functions, not objects

void note(const std::string& line) {
  const std::lock_guard hold(mutex);
  heard += line + '\n';
}
}  // namespace

extern "C" {
void kokkosp_push_profile_region(const char* name);
void kokkosp_pop_profile_region();
void kokkosp_begin_parallel_for(const char* name, std::uint32_t device, std::uint64_t* kernel);
void kokkosp_end_parallel_for(std::uint64_t kernel);
const char* jackdaw_tool_heard();

void kokkosp_push_profile_region(const char* name) { note(std::string("region ") + name); }
void kokkosp_pop_profile_region() { note("end of region"); }
void kokkosp_begin_parallel_for(const char* name, std::uint32_t, std::uint64_t* kernel) {
  *kernel = 17;
  note(std::string("kernel ") + name);
}
void kokkosp_end_parallel_for(std::uint64_t kernel) {
  note("end of kernel " + std::to_string(kernel));
}

/// All of it so far, a line each; valid until more is heard.
const char* jackdaw_tool_heard() {
  const std::lock_guard hold(mutex);
  return heard.c_str();
}
}
