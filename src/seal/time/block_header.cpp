#include "seal/time/block_header.h"

#include <algorithm>
#include <ranges>

#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "exhibit/beacon.h"
#include "seal/time/checks.h"

namespace exhibit::beacon {
namespace {

using timestamp::add;
using timestamp::invalid;
using timestamp::valid;

// A node refuses a block whose time is more than this ahead of its own (Bitcoin Core,
// MAX_FUTURE_BLOCK_TIME).
constexpr Ticks kFutureMax = 7200 * base::kTicksPerSecond;

seal::Digest digest(Bytes bytes) {
  seal::Digest out;
  std::ranges::copy(bytes, out.begin());
  return out;
}

std::string reversed_hex(const seal::Digest& value) {
  seal::Digest shown = value;
  std::ranges::reverse(shown);
  return base::to_hex(shown);
}

std::string_view text_of(TargetProblem problem) {
  switch (problem) {
    case TargetProblem::negative:
      return "the target is negative";
    case TargetProblem::zero:
      return "the target is zero: no hash meets it";
    case TargetProblem::overflow:
      return "the target has more than 256 bits";
    case TargetProblem::none:
      break;
  }
  return "";
}

}  // namespace

Target decode_target(std::uint32_t bits) {
  Target out;
  const std::uint32_t size = bits >> 24;
  std::uint32_t mantissa = bits & 0x007fffff;
  // Sizes below three cut the mantissa; what is left may be nothing.
  if (size < 3) mantissa >>= 8 * (3 - size);
  if (mantissa == 0) {
    out.problem = TargetProblem::zero;
    return out;
  }
  if ((bits & 0x00800000) != 0) {
    out.problem = TargetProblem::negative;
    return out;
  }
  const std::uint32_t shift = size < 3 ? 0 : size - 3;  // in bytes
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto byte = static_cast<std::byte>(mantissa >> (8 * i) & 0xff);
    if (byte == std::byte{0}) continue;
    if (shift + i >= out.value.size()) {
      out.problem = TargetProblem::overflow;
      return out;
    }
    out.value[shift + i] = byte;
  }
  return out;
}

Number target_of(std::uint64_t difficulty) {
  constexpr std::uint32_t kDifficultyOne = 0x1d00ffff;
  Number out = decode_target(kDifficultyOne).value;
  const std::uint64_t divisor = std::max<std::uint64_t>(difficulty, 1);
  // Long division, bit by bit: the rest stays below the divisor, so one bit more is all it can
  // need.
  std::uint64_t rest = 0;
  for (std::size_t i = 8 * out.size(); i-- > 0;) {
    const auto bit = static_cast<std::byte>(1U << (i % 8));
    const bool carry = rest >> 63 != 0;
    rest = rest << 1 | ((out[i / 8] & bit) != std::byte{0} ? 1U : 0U);
    const bool fits = carry || rest >= divisor;
    if (fits) rest -= divisor;
    out[i / 8] = fits ? out[i / 8] | bit : out[i / 8] & ~bit;
  }
  return out;
}

bool less_or_equal(const Number& a, const Number& b) {
  return !std::ranges::lexicographical_compare(std::views::reverse(b), std::views::reverse(a));
}

std::string BlockHeader::hash_text() const { return reversed_hex(hash); }

Result<BlockHeader> parse_block_header(Bytes input) {
  std::string bytes;
  if (input.size() == kBlockHeaderSize) {
    bytes = as_text(input);
  } else {
    std::string_view text = as_text(input);
    constexpr std::size_t kTextMax = 2 * kBlockHeaderSize + 16;
    if (text.size() <= kTextMax)
      while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.size() == 2 * kBlockHeaderSize) bytes = base::from_hex(text).value_or("");
  }
  if (bytes.size() != kBlockHeaderSize)
    return fail(ErrorCode::malformed,
                "expected a block header: 80 bytes, or 160 hexadecimal digits");
  base::Cursor in(as_bytes(bytes));
  BlockHeader out;
  EXHIBIT_TRY(out.version, in.read<std::uint32_t>());
  EXHIBIT_TRY(const Bytes previous, in.take(out.previous.size()));
  EXHIBIT_TRY(const Bytes merkle_root, in.take(out.merkle_root.size()));
  EXHIBIT_TRY(out.time, in.read<std::uint32_t>());
  EXHIBIT_TRY(out.bits, in.read<std::uint32_t>());
  EXHIBIT_TRY(out.nonce, in.read<std::uint32_t>());
  out.previous = digest(previous);
  out.merkle_root = digest(merkle_root);
  out.hash = seal::sha256(seal::sha256(as_bytes(bytes)));
  return out;
}

BlockReport check_block_header(Bytes input, std::uint64_t difficulty_min) {
  BlockReport report;
  const auto header = parse_block_header(input);
  if (!header) {
    add(report.checks, "block.form", invalid(header.error().what.c_str()));
    return report;
  }
  report.header = *header;
  add(report.checks, "block.form", valid("block " + header->hash_text()));
  const Target target = decode_target(header->bits);
  if (target.problem != TargetProblem::none) {
    add(report.checks, "block.target", invalid(std::string(text_of(target.problem))));
    return report;
  }
  add(report.checks, "block.target", valid(reversed_hex(target.value)));
  const bool met = less_or_equal(header->hash, target.value);
  add(report.checks, "block.work",
      met ? valid("the hash is not above the target")
          : invalid("the hash is above the target: no work was done"));
  const bool hard = less_or_equal(target.value, target_of(difficulty_min));
  const std::string floor = "difficulty " + std::to_string(difficulty_min);
  add(report.checks, "block.difficulty",
      hard ? valid("at least " + floor)
           : invalid("below " + floor + ": too cheap to be believed by itself"));
  if (met && hard)
    report.not_before = base::kUnixEpochTicks +
                        static_cast<Ticks>(header->time) * base::kTicksPerSecond - kFutureMax;
  return report;
}

Check unverified(std::string_view source) {
  return {
      .id = "beacon.source",
      .verdict = Verdict::undecidable,
      .why = "unverified: nothing in a value of " + std::string(source) + " shows when it came up"};
}

}  // namespace exhibit::beacon
