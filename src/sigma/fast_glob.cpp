#include "sigma/fast_glob.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace exhibit::sigma::fast {
namespace {

using Kind = PatternToken::Kind;

// Where `tokens` (no any_many among them) end when they stand at `at`; npos when they do not.
std::size_t match_stretch(std::span<const PatternToken> tokens, std::string_view text,
                          std::size_t at) {
  for (const PatternToken& token : tokens) {
    if (token.kind == Kind::literal) {
      if (text.compare(at, token.text.size(), token.text) != 0) return std::string_view::npos;
      at += token.text.size();
    } else {
      if (at >= text.size()) return std::string_view::npos;
      at += base::decode_utf8(text, at).size_bytes;
    }
  }
  return at;
}

// The first place at or after `at` where the stretch stands, as where it ends; npos if nowhere.
// Starts only at code points, as any_one counts them.
std::size_t find_stretch(std::span<const PatternToken> tokens, std::string_view text,
                         std::size_t at) {
  while (at <= text.size()) {
    if (tokens.front().kind == Kind::literal) {
      at = text.find(tokens.front().text, at);
      if (at == std::string_view::npos) return at;
    }
    const std::size_t end = match_stretch(tokens, text, at);
    if (end != std::string_view::npos) return end;
    if (at >= text.size()) break;
    at += base::decode_utf8(text, at).size_bytes;
  }
  return std::string_view::npos;
}

// True when the stretch stands at the very end, at or after `from`.
bool ends_with_stretch(std::span<const PatternToken> tokens, std::string_view text,
                       std::size_t from) {
  // any_one varies in width, so walk back token by token.
  std::size_t end = text.size();
  for (std::size_t i = tokens.size(); i-- > 0;) {
    const PatternToken& token = tokens[i];
    if (token.kind == Kind::literal) {
      if (end < from + token.text.size()) return false;
      end -= token.text.size();
      if (text.compare(end, token.text.size(), token.text) != 0) return false;
    } else {
      if (end <= from) return false;
      // A code point takes at most four bytes; the one that ends here is the longest that does.
      std::size_t width = 1;
      for (std::size_t back = 4; back > 1; --back) {
        if (end < from + back) continue;
        const auto decoded = base::decode_utf8(text, end - back);
        if (decoded.valid && decoded.size_bytes == back) {
          width = back;
          break;
        }
      }
      end -= width;
    }
  }
  return true;
}

}  // namespace

bool is_normalised(const Pattern& pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Kind::literal && pattern[i].text.empty()) return false;
    if (i == 0) continue;
    const Kind before = pattern[i - 1].kind;
    if (pattern[i].kind == Kind::any_one ? before == Kind::any_many : before == pattern[i].kind)
      return false;
  }
  return true;
}

Pattern normalised(const Pattern& pattern) {
  Pattern out;
  for (const PatternToken& token : pattern) {
    if (token.kind == Kind::literal) {
      if (token.text.empty()) continue;
      if (!out.empty() && out.back().kind == Kind::literal)
        out.back().text += token.text;
      else
        out.push_back(token);
    } else if (token.kind == Kind::any_many) {
      if (out.empty() || out.back().kind != Kind::any_many) out.push_back({Kind::any_many, {}});
    } else if (!out.empty() && out.back().kind == Kind::any_many) {
      out.insert(out.end() - 1, {Kind::any_one, {}});
    } else {
      out.push_back({Kind::any_one, {}});
    }
  }
  return out;
}

PatternShape shape_of(const Pattern& pattern) {
  using Anchor = Literal::Anchor;
  if (pattern.empty()) return {PatternShape::Kind::literal, {Anchor::whole, {}}};
  const bool open_start = pattern.front().kind == Kind::any_many;
  const bool open_end = pattern.back().kind == Kind::any_many;
  if (pattern.size() == 1 && open_start) return {PatternShape::Kind::everything, {}};
  const PatternToken* longest = nullptr;
  for (const PatternToken& token : pattern)
    if (token.kind == Kind::literal &&
        (longest == nullptr || token.text.size() > longest->text.size()))
      longest = &token;
  if (longest == nullptr) return {PatternShape::Kind::ungated, {}};
  const bool first = longest == &pattern.front();
  const bool last = longest == &pattern.back();
  const Anchor anchor = first && last ? Anchor::whole
                        : first       ? Anchor::start
                        : last        ? Anchor::end
                                      : Anchor::anywhere;
  const std::size_t around = (open_start ? 1U : 0U) + (open_end ? 1U : 0U);
  const bool alone = pattern.size() == 1 + around;
  return {alone ? PatternShape::Kind::literal : PatternShape::Kind::gated, {anchor, longest->text}};
}

bool match_glob(const Pattern& pattern, std::string_view text) {
  std::span<const PatternToken> rest(pattern);
  const auto is_many = [](const PatternToken& t) { return t.kind == Kind::any_many; };
  // Before the first any_many: at the start of the text.
  auto many = std::find_if(rest.begin(), rest.end(), is_many);
  auto head = rest.first(static_cast<std::size_t>(many - rest.begin()));
  std::size_t at = match_stretch(head, text, 0);
  if (at == std::string_view::npos) return false;
  if (head.size() == rest.size()) return at == text.size();
  rest = rest.subspan(head.size() + 1);
  // Between two any_many: the first place will do, since later ones only leave less.
  for (many = std::find_if(rest.begin(), rest.end(), is_many); many != rest.end();
       many = std::find_if(rest.begin(), rest.end(), is_many)) {
    head = rest.first(static_cast<std::size_t>(many - rest.begin()));
    at = find_stretch(head, text, at);
    if (at == std::string_view::npos) return false;
    rest = rest.subspan(head.size() + 1);
  }
  return rest.empty() || ends_with_stretch(rest, text, at);
}

}  // namespace exhibit::sigma::fast
