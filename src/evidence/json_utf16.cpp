#include "evidence/json_utf16.h"

#include <utility>
#include <vector>

#include "base/text.h"

namespace exhibit::evidence {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kUnitBytes = 2;

std::uint16_t unit_at(std::string_view text, std::size_t at, JsonEncoding encoding) {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return static_cast<std::uint16_t>(encoding == JsonEncoding::utf16le ? first | second << 8
                                                                      : first << 8 | second);
}

// One byte for each whole unit of `window`. What is not ASCII can only stand inside a string, or be
// garbage.
void narrow(std::string& out, std::string_view window, JsonEncoding encoding) {
  constexpr char kOther = '\x7f';
  constexpr std::uint16_t kByteOrderMark = 0xfeff;
  out.clear();
  out.reserve(window.size() / kUnitBytes);
  for (std::size_t at = 0; at + 1 < window.size(); at += kUnitBytes) {
    const std::uint16_t unit = unit_at(window, at, encoding);
    out += unit < 0x80 ? static_cast<char>(unit) : unit == kByteOrderMark ? ' ' : kOther;
  }
}

}  // namespace

JsonEncoding encoding_of_source(std::string_view source) {
  if (source.starts_with("\xff\xfe"sv)) return JsonEncoding::utf16le;
  if (source.starts_with("\xfe\xff"sv)) return JsonEncoding::utf16be;
  return JsonEncoding::utf8;
}

JsonEncoding encoding_of_record(Bytes record) {
  const std::string_view text = as_text(record);
  if (text.starts_with("{\0"sv)) return JsonEncoding::utf16le;
  if (text.starts_with("\0{"sv)) return JsonEncoding::utf16be;
  return JsonEncoding::utf8;
}

std::size_t frame_json(JsonFramer& framer, JsonEncoding encoding, std::string_view window,
                       bool at_end, event::Batch& batch, std::string& scratch) {
  if (encoding == JsonEncoding::utf8) return framer.frame(window, at_end, batch);
  const std::size_t events = batch.events.size();
  const std::size_t damage = batch.damage.size();
  narrow(scratch, window, encoding);
  const std::size_t taken = kUnitBytes * framer.frame(scratch, at_end, batch);
  for (std::size_t i = events; i < batch.events.size(); ++i) {
    batch.events[i].offset *= kUnitBytes;
    batch.events[i].length *= static_cast<std::uint32_t>(kUnitBytes);
  }
  for (std::size_t i = damage; i < batch.damage.size(); ++i) {
    batch.damage[i].offset *= kUnitBytes;
    batch.damage[i].length *= kUnitBytes;
  }
  return taken;
}

void append_json_as_utf8(std::string& out, JsonEncoding encoding, Bytes record) {
  if (encoding == JsonEncoding::utf16le) return base::append_utf16le(out, record);
  std::vector<std::byte> swapped(record.begin(), record.end());
  for (std::size_t i = 0; i + 1 < swapped.size(); i += kUnitBytes)
    std::swap(swapped[i], swapped[i + 1]);
  base::append_utf16le(out, swapped);
}

}  // namespace exhibit::evidence
