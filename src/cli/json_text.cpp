#include "cli/json_text.h"

#include <array>
#include <cstdio>

#include "base/text.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

// The end of the string that begins at `at` (a quote): one past its closing quote.
std::size_t string_end(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      return at + 1;
    }
  }
  return json.size();
}

void append_unit(std::string& out, std::uint32_t unit) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", unit);
  out += text.data();
}

}  // namespace

void append_pretty_json(std::string& out, std::string_view json, std::size_t indent) {
  std::size_t depth = 0;
  const auto line = [&] {
    out += '\n';
    out.append(indent + 2 * depth, ' ');
  };
  out.append(indent, ' ');
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t end = string_end(json, at);
      append_safe(out, json.substr(at, end - at));
      at = end;
      continue;
    }
    if (c == '{' || c == '[') {
      out += c;
      if (at + 1 < json.size() && (json[at + 1] == '}' || json[at + 1] == ']')) {
        out += json[++at];
      } else {
        ++depth;
        line();
      }
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      line();
      out += c;
    } else if (c == ',') {
      out += c;
      line();
    } else if (c == ':') {
      out += ": ";
    } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
      append_safe(out, json.substr(at, 1));
    }
    ++at;
  }
  out += '\n';
}

std::string terminal_json(std::string_view json) {
  std::string out;
  for (std::size_t at = 0; at < json.size();) {
    const auto decoded = base::decode_utf8(json, at);
    const std::string_view piece = json.substr(at, decoded.size_bytes);
    at += decoded.size_bytes;
    if (decoded.codepoint == '\n' || (decoded.valid && safe_text(piece) == piece)) {
      out += piece;
    } else if (decoded.codepoint < 0x10000) {
      append_unit(out, decoded.codepoint);
    } else {
      const std::uint32_t rest = decoded.codepoint - 0x10000;
      append_unit(out, 0xd800 + (rest >> 10U));
      append_unit(out, 0xdc00 + (rest & 0x3ffU));
    }
  }
  return out;
}

}  // namespace exhibit::cli
