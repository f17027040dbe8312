#include "rank_file.hpp"

#include <cstring>        // memcmp, memcpy
#include <fstream>        // ifstream
#include <unordered_map>  // unordered_map
#include <utility>        // move

#include "aside_file.hpp"          // AsideFile
#include "jackdaw/checkpoint.hpp"  // CheckpointError
#include "jackdaw/movable.hpp"     // JobKind

namespace jackdaw::mpi {
namespace {

constexpr char magic[8] = {'J', 'A', 'C', 'K', 'D', 'A', 'W', '\n'};
constexpr std::uint32_t version = 1;
constexpr std::uint32_t byte_order = 0x01020304;           // as this machine writes it
constexpr std::size_t block_bytes = std::size_t{1} << 20;  // about, unless one job has more

struct Head {
  char magic[8];
  std::uint32_t version, byte_order;
  RankFileHead whose;
  std::uint64_t jobs;
  std::uint64_t reserved;
  std::uint64_t checksum;  // of what precedes it
};
static_assert(sizeof(RankFileHead) == 24 && sizeof(Head) == 64);

enum class Tag : std::uint32_t { kinds = 1, values = 2, jobs = 3, end = 4 };

struct BlockHead {
  Tag tag;
  std::uint32_t reserved;
  std::uint64_t bytes;     // that follow
  std::uint64_t body_sum;  // of these
  std::uint64_t checksum;  // of what precedes it
};
static_assert(sizeof(BlockHead) == 32);

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}
/// Of a head, without its last number.
template <typename T>
std::uint64_t sum_of_head(const T& head) {
  return checksum_of(bytes_of(head).first(sizeof head - sizeof head.checksum));
}

// --- writing -------------------------------------------------------------------------------------

void put(Bytes& out, std::span<const std::byte> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void put(Bytes& out, std::uint64_t number) { put(out, bytes_of(number)); }
void put_counted(Bytes& out, std::span<const std::byte> bytes) {
  put(out, bytes.size());
  put(out, bytes);
}

void write_block(AsideFile& file, Tag tag, const Bytes& body) {
  BlockHead head{tag, 0, body.size(), checksum_of(body), 0};
  head.checksum = sum_of_head(head);
  file.write(bytes_of(head));
  file.write(body);
}

Bytes kinds_of(const std::vector<SavedJob>& jobs) {
  std::unordered_map<std::uint64_t, const detail::JobKind*> kinds;
  for (const SavedJob& job : jobs) kinds.emplace(job.kind->id, job.kind);
  Bytes body;
  for (const auto& [id, kind] : kinds) {
    put(body, id);
    put(body, kind->payload_bytes);
    put_counted(body, std::as_bytes(std::span(kind->name)));
  }
  return body;
}

void write_jobs(AsideFile& file, const std::vector<SavedJob>& jobs) {
  Bytes body;
  for (const SavedJob& saved : jobs) {
    PackedJob job = saved.job;
    job.holder = 0;  // means nothing to another run
    job.parcel = 0;
    put(body, bytes_of(job));
    if (job.is_long()) put(body, saved.long_payload);
    if (body.size() < block_bytes) continue;
    write_block(file, Tag::jobs, body);
    body.clear();
  }
  if (!body.empty()) write_block(file, Tag::jobs, body);
}

// --- reading -------------------------------------------------------------------------------------

/// The body of a block, from the front.
class Body {
 public:
  Body(const std::filesystem::path& path, std::uint64_t offset, const Bytes& bytes)
      : path_(path), offset_(offset), bytes_(bytes) {}
  [[nodiscard]] bool is_empty() const noexcept { return at_ == bytes_.size(); }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_ + at_; }
  std::span<const std::byte> take(std::uint64_t count) {
    if (count > bytes_.size() - at_) fail("its block ends within a record");
    at_ += count;
    return std::span(bytes_).subspan(at_ - count, count);
  }
  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::span<const std::byte> take_counted() { return take(take<std::uint64_t>()); }
  [[noreturn]] void fail(const std::string& why) const {
    throw CheckpointError(path_, offset(), why);
  }

 private:
  const std::filesystem::path& path_;
  std::uint64_t offset_;
  const Bytes& bytes_;
  std::size_t at_ = 0;
};

class Reader {
 public:
  Reader(const std::filesystem::path& path, const FileSummary& summary, const FindKind& find_kind)
      : path_(path), summary_(summary), find_kind_(find_kind), file_(path, std::ios::binary) {
    if (!file_) fail("the file is missing, or cannot be opened");
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (error) fail("its size cannot be read: " + error.message());
    if (bytes < summary.bytes) {
      offset_ = bytes;
      fail("the file ends here, but " + std::to_string(summary.bytes) + " bytes were written");
    }
    if (bytes > summary.bytes) {
      offset_ = summary.bytes;
      fail("the file should end here, but has " + std::to_string(bytes) + " bytes");
    }
  }

  RankContents read(const RankFileHead& expected) {
    read_head(expected);
    while (read_block()) {
    }
    if (offset_ != summary_.bytes) fail("there is something behind the end");
    if (contents_.jobs.size() != summary_.jobs)
      fail("it has " + std::to_string(contents_.jobs.size()) + " jobs, but the manifest says " +
           std::to_string(summary_.jobs));
    if (sum_.value() != summary_.checksum)
      fail("it is whole, but not the file that the manifest means: its checksum is another");
    return std::move(contents_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw CheckpointError(path_, offset_, why);
  }

  void get(void* to, std::uint64_t bytes) {
    if (bytes > summary_.bytes - offset_) fail("the file ends within what begins here");
    if (!file_.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes)))
      fail("cannot be read");
    sum_.add(std::span(static_cast<const std::byte*>(to), bytes));
  }

