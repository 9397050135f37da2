#include "verify/core/tar.h"

#include <algorithm>

namespace exhibit::verify::core {
namespace {

constexpr std::size_t kNameMax = 100;
constexpr std::uint64_t kSizeMax = std::uint64_t{1} << 33;  // eleven octal digits
// POSIX.1-2008, pax interchange format, ustar header block: offsets of the fields used here.
constexpr std::size_t kMode = 100, kUid = 108, kGid = 116, kSize = 124, kTime = 136, kSum = 148,
                      kType = 156, kMagic = 257;

constexpr Why kNoTar = "the file is no tar of the one form that this format has";

using Block = std::array<char, kTarBlock>;

void octal(Block& block, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 3)
    block[at + i] = static_cast<char>('0' + (value & 7));
}

Block header(std::string_view name, std::uint64_t size, char type) {
  constexpr std::string_view kUstar{"ustar\00000", 8};
  Block block{};
  std::copy(name.begin(), name.end(), block.begin());
  octal(block, kMode, 7, 0644);
  octal(block, kUid, 7, 0);
  octal(block, kGid, 7, 0);
  octal(block, kSize, 11, size);
  octal(block, kTime, 11, 0);
  block[kType] = type;
  std::copy(kUstar.begin(), kUstar.end(), block.begin() + kMagic);
  std::uint64_t sum = 8 * std::uint64_t{' '};  // the sum's own field counts as spaces
  for (const char c : block) sum += static_cast<unsigned char>(c);
  octal(block, kSum, 6, sum);
  block[kSum + 7] = ' ';
  return block;
}

bool all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

}  // namespace

Why parse_tar_header(std::string_view block, TarHeader& out) {
  out = {};
  if (block.size() != kTarBlock) return kNoTar;
  if (all_zero(block)) {
    out.end = true;
    return kHolds;
  }
  for (std::size_t i = kSize; i < kSize + 11; ++i) {
    if (block[i] < '0' || block[i] > '7') return kNoTar;
    out.size = out.size << 3 | static_cast<std::uint64_t>(block[i] - '0');
  }
  out.type = block[kType];
  if (out.type != '0' && out.type != 'x') return kNoTar;
  const std::string_view name = block.substr(0, kNameMax);
  out.name = name.substr(0, std::min(name.find('\0'), kNameMax));
  // One form: whatever else stands in the header makes another block.
  const Block expected = header(out.name, out.size, out.type);
  return view(expected) == block ? kHolds : kNoTar;
}

// Records of "<length> <key>=<value>\n", where the length counts itself: `path`, then `size`.
Why parse_pax(std::string_view pax, std::string_view& name, std::uint64_t& size) {
  bool path_seen = false, size_seen = false;
  while (!pax.empty()) {
    const std::size_t space = pax.find(' ');
    const auto length = parse_decimal(pax.substr(0, std::min(space, pax.size())));
    if (!length || *length > pax.size() || *length <= space + 1) return kNoTar;
    std::string_view record = pax.substr(0, static_cast<std::size_t>(*length));
    pax.remove_prefix(record.size());
    if (record.back() != '\n') return kNoTar;
    record = record.substr(space + 1, record.size() - space - 2);
    if (record.starts_with("path=") && !path_seen && !size_seen) {
      path_seen = true;
      name = record.substr(5);
      if (name.size() <= kNameMax) return kNoTar;  // needs no pax header
    } else if (record.starts_with("size=") && !size_seen) {
      size_seen = true;
      const auto value = parse_decimal(record.substr(5));
      if (!value || *value < kSizeMax) return kNoTar;
      size = *value;
    } else {
      return kNoTar;
    }
  }
  return path_seen || size_seen ? kHolds : kNoTar;
}

Why TarReader::take(std::uint64_t size, std::string_view& out) {
  const std::uint64_t padding = (kTarBlock - size % kTarBlock) % kTarBlock;
  if (size > rest_.size() || padding > rest_.size() - size) return "the file ends too early";
  out = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(out.size());
  if (!all_zero(rest_.substr(0, static_cast<std::size_t>(padding)))) return kNoTar;
  rest_.remove_prefix(static_cast<std::size_t>(padding));
  return kHolds;
}

Why TarReader::next(File& out, bool& more) {
  more = true;
  std::string_view block, pax;
  EXHIBIT_WHY(take(kTarBlock, block));
  TarHeader head;
  EXHIBIT_WHY(parse_tar_header(block, head));
  if (head.end) {  // two empty blocks, and nothing more
    more = false;
    EXHIBIT_WHY(take(kTarBlock, block));
    return rest_.empty() && all_zero(block) ? kHolds : kNoTar;
  }
  std::string_view name;
  std::uint64_t size = 0;
  bool named = false, sized = false;
  if (head.type == 'x') {
    if (head.name != "pax" || head.size == 0 || head.size > kPaxSizeMax) return kNoTar;
    EXHIBIT_WHY(take(head.size, pax));
    EXHIBIT_WHY(parse_pax(pax, name, size));
    named = !name.empty();
    sized = size != 0;
    EXHIBIT_WHY(take(kTarBlock, block));
    EXHIBIT_WHY(parse_tar_header(block, head));
    if (head.end || head.type != '0') return kNoTar;
    if (named && head.name != name.substr(0, kNameMax)) return kNoTar;
    if (sized && head.size != 0) return kNoTar;
  }
  out.name = named ? name : head.name;
  return take(sized ? size : head.size, out.content);
}

}  // namespace exhibit::verify::core
