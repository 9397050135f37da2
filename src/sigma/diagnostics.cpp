#include "sigma/diagnostics.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace exhibit::sigma {
namespace {

constexpr std::size_t kMaxSourceLineShown = 160;  // code points kept around the mark
constexpr std::size_t kMaxSuggestionWord = 64;

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) at += base::decode_utf8(text, at).size_bytes;
  return count;
}

// Byte offset of the code point with index `index`, or the text's size.
std::size_t byte_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  while (index-- > 0 && at < text.size()) at += base::decode_utf8(text, at).size_bytes;
  return std::min(at, text.size());
}

// A rule file is input too: what could move a terminal's cursor or reverse its writing direction is
// shown as U+FFFD, a tab as one space, so that the caret stands where it should.
bool is_unsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void append_safe(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, size, valid] = base::decode_utf8(text, at);
    if (c == '\t')
      out += ' ';
    else
      base::append_codepoint(out, is_unsafe(c) || !valid ? char32_t{0xfffd} : c);
    at += size;
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

Diagnostics::Diagnostics(std::string_view file, std::string_view bytes,
                         std::vector<Diagnostic>& out)
    : file_(file), bytes_(bytes), out_(out) {}

const std::vector<std::string_view>& Diagnostics::lines() const {
  if (lines_.empty()) lines_ = yaml::lines_of(bytes_);
  return lines_;
}

void Diagnostics::error(std::string_view code, const yaml::Mark& mark, std::string reason,
                        std::string hint) {
  add(Severity::error, code, mark, std::move(reason), std::move(hint));
}

void Diagnostics::warning(std::string_view code, const yaml::Mark& mark, std::string reason,
                          std::string hint) {
  add(Severity::warning, code, mark, std::move(reason), std::move(hint));
}

void Diagnostics::add(Severity severity, std::string_view code, const yaml::Mark& mark,
                      std::string reason, std::string hint) {
  Diagnostic d;
  d.severity = severity;
  d.code = code;
  d.file = file_;
  d.line = mark.line;
  d.column = mark.column;
  d.length = std::max(mark.length, 1u);
  if (mark.line >= 1 && mark.line <= lines().size()) d.source_line = lines()[mark.line - 1];
  d.reason = std::move(reason);
  d.hint = std::move(hint);
  out_.push_back(std::move(d));
}

yaml::Mark Diagnostics::within(const yaml::Node& scalar, std::size_t offset,
                               std::size_t length) const {
  const std::string_view text = scalar.text;
  offset = std::min(offset, text.size());
  const std::string_view token = text.substr(offset, length);
  if (token.empty() || scalar.mark.line == 0 || scalar.mark.line > lines().size())
    return scalar.mark;
  const auto mark_at = [&](std::size_t line, std::size_t byte) {
    return yaml::Mark{
        .line = static_cast<std::uint32_t>(line + 1),
        .column = static_cast<std::uint32_t>(code_points(lines()[line].substr(0, byte)) + 1),
        .length = static_cast<std::uint32_t>(code_points(token))};
  };
  const std::size_t first = scalar.mark.line - 1;
  const std::size_t start = byte_of(lines()[first], scalar.mark.column - 1);
  const std::size_t expected = start + (scalar.plain ? 0 : 1) + offset;
  if (expected <= lines()[first].size() && lines()[first].substr(expected).starts_with(token))
    return mark_at(first, expected);
  // Folded or escaped: the same occurrence of the token, counted from where the scalar begins.
  std::size_t ordinal = 0;
  for (std::size_t at = text.find(token); at < offset; at = text.find(token, at + 1)) ++ordinal;
  std::size_t from = start;
  for (std::size_t line = first; line < lines().size(); ++line, from = 0) {
    for (std::size_t at = lines()[line].find(token, from); at != std::string_view::npos;
         at = lines()[line].find(token, at + 1))
      if (ordinal-- == 0) return mark_at(line, at);
  }
  return scalar.mark;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  if (word.size() > kMaxSuggestionWord) return {};
  const std::string lower = base::ascii_lower(word);
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kMaxSuggestionWord) continue;
    const std::size_t distance = edit_distance(lower, base::ascii_lower(candidate));
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string render(const Diagnostic& d) {
  std::string out;
  append_safe(out, d.file);
  if (d.line > 0) out += ":" + std::to_string(d.line) + ":" + std::to_string(d.column);
  out += d.severity == Severity::error ? ": error " : ": warning ";
  out += d.code;
  out += ": ";
  append_safe(out, d.reason);
  out += '\n';
  const std::string gutter(d.line > 0 ? std::to_string(d.line).size() : 1, ' ');
  if (d.line > 0) {
    std::size_t column = std::max(d.column, 1u) - 1;
    std::string_view shown = d.source_line;
    if (column > kMaxSourceLineShown / 2 && code_points(shown) > kMaxSourceLineShown) {
      const std::size_t cut = column - kMaxSourceLineShown / 2;
      shown.remove_prefix(byte_of(shown, cut));
      column -= cut;
    }
    shown = shown.substr(0, byte_of(shown, kMaxSourceLineShown));
    const std::size_t begin = byte_of(shown, column);
    const std::size_t end = begin + byte_of(shown.substr(begin), d.length);
    std::string line, before, under;
    append_safe(line, shown);
    append_safe(before, shown.substr(0, begin));
    append_safe(under, shown.substr(begin, end - begin));
    out += " " + std::to_string(d.line) + " | " + line + "\n";
    out += " " + gutter + " | " + std::string(base::display_width(before), ' ');
    out += std::string(std::max<std::size_t>(1, base::display_width(under)), '^') + "\n";
  }
  if (!d.hint.empty()) {
    out += " " + gutter + " = hint: ";
    append_safe(out, d.hint);
    out += '\n';
  }
  return out;
}

}  // namespace exhibit::sigma
