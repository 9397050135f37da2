#include "hunt/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace exhibit::hunt {
namespace {

constexpr std::string_view kFindingTag = "exhibit/finding/v0";
constexpr std::size_t kFindingIdBytes = 16;

void put_u64(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

void put_text(std::string& out, std::string_view text) {
  put_u64(out, text.size());
  out += text;
}

bool take_u64(std::string_view& in, std::uint64_t& value) {
  if (in.size() < 8) return false;
  value = 0;
  for (std::size_t i = 8; i > 0; --i) value = value << 8 | static_cast<unsigned char>(in[i - 1]);
  in.remove_prefix(8);
  return true;
}

bool take_text(std::string_view& in, std::string& text) {
  std::uint64_t size = 0;
  if (!take_u64(in, size) || in.size() < size) return false;
  text.assign(in.substr(0, size));
  in.remove_prefix(size);
  return true;
}

std::string finding_id(std::string_view rule_sha256, std::string_view source_sha256,
                       std::uint64_t record_index, bool slack) {
  std::string message(kFindingTag);
  message += '\0';
  message += rule_sha256;
  message += source_sha256;
  put_u64(message, record_index);
  message += slack ? '\1' : '\0';
  const seal::Digest digest = seal::sha256(as_bytes(message));
  return base::to_hex(Bytes(digest).first(kFindingIdBytes));
}

}  // namespace

SpoolFile::~SpoolFile() {
  if (file_ >= 0) ::close(file_);
}

Result<void> SpoolFile::move_to_file() {
  const char* folder = std::getenv("TMPDIR");
  file_ = ::open(folder != nullptr && *folder != '\0' ? folder : "/tmp",
                 O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) {
    // A file system without O_TMPFILE.
    std::string name = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") +
                       "/exhibit-spool-XXXXXX";
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ < 0)
      return fail(ErrorCode::io, "cannot make a temporary file for findings (set TMPDIR)",
                  kNoOffset, static_cast<std::uint32_t>(errno));
    ::unlink(name.c_str());
  }
  std::string waiting;
  waiting.swap(memory_);
  size_ = 0;
  std::string_view rest = waiting;
  while (!rest.empty()) {
    const ssize_t n = ::pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(size_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      return fail(ErrorCode::io, "cannot write findings to the temporary file (set TMPDIR)",
                  kNoOffset, static_cast<std::uint32_t>(errno));
    size_ += static_cast<std::uint64_t>(n);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::uint64_t> SpoolFile::append(std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t offset = size_;
  if (file_ < 0 && memory_.size() + bytes.size() <= kSpoolMemoryBytes) {
    memory_ += bytes;
    size_ += bytes.size();
    return offset;
  }
  if (file_ < 0) EXHIBIT_CHECK(move_to_file());
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      return fail(ErrorCode::io, "cannot write findings to the temporary file (set TMPDIR)",
                  kNoOffset, static_cast<std::uint32_t>(errno));
    size_ += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return offset;
}

Result<std::string> SpoolFile::read(std::uint64_t offset, std::size_t length) const {
  const std::scoped_lock lock(mutex_);
  if (file_ < 0) return memory_.substr(offset, length);
  std::string out(length, '\0');
  std::size_t done = 0;
  while (done < length) {
    const ssize_t n =
        ::pread(file_, out.data() + done, length - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      return fail(ErrorCode::io, "cannot read findings back from the temporary file", offset,
                  static_cast<std::uint32_t>(errno));
    done += static_cast<std::size_t>(n);
  }
  return out;
}

void append_spooled(std::string& out, const Finding& f) {
  for (const std::uint64_t number :
       {std::uint64_t{f.rule}, f.record_index, f.record_id, f.offset, std::uint64_t{f.length},
        std::uint64_t{f.slack}, std::bit_cast<std::uint64_t>(f.time), std::uint64_t{f.event_id}})
    put_u64(out, number);
  for (const std::string* text : {&f.host, &f.channel, &f.provider, &f.fields_json, &f.event_json})
    put_text(out, *text);
}

Result<Finding> take_spooled(std::string_view& in) {
  Finding f;
  std::array<std::uint64_t, 8> numbers{};
  for (std::uint64_t& number : numbers)
    if (!take_u64(in, number)) return fail(ErrorCode::malformed, "the findings spool is damaged");
  f.rule = static_cast<std::uint32_t>(numbers[0]);
  f.record_index = numbers[1];
  f.record_id = numbers[2];
  f.offset = numbers[3];
  f.length = static_cast<std::uint32_t>(numbers[4]);
  f.slack = numbers[5] != 0;
  f.time = std::bit_cast<event::Ticks>(numbers[6]);
  f.event_id = static_cast<std::uint32_t>(numbers[7]);
  for (std::string* text : {&f.host, &f.channel, &f.provider, &f.fields_json, &f.event_json})
    if (!take_text(in, *text)) return fail(ErrorCode::malformed, "the findings spool is damaged");
  return f;
}

HuntResult::HuntResult() : spool(std::make_unique<Spool>()) {}
HuntResult::~HuntResult() = default;
HuntResult::HuntResult(HuntResult&&) noexcept = default;
HuntResult& HuntResult::operator=(HuntResult&&) noexcept = default;

Result<void> HuntResult::for_each(const std::function<void(const Finding&)>& take) const {
  for (std::size_t source = 0; source < spool->extents.size(); ++source) {
    for (const Extent& extent : spool->extents[source]) {
      EXHIBIT_TRY(const std::string bytes, spool->file.read(extent.offset, extent.length));
      std::string_view rest = bytes;
      while (!rest.empty()) {
        EXHIBIT_TRY(Finding finding, take_spooled(rest));
        finding.source = static_cast<std::uint32_t>(source);
        finding.record_index += finding.slack ? extent.slack_base : extent.record_base;
        finding.id = finding_id(spool->rule_sha256[finding.rule], spool->source_sha256[source],
                                finding.record_index, finding.slack);
        take(finding);
      }
    }
  }
  return {};
}

}  // namespace exhibit::hunt
