#include "evidence/gzip.h"

#include <array>
#include <vector>

#include "base/inflate.h"

namespace exhibit::evidence {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

// RFC 1952 2.3.1.
constexpr std::uint8_t kMagic1 = 0x1f, kMagic2 = 0x8b, kDeflate = 8;
constexpr std::uint8_t kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xe0;

constexpr Literal kCut = "the gzip stream ends too early";

class Gzip final : public Archive {
 public:
  Gzip(std::unique_ptr<ByteStream> stream, Inflation& inflation, std::size_t level)
      : stream_(std::move(stream)), inflation_(inflation), level_(level), block_(kBlockBytes) {}

  Result<std::optional<Member>> next() override {
    if (!begun_) {
      begun_ = true;
      return Member{};
    }
    if (inflation_.stopped && !told_) {
      told_ = true;
      return fail(ErrorCode::limit, "the archive inflates beyond the limits: the rest is not read");
    }
    return std::nullopt;
  }

  std::unique_ptr<ByteStream> content() override { return std::make_unique<Unpacked>(*this); }

  Result<void> drain() override {
    if (stream_failed_) return {};
    do {
      EXHIBIT_CHECK(fill());
    } while (!at_end());
    return {};
  }

 private:
  class Unpacked final : public ByteStream {
   public:
    explicit Unpacked(Gzip& gzip) : gzip_(gzip) {}
    Result<std::size_t> read(std::span<std::byte> into) override {
      if (failed_) return std::unexpected(*failed_);
      Result<std::size_t> got = gzip_.read(into);
      if (!got) failed_ = got.error();
      return got;
    }

   private:
    Gzip& gzip_;
    std::optional<Error> failed_;
  };

  // Reads until something came out, or the stream has ended.
  Result<std::size_t> read(std::span<std::byte> into) {
    if (into.empty()) return std::size_t{0};
    for (;;) {
      if (!inside_) {
        EXHIBIT_TRY(const bool another, next_header());
        if (!another) {
          if (differs_) return fail(ErrorCode::malformed, "a checksum of the gzip stream differs");
          return std::size_t{0};
        }
      }
      EXHIBIT_CHECK(refill());
      EXHIBIT_TRY(const base::Inflater::Step step, inflater_.step(left_, into));
      left_ = left_.subspan(step.taken);
      crc_ = base::crc32(crc_, into.first(step.given));
      size_ += static_cast<std::uint32_t>(step.given);  // ISIZE is modulo 2^32
      if (step.ended) {
        EXHIBIT_CHECK(trailer());
      } else if (step.taken == 0 && step.given == 0) {
        return fail(ErrorCode::malformed, "compressed bytes that lead nowhere");
      }
      if (step.given != 0) {
        bytes_ += step.given;
        EXHIBIT_CHECK(inflation_.add(level_, step.given, bytes_));
        return step.given;
      }
    }
  }

  // False at the end of the stream. Zeros behind the last member pad it to a block of a tape.
  Result<bool> next_header() {
    bool padded = false;
    for (;;) {
      if (left_.empty()) EXHIBIT_CHECK(fill());
      if (at_end()) {
        if (members_ == 0) return fail(ErrorCode::truncated, kCut);
        return false;
      }
      if (members_ == 0 || left_.front() != std::byte{0}) break;
      padded = true;
      left_ = left_.subspan(1);
    }
    std::array<std::uint8_t, 10> fixed{};
    for (std::uint8_t& byte : fixed) {
      EXHIBIT_TRY(byte, take());
    }
    if (padded || fixed[0] != kMagic1 || fixed[1] != kMagic2 || fixed[2] != kDeflate ||
        (fixed[3] & kReserved) != 0)
      return fail(ErrorCode::malformed, "what follows in the gzip stream is no gzip");
    const std::uint8_t flags = fixed[3];
    if ((flags & kExtra) != 0) {
      EXHIBIT_TRY(std::size_t size, number(2));
      for (; size > 0; --size) EXHIBIT_CHECK(take());
    }
    for (const std::uint8_t text : {kName, kComment}) {
      bool more = (flags & text) != 0;
      while (more) {
        EXHIBIT_TRY(more, take());
      }
    }
    if ((flags & kHeaderCrc) != 0) EXHIBIT_CHECK(number(2));
    EXHIBIT_CHECK(inflater_.reset());
    ++members_;
    inside_ = true;
    crc_ = size_ = 0;
    return true;
  }

  Result<void> trailer() {
    EXHIBIT_TRY(const std::uint32_t crc, number(4));
    EXHIBIT_TRY(const std::uint32_t size, number(4));
    differs_ |= crc != crc_ || size != size_;
    inside_ = false;
    return {};
  }

  Result<std::uint8_t> take() {
    EXHIBIT_CHECK(refill());
    const auto byte = std::to_integer<std::uint8_t>(left_.front());
    left_ = left_.subspan(1);
    return byte;
  }
  Result<std::uint32_t> number(unsigned bytes) {
    std::uint32_t out = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      EXHIBIT_TRY(const std::uint8_t byte, take());
      out |= std::uint32_t{byte} << (8 * i);
    }
    return out;
  }

  [[nodiscard]] bool at_end() const { return ended_ && left_.empty(); }
  Result<void> refill() {
    if (!left_.empty()) return {};
    EXHIBIT_CHECK(fill());
    if (left_.empty()) return fail(ErrorCode::truncated, kCut);
    return {};
  }
  Result<void> fill() {
    const Result<std::size_t> got = stream_->read(block_);
    if (!got) {
      stream_failed_ = true;
      return std::unexpected(got.error());
    }
    if (level_ == 0) inflation_.bytes_in += *got;
    left_ = Bytes(block_).first(*got);
    ended_ = *got == 0;
    return {};
  }

  std::unique_ptr<ByteStream> stream_;
  Inflation& inflation_;
  std::size_t level_;
  std::vector<std::byte> block_;
  Bytes left_;  // of block_
  base::Inflater inflater_;
  std::uint64_t bytes_ = 0, members_ = 0;
  std::uint32_t crc_ = 0, size_ = 0;  // of the member under way
  bool begun_ = false, told_ = false, inside_ = false, ended_ = false, stream_failed_ = false;
  bool differs_ = false;  // the trailer of a member
};

}  // namespace

std::unique_ptr<Archive> make_gzip_archive(std::unique_ptr<ByteStream> stream, Inflation& inflation,
                                           std::size_t level) {
  return std::make_unique<Gzip>(std::move(stream), inflation, level);
}

}  // namespace exhibit::evidence