  void read_head(const RankFileHead& expected) {
    Head head{};
    get(&head, sizeof head);
    if (std::memcmp(head.magic, magic, sizeof magic) != 0) fail("this is no file of a checkpoint");
    if (head.byte_order != byte_order) fail("it was written by a machine of another byte order");
    if (head.version != version)
      fail("its format is version " + std::to_string(head.version) + ", and this program reads " +
           std::to_string(version));
    if (head.checksum != sum_of_head(head)) fail("the checksum of its head is wrong");
    const RankFileHead& whose = head.whose;
    if (whose.run != expected.run) fail("it belongs to another run");
    if (whose.generation != expected.generation)
      fail("it belongs to generation " + std::to_string(whose.generation) +
           ", and the manifest is of generation " + std::to_string(expected.generation));
    if (whose.rank != expected.rank || whose.ranks != expected.ranks)
      fail("it is that of rank " + std::to_string(whose.rank) + " of " +
           std::to_string(whose.ranks) + ", not of rank " + std::to_string(expected.rank) + " of " +
           std::to_string(expected.ranks));
    offset_ = sizeof head;
  }

  /// False: it was the last.
  bool read_block() {
    BlockHead head{};
    get(&head, sizeof head);
    if (head.checksum != sum_of_head(head)) fail("the checksum of a block's head is wrong");
    if (head.bytes > summary_.bytes - offset_ - sizeof head)
      fail("a block of " + std::to_string(head.bytes) +
           " bytes begins here, and ends behind the end");
    offset_ += sizeof head;
    if (head.tag == Tag::values) contents_.values_at = offset_;
    Bytes bytes(head.bytes);
    get(bytes.data(), bytes.size());
    if (checksum_of(bytes) != head.body_sum) fail("the checksum of a block is wrong");
    Body body(path_, offset_, bytes);
    while (!body.is_empty()) read_record(head.tag, body);
    offset_ += bytes.size();
    return head.tag != Tag::end;
  }

  void read_record(Tag tag, Body& body) {
    switch (tag) {
      case Tag::kinds: return read_kind(body);
      case Tag::values: return read_value(body);
      case Tag::jobs: return read_job(body);
      case Tag::end: break;
    }
    body.fail("a block of a kind that is not known");
  }

  void read_kind(Body& body) {
    const auto id = body.take<std::uint64_t>();
    const auto bytes = body.take<std::uint64_t>();
    const auto text = body.take_counted();
    const std::string name(reinterpret_cast<const char*>(text.data()), text.size());
    const auto* kind = find_kind_(id);
    if (kind == nullptr || kind->name != name)
      body.fail("it has jobs of the kind '" + name + "', which this program has not");
    if (kind->payload_bytes != bytes)
      body.fail("the payload of '" + name + "' has " + std::to_string(bytes) +
                " bytes there, and " + std::to_string(kind->payload_bytes) + " in this program");
    kinds_.emplace(id, kind);
  }
  void read_value(Body& body) {
    const auto at = body.offset();
    const auto name = body.take_counted();
    const auto value = body.take_counted();
    contents_.values.push_back(
        {std::string(reinterpret_cast<const char*>(name.data()), name.size()),
         Bytes(value.begin(), value.end()), at});
  }
  void read_job(Body& body) {
    SavedJob saved{.job = body.take<PackedJob>()};
    const auto kind = kinds_.find(saved.job.kind);
    if (kind == kinds_.end()) body.fail("a job of a kind that the file does not name");
    saved.kind = kind->second;
    if (saved.job.is_long()) {
      const auto payload = body.take(saved.job.payload_size);
      saved.long_payload.assign(payload.begin(), payload.end());
    }
    contents_.jobs.push_back(std::move(saved));
  }

  const std::filesystem::path& path_;
  const FileSummary& summary_;
  const FindKind& find_kind_;
  std::ifstream file_;
  std::uint64_t offset_ = 0;
  Checksum sum_;
  std::unordered_map<std::uint64_t, const detail::JobKind*> kinds_;
  RankContents contents_;
};

}  // namespace

std::string rank_file_name(std::uint64_t generation, std::uint32_t rank) {
  return "generation-" + std::to_string(generation) + ".rank-" + std::to_string(rank);
}

FileSummary write_rank_file(const std::filesystem::path& path, const RankFileHead& head,
                            const RankContents& contents) {
  AsideFile file(path);
  Head first{{}, version, byte_order, head, contents.jobs.size(), 0, 0};
  std::memcpy(first.magic, magic, sizeof magic);
  first.checksum = sum_of_head(first);
  file.write(bytes_of(first));
  write_block(file, Tag::kinds, kinds_of(contents.jobs));
  Bytes values;
  for (const KeptValue& value : contents.values) {
    put_counted(values, std::as_bytes(std::span(value.name)));
    put_counted(values, value.bytes);
  }
  write_block(file, Tag::values, values);
  write_jobs(file, contents.jobs);
  write_block(file, Tag::end, {});
  file.commit();
  return {file.bytes(), contents.jobs.size(), file.checksum()};
}

RankContents read_rank_file(const std::filesystem::path& path, const RankFileHead& expected,
                            const FileSummary& summary, const FindKind& find_kind) {
  return Reader(path, summary, find_kind).read(expected);
}

}  // namespace jackdaw::mpi
