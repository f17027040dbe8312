#include "bench/png.hpp"

#include <fmt/format.h>

#include <stdexcept>  // runtime_error

#if defined(JACKDAW_HAS_PNG)
#include <png.h>
#endif

namespace jackdaw::apps::bench {

void write_png(const std::string& path, [[maybe_unused]] unsigned width,
               [[maybe_unused]] const std::vector<std::uint8_t>& grey) {
#if defined(JACKDAW_HAS_PNG)
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_GRAY;
  image.width = width;
  image.height = static_cast<png_uint_32>(grey.size() / width);
  if (png_image_write_to_file(&image, path.c_str(), 0, grey.data(), 0, nullptr) == 0)
    throw std::runtime_error(fmt::format("cannot write {}: {}", path, image.message));
#else
  throw std::runtime_error(
      fmt::format("cannot write {}: this jackdaw was built without libpng", path));
#endif
}

}  // namespace jackdaw::apps::bench
