#include "evidence/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "evidence/gzip.h"

namespace exhibit::evidence {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;
constexpr int kRetriesMax = 16;

// libarchive converts names to the character set of the thread's locale. Names must not depend on
// the user's: within this scope it is UTF-8.
class Utf8Locale {
 public:
  Utf8Locale() : before_(locale() == nullptr ? nullptr : ::uselocale(locale())) {}
  ~Utf8Locale() {
    if (before_ != nullptr) ::uselocale(before_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static ::locale_t locale() {
    static const ::locale_t utf8 = ::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
    return utf8;
  }
  ::locale_t before_;
};

struct FreeArchive {
  void operator()(::archive* handle) const { ::archive_read_free(handle); }
};

class LibArchive final : public Archive {
 public:
  LibArchive(std::unique_ptr<ByteStream> stream, Inflation& inflation, std::size_t level)
      : stream_(std::move(stream)), inflation_(inflation), level_(level), block_(kBlockBytes) {}

  Result<void> open(Content content);
  Result<std::optional<Member>> next() override;
  std::unique_ptr<ByteStream> content() override;
  Result<void> drain() override;

  Result<std::size_t> read_member(std::span<std::byte> into);

 private:
  static ::la_ssize_t read_block(::archive* handle, void* self, const void** block);
  Result<std::size_t> fill_block();
  Result<void> next_block();
  [[nodiscard]] Error last_error() const;

  std::unique_ptr<ByteStream> stream_;
  Inflation& inflation_;
  std::size_t level_;
  std::vector<std::byte> block_;
  std::optional<Error> stream_failed_;
  // Of the member under way.
  std::uint64_t member_bytes_ = 0;  // given out
  Bytes data_;                      // libarchive's, void at its next call
  std::uint64_t data_offset_ = 0;
  bool member_ended_ = false;
  std::optional<Error> member_failed_;  // told once data_ is given out

  std::uint32_t members_ = 0;
  bool ended_ = false;
  std::unique_ptr<::archive, FreeArchive> handle_;  // last: freed first, while block_ is there
};

class MemberStream final : public ByteStream {
 public:
  explicit MemberStream(LibArchive& archive) : archive_(archive) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    if (failed_) return std::unexpected(*failed_);
    Result<std::size_t> got = archive_.read_member(into);
    if (!got) failed_ = got.error();
    return got;
  }

 private:
  LibArchive& archive_;
  std::optional<Error> failed_;
};

// Only what sniff() found: libarchive's own guesses take ordinary text for archives.
void support(::archive* handle, Content content) {
  switch (content) {
    case Content::zip:
      // By local headers, in order: this needs no seeking and no table of all members in memory,
      // and also finds members that the central directory does not name.
      ::archive_read_support_format_zip_streamable(handle);
      return;
    case Content::tar:
      ::archive_read_support_format_tar(handle);
      return;
    case Content::bzip2:
      ::archive_read_support_filter_bzip2(handle);
      break;
    case Content::xz:
      ::archive_read_support_filter_xz(handle);
      break;
    case Content::zstd:
      ::archive_read_support_filter_zstd(handle);
      break;
    default:
      return;
  }
  // Not tar: libarchive takes any stream that begins with zeros for one that is at its end.
  ::archive_read_support_format_raw(handle);
  ::archive_read_support_format_empty(handle);
}

Result<void> LibArchive::open(Content content) {
  handle_.reset(::archive_read_new());
  if (handle_ == nullptr) return fail(ErrorCode::limit, "no memory to read an archive");
  support(handle_.get(), content);
  const Utf8Locale utf8;
  if (::archive_read_open(handle_.get(), this, nullptr, read_block, nullptr) != ARCHIVE_OK)
    return std::unexpected(last_error());
  return {};
}

Result<std::size_t> LibArchive::fill_block() {
  EXHIBIT_TRY(const std::size_t got, stream_->read(block_));
  if (level_ == 0) inflation_.bytes_in += got;
  return got;
}

::la_ssize_t LibArchive::read_block(::archive* handle, void* self, const void** block) {
  auto& archive = *static_cast<LibArchive*>(self);
  const Result<std::size_t> got = archive.fill_block();
  if (!got) {
    archive.stream_failed_ = got.error();
    ::archive_set_error(handle, EIO, "the stream below failed");
    return ARCHIVE_FATAL;
  }
  *block = archive.block_.data();
  return static_cast<::la_ssize_t>(*got);
}

Error LibArchive::last_error() const {
  if (stream_failed_) return *stream_failed_;
  const char* text = ::archive_error_string(handle_.get());
  const std::string_view what = text == nullptr ? "" : text;
  const bool cut = what.find("runcated") != std::string_view::npos;
  return {.what = cut ? Literal("the archive ends too early") : Literal("the archive is broken"),
          .code = cut ? ErrorCode::truncated : ErrorCode::malformed};
}

Result<std::optional<Member>> LibArchive::next() {
  const Utf8Locale utf8;
  for (int retries = 0; !ended_;) {
    if (inflation_.stopped) {
      // Stepping to the next member would inflate the rest of this one.
      ended_ = true;
      return fail(ErrorCode::limit, "the archive inflates beyond the limits: the rest is not read");
    }
    ::archive_entry* entry = nullptr;
    const int status = ::archive_read_next_header(handle_.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status == ARCHIVE_RETRY && ++retries < kRetriesMax) continue;
    if (status < ARCHIVE_WARN) {
      ended_ = status != ARCHIVE_FAILED;
      return std::unexpected(last_error());
    }
    if (++members_ > kMembersMax) {
      ended_ = true;
      return fail(ErrorCode::limit, "more members than an archive may have here");
    }
    const auto type = ::archive_entry_filetype(entry);
    if (type == AE_IFDIR) continue;
    if (type != AE_IFREG || ::archive_entry_hardlink(entry) != nullptr)
      return fail(ErrorCode::unsupported, "a member that is no regular file is not read");
    member_bytes_ = data_offset_ = 0;
    data_ = {};
    member_ended_ = false;
    member_failed_.reset();
    Member member;
    const char* name = ::archive_entry_pathname(entry);
    if (name == nullptr) name = ::archive_entry_pathname_utf8(entry);
    const bool named = ::archive_format(handle_.get()) != ARCHIVE_FORMAT_RAW;
    if (name != nullptr && named) member.name = name;
    if (::archive_entry_size_is_set(entry) != 0)
      member.size_bytes = static_cast<std::uint64_t>(::archive_entry_size(entry));
    member.encrypted = ::archive_entry_is_encrypted(entry) != 0;
    return member;
  }
  ended_ = true;
  return std::nullopt;
}

std::unique_ptr<ByteStream> LibArchive::content() { return std::make_unique<MemberStream>(*this); }

// By blocks, not archive_read_data(), which forgets what it has read when the end of a member shows
// that its checksum is wrong. Then the last block comes with the warning.
Result<void> LibArchive::next_block() {
  const void* data = nullptr;
  std::size_t size = 0;
  ::la_int64_t offset = 0;
  for (int retries = 0;;) {
    const int status = ::archive_read_data_block(handle_.get(), &data, &size, &offset);
    if (status == ARCHIVE_RETRY && ++retries < kRetriesMax) continue;
    if (status == ARCHIVE_EOF) {
      member_ended_ = true;
      return {};
    }
    if (status != ARCHIVE_OK) member_failed_ = last_error();
    if (status < ARCHIVE_WARN || (member_failed_ && size == 0)) return {};
    data_ = {static_cast<const std::byte*>(data), size};
    data_offset_ = static_cast<std::uint64_t>(offset);
    return {};
  }
}

Result<std::size_t> LibArchive::read_member(std::span<std::byte> into) {
  while (data_.empty() && !member_ended_) {
    if (member_failed_) return std::unexpected(*member_failed_);
    EXHIBIT_CHECK(next_block());
  }
  if (data_.empty()) return std::size_t{0};
  std::size_t size = 0;
  if (data_offset_ > member_bytes_) {
    // A hole of a sparse file: zeros that are not in the archive.
    size = static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size(), data_offset_ - member_bytes_));
    std::memset(into.data(), 0, size);
  } else {
    size = std::min(into.size(), data_.size());
    std::memcpy(into.data(), data_.data(), size);
    data_ = data_.subspan(size);
    data_offset_ += size;
  }
  member_bytes_ += size;
  EXHIBIT_CHECK(inflation_.add(level_, size, member_bytes_));
  return size;
}

Result<void> LibArchive::drain() {
  if (stream_failed_) return {};
  for (;;) {
    EXHIBIT_TRY(const std::size_t got, fill_block());
    if (got == 0) return {};
  }
}

}  // namespace

Archive::~Archive() = default;

Result<void> Inflation::add(std::size_t level, std::size_t size, std::uint64_t member_bytes) {
  bytes_out[level] += size;
  const bool bomb =
      bytes_out[level] > kRatioFreeBytes && bytes_out[level] / kDecompressionRatioMax > bytes_in;
  if (member_bytes <= kMemberSizeBytesMax && !bomb) return {};
  stopped = true;
  return fail(ErrorCode::limit, "the archive inflates beyond the limits");
}

Result<std::unique_ptr<Archive>> open_archive(std::unique_ptr<ByteStream> stream, Content content,
                                              Inflation& inflation, std::size_t level) {
  if (content == Content::gzip) return make_gzip_archive(std::move(stream), inflation, level);
  auto archive = std::make_unique<LibArchive>(std::move(stream), inflation, level);
  EXHIBIT_CHECK(archive->open(content));
  return archive;
}

}  // namespace exhibit::evidence
