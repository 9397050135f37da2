#include "sigma/pattern.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace exhibit::sigma {
namespace {

using Kind = PatternToken::Kind;

void push(Pattern& pattern, Kind kind) {
  // `**` says no more than `*`.
  if (kind == Kind::any_many && !pattern.empty() && pattern.back().kind == Kind::any_many) return;
  pattern.push_back({kind, {}});
}

void push(Pattern& pattern, std::string_view text) {
  if (text.empty()) return;
  if (!pattern.empty() && pattern.back().kind == Kind::literal)
    pattern.back().text += text;
  else
    pattern.push_back({Kind::literal, std::string(text)});
}

// Hyphen, slash, en dash, em dash, horizontal bar. Source: Sigma 2.1, `windash`.
constexpr std::array<std::string_view, 5> kDashes{"-", "/", "\u2013", "\u2014", "\u2015"};

std::size_t dash_size(std::string_view text) {
  for (const std::string_view dash : kDashes)
    if (text.starts_with(dash)) return dash.size();
  return 0;
}

// Letters beyond ASCII count as word characters, as in Python's `\b`, except the dashes.
bool is_word_start(std::string_view text) {
  if (text.empty()) return false;
  const char c = text[0];
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')
    return true;
  return static_cast<unsigned char>(c) >= 0x80 && dash_size(text) == 0;
}

struct Pieces {
  std::vector<Pattern> between;  // dashes stand between these; size is dashes + 1
};

Pieces cut_at_dashes(const Pattern& pattern) {
  Pieces pieces;
  pieces.between.emplace_back();
  for (const PatternToken& token : pattern) {
    if (token.kind != Kind::literal) {
      pieces.between.back().push_back(token);
      continue;
    }
    const std::string_view text = token.text;
    std::size_t start = 0;
    bool after_word = false;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t dash = dash_size(text.substr(at));
      if (dash > 0 && !after_word && is_word_start(text.substr(at + dash))) {
        push(pieces.between.back(), text.substr(start, at - start));
        pieces.between.emplace_back();
        start = at + dash;
      }
      after_word = is_word_start(text.substr(at));
      at += dash > 0 ? dash : base::decode_utf8(text, at).size_bytes;
    }
    push(pieces.between.back(), text.substr(start));
  }
  return pieces;
}

bool matches_from(const Pattern& pattern, std::size_t token, std::string_view text) {
  // Where to resume when what follows the last `*` does not fit: one code point further on.
  std::size_t star = pattern.size();
  std::string_view star_text;
  while (true) {
    bool fits = true;
    if (token == pattern.size()) {
      if (text.empty()) return true;
      fits = false;
    } else if (pattern[token].kind == Kind::any_many) {
      star = token++;
      star_text = text;
      continue;
    } else if (pattern[token].kind == Kind::any_one) {
      if (text.empty()) return false;
      text.remove_prefix(base::decode_utf8(text, 0).size_bytes);
      ++token;
      continue;
    } else if (text.starts_with(pattern[token].text)) {
      text.remove_prefix(pattern[token].text.size());
      ++token;
      continue;
    } else {
      fits = false;
    }
    if (!fits) {
      if (star == pattern.size() || star_text.empty()) return false;
      star_text.remove_prefix(base::decode_utf8(star_text, 0).size_bytes);
      // A literal is looked for at once. It is UTF-8, so it is never found inside a code point.
      if (star + 1 < pattern.size() && pattern[star + 1].kind == Kind::literal) {
        const std::size_t found = star_text.find(pattern[star + 1].text);
        if (found == std::string_view::npos) return false;
        star_text.remove_prefix(found);
      }
      text = star_text;
      token = star + 1;
    }
  }
}

}  // namespace

Pattern parse_pattern(std::string_view text) {
  Pattern pattern;
  std::string literal;
  const auto flush = [&] {
    push(pattern, literal);
    literal.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
      literal += next;
      ++at;
    } else if (c == '*' || c == '?') {
      flush();
      push(pattern, c == '*' ? Kind::any_many : Kind::any_one);
    } else {
      literal += c;
    }
  }
  flush();
  return pattern;
}

Pattern literal_pattern(std::string_view text) {
  Pattern pattern;
  push(pattern, text);
  return pattern;
}

std::optional<std::string> literal_text(const Pattern& pattern) {
  if (pattern.empty()) return std::string();
  if (pattern.size() > 1 || pattern[0].kind != Kind::literal) return std::nullopt;
  return pattern[0].text;
}

void open_front(Pattern& pattern) {
  if (pattern.empty() || pattern.front().kind != Kind::any_many)
    pattern.insert(pattern.begin(), PatternToken{Kind::any_many, {}});
}

void open_back(Pattern& pattern) { push(pattern, Kind::any_many); }

Pattern folded(Pattern pattern) {
  for (PatternToken& token : pattern) token.text = base::folded(token.text);
  return pattern;
}

std::optional<std::vector<Pattern>> windash(const Pattern& pattern) {
  const Pieces pieces = cut_at_dashes(pattern);
  std::vector<Pattern> out{pieces.between[0]};
  for (std::size_t i = 1; i < pieces.between.size(); ++i) {
    if (out.size() > kMaxWindashVariants / kDashes.size()) return std::nullopt;
    std::vector<Pattern> next;
    next.reserve(out.size() * kDashes.size());
    for (const Pattern& before : out) {
      for (const std::string_view dash : kDashes) {
        Pattern joined = before;
        push(joined, dash);
        for (const PatternToken& token : pieces.between[i]) {
          if (token.kind == Kind::literal)
            push(joined, token.text);
          else
            joined.push_back(token);
        }
        next.push_back(std::move(joined));
      }
    }
    out = std::move(next);
  }
  return out;
}

// Of four base64 characters each carries six bits of three bytes: with `shift` unknown bytes before
// it, the first 2 (shift 1) or 3 (shift 2) characters mix them in; the last 3 (one byte left over)
// or 2 (two left over) mix in what follows or are padding.
std::vector<std::string> base64_offsets(std::string_view bytes) {
  constexpr std::array<std::size_t, 3> kFront{0, 2, 3};
  constexpr std::array<std::size_t, 3> kBack{0, 3, 2};
  std::vector<std::string> out;
  for (std::size_t shift = 0; shift < 3; ++shift) {
    std::string shifted(shift, ' ');
    shifted += bytes;
    const std::string encoded = base::to_base64(as_bytes(shifted));
    const std::size_t back = kBack[shifted.size() % 3];
    if (encoded.size() <= kFront[shift] + back) continue;
    out.push_back(encoded.substr(kFront[shift], encoded.size() - kFront[shift] - back));
  }
  return out;
}

std::optional<std::string> to_utf16(std::string_view text, Utf16 form) {
  std::string out;
  const auto unit = [&](std::uint32_t u) {
    const char low = static_cast<char>(u & 0xff), high = static_cast<char>(u >> 8);
    out += form == Utf16::big ? high : low;
    out += form == Utf16::big ? low : high;
  };
  if (form == Utf16::marked) unit(0xfeff);
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, size, valid] = base::decode_utf8(text, at);
    if (!valid) return std::nullopt;
    if (c >= 0x10000) {
      unit(0xd800 + ((c - 0x10000) >> 10));
      unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      unit(c);
    }
    at += size;
  }
  return out;
}

bool glob_matches(const Pattern& pattern, std::string_view text) {
  return matches_from(pattern, 0, text);
}

}  // namespace exhibit::sigma
