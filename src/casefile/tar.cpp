#include "casefile/tar.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace exhibit::casefile::tar {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameMax = 100;
constexpr std::uint64_t kSizeMax = std::uint64_t{1} << 33;  // eleven octal digits
constexpr std::uint64_t kPaxSizeMax = 64 << 10;
using Block = std::array<char, kBlock>;

// POSIX.1-2008, pax interchange format, ustar header block: offsets of the fields used here.
constexpr std::size_t kMode = 100, kUid = 108, kGid = 116, kSize = 124, kTime = 136, kSum = 148,
                      kType = 156, kMagic = 257, kVersion = 263;

void octal(Block& block, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 3)
    block[at + i] = static_cast<char>('0' + (value & 7));
}

std::uint64_t checksum(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i)
    sum += i >= kSum && i < kSum + 8 ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
  return sum;
}

Block header(std::string_view name, std::uint64_t size, char type) {
  Block block{};
  std::ranges::copy(name.substr(0, kNameMax), block.begin());
  octal(block, kMode, 7, 0644);
  octal(block, kUid, 7, 0);
  octal(block, kGid, 7, 0);
  octal(block, kSize, 11, size);
  octal(block, kTime, 11, 0);
  block[kType] = type;
  std::memcpy(block.data() + kMagic, "ustar", 6);
  std::memcpy(block.data() + kVersion, "00", 2);
  octal(block, kSum, 6, checksum(block));
  block[kSum + 7] = ' ';
  return block;
}

// "<length> <key>=<value>\n", where the length counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return std::to_string(length) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
}

Bytes bytes_of(const Block& block) { return std::as_bytes(std::span(block)); }

// Nothing that leads out: plain components, none empty, none a dot or two.
bool is_safe(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos) return false;
  while (!name.empty()) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
  return false;
}

struct Entry {
  std::string name;
  std::uint64_t size = 0;
  char type = '0';
};

std::optional<std::uint64_t> read_octal(const Block& block, std::size_t at, std::size_t digits) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = block[at + i];
    if (c < '0' || c > '7') return std::nullopt;
    out = out << 3 | static_cast<std::uint64_t>(c - '0');
  }
  return out;
}

Result<Entry> parse_header(const Block& block) {
  Entry out;
  out.type = block[kType];
  const auto size = read_octal(block, kSize, 11);
  if (!size || (out.type != '0' && out.type != 'x'))
    return fail(ErrorCode::unsupported, "not a tar of the form that a handover has");
  out.size = *size;
  out.name = std::string(block.data(), ::strnlen(block.data(), kNameMax));
  // One form: whatever else stands in the header makes another checksum or another block.
  if (header(out.name, out.size, out.type) != block)
    return fail(ErrorCode::malformed, "a tar header is not in the form that a handover has");
  return out;
}

Result<void> parse_pax(std::string_view text, std::string& name,
                       std::optional<std::uint64_t>& size) {
  const auto broken = [] { return fail(ErrorCode::malformed, "a pax header is broken"); };
  while (!text.empty()) {
    std::size_t length = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
    if (parsed.ec != std::errc{} || length > text.size() || length == 0) return broken();
    const std::string_view record = text.substr(0, length);
    const std::size_t space = record.find(' ');
    const std::size_t equals = record.find('=');
    if (space == std::string_view::npos || equals == std::string_view::npos || equals < space ||
        !record.ends_with('\n'))
      return broken();
    const std::string_view key = record.substr(space + 1, equals - space - 1);
    const std::string_view value = record.substr(equals + 1, record.size() - equals - 2);
    if (key == "path") {
      name = value;
    } else if (key == "size") {
      std::uint64_t number = 0;
      const auto digits = std::from_chars(value.data(), value.data() + value.size(), number);
      if (digits.ec != std::errc{} || digits.ptr != value.data() + value.size()) return broken();
      size = number;
    } else {
      return broken();
    }
    text.remove_prefix(length);
  }
  return {};
}

/// Takes a tar apart as its bytes come.
class Unpacker {
 public:
  /// With an empty `folder` nothing is written.
  explicit Unpacker(std::string folder) : folder_(std::move(folder)) {}

  Result<void> take(Bytes bytes) {
    while (!bytes.empty()) {
      if (content_left_ != 0) {
        const auto n =
            static_cast<std::size_t>(std::min<std::uint64_t>(content_left_, bytes.size()));
        EXHIBIT_CHECK(content(bytes.first(n)));
        bytes = bytes.subspan(n);
        continue;
      }
      const std::size_t n = std::min(kBlock - filled_, bytes.size());
      std::memcpy(block_.data() + filled_, bytes.data(), n);
      filled_ += n;
      bytes = bytes.subspan(n);
      if (filled_ < kBlock) continue;
      filled_ = 0;
      EXHIBIT_CHECK(block());
    }
    return {};
  }

  Result<std::string> finish() {
    if (!ended_ || content_left_ != 0) return fail(ErrorCode::truncated, "the tar has no end");
    if (root_.empty()) return fail(ErrorCode::malformed, "the tar is empty");
    return root_;
  }

  Names names;

