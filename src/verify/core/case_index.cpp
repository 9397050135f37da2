// The index of a case archive: which files it has, and where.
#include <algorithm>

#include "verify/core/case.h"

namespace exhibit::verify::core {
namespace {

constexpr Why kNoTar = "the file is no tar of the one form that this format has";
constexpr Why kTooShort = "the file ends too early";

// Nothing that leads out: plain components, none empty, none a dot or two.
bool is_safe(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

CaseReader::CaseReader(std::uint64_t file_size, const Brought& brought, Arena& arena,
                       Listener& listener)
    : file_size_(file_size), brought_(brought), arena_(arena), listener_(listener) {
  worst_ = read_trust(arena_, brought_, listener_, trust_);
}

void CaseReader::say(std::string_view id, std::string_view subject, Verdict verdict, Why why,
                     std::string_view detail, bool counts) {
  if (verdict == Verdict::invalid && arena_.exhausted()) {
    verdict = Verdict::undecidable;
    why = kNoMemory;
  }
  if (counts && verdict > worst_) worst_ = verdict;
  listener_.check({.id = id,
                   .subject = subject,
                   .verdict = verdict,
                   .why = why,
                   .detail = detail,
                   .counts = counts});
}

void CaseReader::broken(Why why) {
  broken_ = true;
  judge("archive.form", "archive", why);
}

std::optional<std::uint64_t> CaseReader::index_at() const {
  if (indexed_ || broken_) return std::nullopt;
  return at_;
}

void CaseReader::index(std::string_view piece) {
  std::size_t pos = 0;
  const auto block = [&](std::size_t at) {
    return piece.size() < at + kTarBlock ? std::string_view{} : piece.substr(at, kTarBlock);
  };
  for (;;) {
    // Content may lie beyond this piece; then the next one begins behind it.
    if (pos > piece.size() || block(pos).empty()) {
      if (pos == 0) return broken(kTooShort);
      at_ += pos;
      return;
    }
    TarHeader head;
    if (const Why why = parse_tar_header(block(pos), head); !why.empty()) return broken(why);
    if (head.end) {
      if (block(pos + kTarBlock).empty() && pos != 0) {
        at_ += pos;
        return;
      }
      TarHeader second;
      const Why why = parse_tar_header(block(pos + kTarBlock), second);
      if (!why.empty() || !second.end || at_ + pos + 2 * kTarBlock != file_size_)
        return broken(kNoTar);
      if (files_.size() == 0) return broken("the archive is empty");
      indexed_ = true;
      judge("archive.form", "archive", kHolds);
      return;
    }
    std::string_view name = head.name;
    std::uint64_t size = head.size;
    std::size_t header_at = pos;
    if (head.type == 'x') {
      if (head.name != "pax" || head.size == 0 || head.size > kPaxSizeMax) return broken(kNoTar);
      const std::size_t pax_size = static_cast<std::size_t>(head.size);
      header_at = pos + kTarBlock + (pax_size + kTarBlock - 1) / kTarBlock * kTarBlock;
      if (block(header_at).empty()) {
        if (pos == 0) return broken(kTooShort);
        at_ += pos;
        return;
      }
      std::string_view long_name;
      std::uint64_t long_size = 0;
      Why why = parse_pax(piece.substr(pos + kTarBlock, pax_size), long_name, long_size);
      if (why.empty()) why = parse_tar_header(block(header_at), head);
      if (!why.empty() || head.end || head.type != '0') return broken(kNoTar);
      name = long_name.empty() ? head.name : long_name;
      size = long_size == 0 ? head.size : long_size;
    }
    const std::uint64_t content = at_ + header_at + kTarBlock;
    if (content > file_size_ || size > file_size_ - content) return broken(kTooShort);
    if (const Why why = take_file(name, content, size); !why.empty()) return broken(why);
    const std::uint64_t after = content + (size + kTarBlock - 1) / kTarBlock * kTarBlock;
    if (after - at_ > piece.size()) {
      at_ = after;
      return;
    }
    pos = static_cast<std::size_t>(after - at_);
  }
}

Why CaseReader::take_file(std::string_view name, std::uint64_t offset, std::uint64_t size) {
  const std::size_t slash = name.find('/');
  if (!is_safe(name) || slash == std::string_view::npos)
    return "a name in the archive leads out of its folder";
  char* copy = static_cast<char*>(arena_.take(name.size(), 1));
  if (copy == nullptr) return kNoMemory;
  std::memcpy(copy, name.data(), name.size());
  name = {copy, name.size()};
  if (root_.empty()) root_ = name.substr(0, slash);
  if (name.substr(0, slash) != root_) return "the archive has more than one folder";
  name.remove_prefix(slash + 1);
  if (files_.size() == kTarFilesMax) return "the archive has too many files";
  if (files_.size() != 0 && name <= files_.back().name)
    return "the files of the archive are not in order of name";
  return files_.push(arena_, {.name = name, .offset = offset, .size = size}) ? kHolds : kNoMemory;
}

CaseReader::File* CaseReader::find(std::string_view name) {
  const auto files = files_.items();
  const auto at = std::lower_bound(files.begin(), files.end(), name,
                                   [](const File& f, std::string_view n) { return f.name < n; });
  return at == files.end() || at->name != name ? nullptr : &*at;
}

}  // namespace exhibit::verify::core
