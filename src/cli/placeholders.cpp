#include "cli/placeholders.h"

namespace exhibit::cli {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// A value as it stands after "- "; false where a quote does not end.
bool unquote(std::string_view text, std::string& out) {
  if (text.empty() || (text[0] != '\'' && text[0] != '"')) {
    const auto comment = text.find(" #");
    out = trimmed(text.substr(0, comment));
    return true;
  }
  const char quote = text[0];
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] != quote) {
      out += text[at];
    } else if (quote == '\'' && at + 1 < text.size() && text[at + 1] == quote) {
      out += text[at++];
    } else {
      const auto rest = trimmed(text.substr(at + 1));
      return rest.empty() || rest[0] == '#';
    }
  }
  return false;
}

}  // namespace

std::expected<Placeholders, std::string> parse_placeholders(std::string_view text) {
  Placeholders out;
  std::vector<std::string>* values = nullptr;
  std::size_t number = 0;
  const auto wrong = [&number](std::string_view what) {
    return std::unexpected("line " + std::to_string(number) + ": " + std::string(what));
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    const std::string_view body = trimmed(line);
    if (body.empty() || body[0] == '#' || body == "---") continue;
    if (body[0] == '-' && (body.size() == 1 || body[1] == ' ')) {
      if (values == nullptr) return wrong("a value before any `name:`");
      std::string value;
      if (!unquote(trimmed(body.substr(1)), value)) return wrong("a quote that does not end");
      values->push_back(std::move(value));
      continue;
    }
    if (line[0] == ' ' || line[0] == '\t' || body.back() != ':' || body.size() == 1)
      return wrong("expected `name:` or `- value`");
    std::string name;
    if (!unquote(body.substr(0, body.size() - 1), name)) return wrong("a quote that does not end");
    values = &out[name];
  }
  return out;
}

}  // namespace exhibit::cli