 private:
  Result<void> block() {
    if (padding_) {
      padding_ = false;
      return {};
    }
    if (std::ranges::all_of(block_, [](char c) { return c == '\0'; })) {
      ended_ = true;
      return {};
    }
    if (ended_) return fail(ErrorCode::malformed, "the tar goes on after its end");
    if (++files_ > kFilesMax) return fail(ErrorCode::limit, "the tar has too many files");
    EXHIBIT_TRY(current_, parse_header(block_));
    if (current_.type == 'x') {
      if (current_.size > kPaxSizeMax || current_.size == 0)
        return fail(ErrorCode::limit, "a pax header is too large");
      pax_.clear();
    } else {
      if (!pax_name_.empty()) current_.name = std::move(pax_name_);
      if (pax_size_) current_.size = *pax_size_;
      pax_name_.clear();
      pax_size_.reset();
      EXHIBIT_CHECK(open());
    }
    content_left_ = current_.size;
    return {};
  }

  Result<void> open() {
    const std::size_t slash = current_.name.find('/');
    if (!is_safe(current_.name) || slash == std::string::npos)
      return fail(ErrorCode::malformed, "a name in the tar leads out of its folder");
    const std::string root = current_.name.substr(0, slash);
    if (root_.empty()) root_ = root;
    if (root != root_) return fail(ErrorCode::malformed, "the tar has more than one folder");
    if (folder_.empty()) {
      names.push_back(current_.name);
      return {};
    }
    const std::string path = folder_ + "/" + current_.name;
    EXHIBIT_CHECK(files::make_folders(path.substr(0, path.rfind('/')), 0700));
    EXHIBIT_TRY(file_, files::Appender::create(path, 0600));
    return {};
  }

  Result<void> content(Bytes bytes) {
    if (current_.type == 'x') {
      pax_ += as_text(bytes);
    } else if (file_) {
      EXHIBIT_CHECK(file_->append(bytes));
    }
    content_left_ -= bytes.size();
    if (content_left_ != 0) return {};
    // The rest of the last block is read as a short block of its own.
    if (const std::uint64_t over = current_.size % kBlock; over != 0) {
      padding_ = true;
      filled_ = static_cast<std::size_t>(over);
    }
    if (current_.type == 'x') return parse_pax(pax_, pax_name_, pax_size_);
    return file_ ? file_->close() : Result<void>{};
  }

  std::string folder_, root_;
  Block block_{};
  std::size_t filled_ = 0;
  bool padding_ = false, ended_ = false;
  std::uint64_t content_left_ = 0, files_ = 0;
  Entry current_;
  std::string pax_, pax_name_;
  std::optional<std::uint64_t> pax_size_;
  std::optional<files::Appender> file_;
};

}  // namespace

Result<Writer> Writer::create(const std::string& path) {
  EXHIBIT_TRY(files::Appender file, files::Appender::create(path));
  return Writer(std::move(file));
}

Result<void> Writer::begin(const std::string& name, std::uint64_t size_bytes) {
  std::string pax;
  if (name.size() > kNameMax) pax += pax_record("path", name);
  if (size_bytes >= kSizeMax) pax += pax_record("size", std::to_string(size_bytes));
  if (!pax.empty()) {
    EXHIBIT_CHECK(file_.append(bytes_of(header("pax", pax.size(), 'x'))));
    pax.resize((pax.size() + kBlock - 1) / kBlock * kBlock, '\0');
    EXHIBIT_CHECK(file_.append(as_bytes(pax)));
  }
  left_ = size_ = size_bytes;
  return file_.append(bytes_of(header(name, size_bytes >= kSizeMax ? 0 : size_bytes, '0')));
}

Result<void> Writer::piece(Bytes bytes) {
  if (bytes.size() > left_)
    return fail(ErrorCode::proof_mismatch, "a file grew while it was handed over");
  left_ -= bytes.size();
  return file_.append(bytes);
}

Result<void> Writer::end() {
  if (left_ != 0) return fail(ErrorCode::proof_mismatch, "a file shrank while it was handed over");
  if (const std::uint64_t over = size_ % kBlock; over != 0)
    return file_.append(bytes_of(Block{}).first(kBlock - over));
  return {};
}

Result<void> Writer::add(const std::string& name, std::string_view bytes) {
  EXHIBIT_CHECK(begin(name, bytes.size()));
  EXHIBIT_CHECK(piece(as_bytes(bytes)));
  return end();
}

Result<void> Writer::add_file(const std::string& name, const std::string& path,
                              std::uint64_t size_bytes) {
  EXHIBIT_CHECK(begin(name, size_bytes));
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) { return piece(bytes); }));
  return end();
}

Result<void> Writer::finish() {
  EXHIBIT_CHECK(file_.append(bytes_of(Block{})));
  EXHIBIT_CHECK(file_.append(bytes_of(Block{})));
  return file_.close();
}

bool is_file(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

Result<void> list(Bytes bytes, Names& names) {
  Unpacker unpacker("");
  EXHIBIT_CHECK(unpacker.take(bytes));
  EXHIBIT_CHECK(unpacker.finish());
  names = std::move(unpacker.names);
  return {};
}

Result<std::string> unpack(const std::string& path, const std::string& folder,
                           const std::atomic<bool>* stop) {
  Unpacker unpacker(folder);
  EXHIBIT_CHECK(files::read_pieces(path, [&](Bytes bytes) -> Result<void> {
    if (stop != nullptr && stop->load())
      return fail(ErrorCode::interrupted, "unpacking was stopped");
    return unpacker.take(bytes);
  }));
  return unpacker.finish();
}

}  // namespace exhibit::casefile::tar
