#include "manifest.hpp"

#include <algorithm>      // replace
#include <charconv>       // from_chars, to_chars
#include <cstdio>         // snprintf
#include <fstream>        // ifstream
#include <iterator>       // istreambuf_iterator
#include <string_view>    // string_view
#include <system_error>   // errc, error_code
#include <type_traits>    // is_floating_point_v
#include <unordered_set>  // unordered_set

#include "aside_file.hpp"          // AsideFile
#include "checksum.hpp"            // checksum_of
#include "jackdaw/checkpoint.hpp"  // CheckpointError

namespace jackdaw::mpi {
namespace {

constexpr std::string_view first_line = "jackdaw-checkpoint 1";

std::string hexadecimal(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

/// As from_chars reads it. std::to_string would follow the program's locale, and write commas.
std::string decimal(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// All but the last line, which has the checksum of this.
std::string text_of(const Manifest& manifest) {
  std::string text(first_line);
  const auto line = [&](const char* key, const std::string& value) {
    text += '\n';
    text += key;
    text += ' ';
    text += one_line(value);
  };
  line("run", hexadecimal(manifest.run));
  line("generation", std::to_string(manifest.generation));
  line("label", manifest.label);
  line("written", manifest.written);
  line("seconds", decimal(manifest.seconds));
  line("failed", std::to_string(manifest.failed));
  line("first-failure", manifest.first_failure);
  line("ranks", std::to_string(manifest.files.size()));
  for (const FileSummary& file : manifest.files) {
    line("file", std::to_string(file.bytes) + " bytes " + std::to_string(file.jobs) + " jobs " +
                     hexadecimal(file.checksum));
  }
  return text + '\n';
}

/// The lines of a manifest, from the front.
class Lines {
 public:
  Lines(const std::filesystem::path& path, std::string_view text) : path_(path), text_(text) {}

  [[noreturn]] void fail(const std::string& why) const {
    throw CheckpointError(path_, start_, why);
  }
  std::string_view take() {
    start_ = next_;
    const auto end = text_.find('\n', start_);
    if (end == std::string_view::npos) fail("the file ends here, within a line");
    next_ = end + 1;
    return text_.substr(start_, end - start_);
  }
  /// What follows the key. \throws if this is not the line of that key
  std::string_view take(std::string_view key) {
    const auto line = take();
    if (!line.starts_with(key) || line.size() == key.size() || line[key.size()] != ' ')
      fail("a line should begin here with '" + std::string(key) + "'");
    return line.substr(key.size() + 1);
  }
  /// Of what was taken last.
  [[nodiscard]] std::size_t offset_of(std::string_view taken) const noexcept {
    return static_cast<std::size_t>(taken.data() - text_.data());
  }
  template <typename T>
  T number(std::string_view text, int base = 10) const {
    T value{};
    const char* const last = text.data() + text.size();
    const auto [end, error] = [&] {
      if constexpr (std::is_floating_point_v<T>)
        return std::from_chars(text.data(), last, value);
      else
        return std::from_chars(text.data(), last, value, base);
    }();
    if (error != std::errc{} || end != last) fail("'" + std::string(text) + "' should be a number");
    return value;
  }
  template <typename T>
  T take_number(std::string_view key, int base = 10) {
    return number<T>(take(key), base);
  }
  [[nodiscard]] std::size_t next() const noexcept { return next_; }
  [[nodiscard]] bool at_end() const noexcept { return next_ == text_.size(); }

 private:
  const std::filesystem::path& path_;
  std::string_view text_;
  std::size_t start_ = 0, next_ = 0;
};

/// "123 bytes 4 jobs 0123456789abcdef"
FileSummary read_file_line(Lines& lines) {
  FileSummary file;
  const auto text = lines.take("file");
  const auto bytes = text.find(" bytes ");
  const auto jobs = text.find(" jobs ");
  if (bytes == std::string_view::npos || jobs == std::string_view::npos || jobs < bytes)
    lines.fail("the line of a file should be '<n> bytes <n> jobs <checksum>'");
  file.bytes = lines.number<std::uint64_t>(text.substr(0, bytes));
  file.jobs = lines.number<std::uint64_t>(text.substr(bytes + 7, jobs - bytes - 7));
  file.checksum = lines.number<std::uint64_t>(text.substr(jobs + 6), 16);
  return file;
}

Manifest parse(const std::filesystem::path& path, std::string_view text) {
  Lines lines(path, text);
  const auto title = lines.take();
  if (!title.starts_with("jackdaw-checkpoint ")) lines.fail("this is no manifest of a checkpoint");
  if (title != first_line)
    lines.fail("its format is version " + std::string(title.substr(title.find(' ') + 1)) +
               ", and this program reads 1");
  Manifest manifest;
  manifest.run = lines.take_number<std::uint64_t>("run", 16);
  manifest.generation = lines.take_number<std::uint64_t>("generation");
  const auto label = lines.take("label");
  manifest.label = label;
  manifest.label_at = lines.offset_of(label);
  manifest.written = lines.take("written");
  manifest.seconds = lines.take_number<double>("seconds");
  manifest.failed = lines.take_number<std::uint64_t>("failed");
  manifest.first_failure = lines.take("first-failure");
  for (auto ranks = lines.take_number<std::uint32_t>("ranks"); ranks > 0; --ranks)
    manifest.files.push_back(read_file_line(lines));
  const auto covered = text.substr(0, lines.next());
  const auto sum = lines.take_number<std::uint64_t>("checksum", 16);
  if (sum != checksum_of(std::as_bytes(std::span(covered))))
    lines.fail("the checksum of the manifest is wrong");
  if (!lines.at_end()) {
    throw CheckpointError(path, lines.next(), "there is something behind the end");
  }
  return manifest;
}

}  // namespace

std::uint64_t Manifest::jobs() const noexcept {
  std::uint64_t sum = 0;
  for (const FileSummary& file : files) sum += file.jobs;
  return sum;
}
std::uint64_t Manifest::bytes() const noexcept {
  std::uint64_t sum = 0;
  for (const FileSummary& file : files) sum += file.bytes;
  return sum;
}

std::filesystem::path manifest_path(const std::filesystem::path& directory) {
  return directory / "manifest";
}

void write_manifest(const std::filesystem::path& directory, const Manifest& manifest) {
  std::string text = text_of(manifest);
  text += "checksum " + hexadecimal(checksum_of(std::as_bytes(std::span(text)))) + '\n';
  AsideFile file(manifest_path(directory));
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

void publish(const std::filesystem::path& directory, const Manifest& manifest) {
  write_manifest(directory, manifest);
  remove_others(directory, &manifest);
}

std::optional<Manifest> read_manifest(const std::filesystem::path& directory) {
  const auto path = manifest_path(directory);
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw CheckpointError(path, 0, "the file cannot be opened");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw CheckpointError(path, text.size(), "cannot be read");
  return parse(path, text);
}

namespace {

bool is_of_rank(const std::string& name) {
  return name.starts_with("generation-") && name.find(".rank-") != std::string::npos;
}

}  // namespace

std::filesystem::path any_rank_file(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (is_of_rank(entry.path().filename().string()) && entry.path().extension() != ".part")
      return entry.path();
  }
  return {};
}

void remove_others(const std::filesystem::path& directory, const Manifest* kept) noexcept {
  try {
    std::unordered_set<std::string> names;
    for (std::uint32_t rank = 0; kept != nullptr && rank < kept->files.size(); ++rank)
      names.insert(rank_file_name(kept->generation, rank));
    std::vector<std::filesystem::path> doomed;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      const auto name = entry.path().filename().string();
      if (is_of_rank(name) && !names.contains(name)) doomed.push_back(entry.path());
    }
    std::error_code error;
    if (kept == nullptr) std::filesystem::remove(manifest_path(directory), error);  // first
    for (const auto& path : doomed) std::filesystem::remove(path, error);
  } catch (const std::exception&) {
    // They are in nobody's way.
  }
}

}  // namespace jackdaw::mpi
