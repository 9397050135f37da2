#include "evidence/sniff.h"

#include <array>
#include <string_view>

namespace exhibit::evidence {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kTarBlockBytes = 512;
constexpr std::size_t kTarChecksumAt = 148;
constexpr std::size_t kTarChecksumBytes = 8;
constexpr std::size_t kEvtxFileHeaderBytes = 4'096;

// POSIX.1-2017 pax, "ustar Interchange Format": the sum of the header's bytes, its own field taken
// as spaces. This also finds the archives of before ustar, which have no magic.
bool is_tar(std::string_view head) {
  if (head.size() < kTarBlockBytes || head[0] == '\0') return false;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kTarBlockBytes; ++i) {
    const bool checksum = i >= kTarChecksumAt && i < kTarChecksumAt + kTarChecksumBytes;
    sum += checksum ? std::uint32_t{' '} : static_cast<unsigned char>(head[i]);
  }
  std::uint32_t written = 0;
  bool digits = false;
  for (const char c : head.substr(kTarChecksumAt, kTarChecksumBytes)) {
    if (c >= '0' && c <= '7') {
      written = written * 8 + static_cast<std::uint32_t>(c - '0');
      digits = true;
    } else if (digits || c != ' ') {
      break;
    }
  }
  return digits && written == sum;
}

// An object begins `{"` or `{}`, an array of records `[{`, blanks apart. Zeros before it are what a
// crash leaves at the front of a log.
bool is_json(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf"sv)) head.remove_prefix(3);
  constexpr std::string_view kBlank = " \t\r\n"sv;
  const std::size_t first = head.find_first_not_of(" \t\r\n\0"sv);
  if (first == std::string_view::npos) return false;
  const char open = head[first];
  if (open != '{' && open != '[') return false;
  const std::size_t second = head.find_first_not_of(kBlank, first + 1);
  if (second == std::string_view::npos) return true;
  const char next = head[second];
  return open == '{' ? next == '"' || next == '}' : next == '{' || next == ']';
}

// JSON lines that were cut at the front, as rotation and `tail -c` leave them: the rest of an
// object, and the next object on the next line.
bool is_json_without_its_begin(std::string_view head) {
  const std::size_t newline = head.find('\n');
  if (newline == std::string_view::npos) return false;
  const std::string_view rest = head.substr(0, newline);
  const std::size_t last = rest.find_last_not_of(" \t\r");
  const std::string_view next = head.substr(newline + 1);
  return last != std::string_view::npos && rest[last] == '}' &&
         rest.find('\0') == std::string_view::npos && next.starts_with('{') && is_json(next);
}

bool is_json_utf16(std::string_view head) {
  const bool little = head.starts_with("\xff\xfe"sv);
  if (!little && !head.starts_with("\xfe\xff"sv)) return false;
  std::array<char, 64> narrow{};
  std::size_t size = 0;
  for (std::size_t i = 2; i + 1 < head.size() && size < narrow.size(); i += 2) {
    const char high = head[little ? i + 1 : i];
    if (high != '\0') break;
    narrow[size++] = head[little ? i : i + 1];
  }
  return is_json({narrow.data(), size});
}

}  // namespace

Content sniff(Bytes bytes) {
  const std::string_view head = as_text(bytes);
  struct Magic {
    std::string_view bytes;
    Content content;
  };
  constexpr std::array kMagics{
      Magic{"ElfFile\0"sv, Content::evtx},
      Magic{"\x1f\x8b\x08"sv, Content::gzip},  // RFC 1952 2.3.1
      Magic{"BZh"sv, Content::bzip2},
      Magic{"\xfd\x37zXZ\0"sv, Content::xz},
      Magic{"\x28\xb5\x2f\xfd"sv, Content::zstd},     // RFC 8878 3.1.1
      Magic{"PK\x03\x04"sv, Content::zip},            // APPNOTE.TXT 4.3.7
      Magic{"PK\x05\x06"sv, Content::zip},            // 4.3.16: no member at all
      Magic{"PK\x07\x08PK\x03\x04"sv, Content::zip},  // 8.5.5: one part of a split archive
      Magic{"7z\xbc\xaf\x27\x1c"sv, Content::seven_zip},
  };
  for (const Magic& magic : kMagics)
    if (head.starts_with(magic.bytes)) return magic.content;
  if (head.size() > kEvtxFileHeaderBytes &&
      head.substr(kEvtxFileHeaderBytes).starts_with("ElfChnk\0"sv))
    return Content::evtx;
  if (is_json(head) || is_json_without_its_begin(head) || is_json_utf16(head)) return Content::json;
  return is_tar(head) ? Content::tar : Content::unknown;
}

bool is_compressed_stream(Content content) {
  return content == Content::gzip || content == Content::bzip2 || content == Content::xz ||
         content == Content::zstd;
}

bool is_container(Content content) {
  return is_compressed_stream(content) || content == Content::zip || content == Content::tar;
}

}  // namespace exhibit::evidence
