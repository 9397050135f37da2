// An event as XML, laid out as Event Viewer does: two spaces for each level, an element with only
// text on one line, GUIDs in braces and lower case.
//
// What XML 1.0 cannot hold becomes U+FFFD in text and '_' in names, so that the result is well
// formed whatever the record holds.
#include <string>

#include "base/text.h"
#include "evidence/evtx.h"
#include "evidence/evtx_dom.h"
#include "evidence/evtx_format.h"

namespace exhibit::evidence {
namespace {

using event::Value;
using evtx::Content;
using evtx::Element;
using evtx::kXmlBytesMax;

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// Char of [XML] 2.2.
bool is_xml_character(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

void append_escaped(std::string& out, std::string_view text, bool attribute) {
  for (std::size_t at = 0; at < text.size();) {
    const base::Decoded d = base::decode_utf8(text, at);
    const std::string_view bytes = text.substr(at, d.size_bytes);
    at += d.size_bytes;
    if (!d.valid || !is_xml_character(d.codepoint)) {
      out += kReplacement;
    } else if (d.codepoint == '&') {
      out += "&amp;";
    } else if (d.codepoint == '<') {
      out += "&lt;";
    } else if (d.codepoint == '>') {
      out += "&gt;";
    } else if (d.codepoint == '"' && attribute) {
      out += "&quot;";
    } else if (d.codepoint == '\r' || (attribute && (d.codepoint == '\n' || d.codepoint == '\t'))) {
      out += "&#" + std::to_string(static_cast<unsigned>(d.codepoint)) + ";";  // else normalised
    } else {
      out += bytes;
    }
  }
}

// A letter, digit, '_', '-', '.', ':' or anything beyond ASCII is kept; the first may be neither
// digit, '-' nor '.'.
void append_name(std::string& out, std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
                        static_cast<unsigned char>(c) >= 0x80;
    const bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (i == 0 && later) out += '_';
    out += letter || later ? c : '_';
  }
}

class Renderer {
 public:
  explicit Renderer(std::string& out) : out_(out) {}

  void content(const Content& content, std::size_t level) {
    if (is_full()) return;
    if (content.kind == Content::Kind::element) return element(content.element.front(), level);
    if (content.kind == Content::Kind::instruction) {
      line(level);
      return instruction(content);
    }
    line(level);
    values(content.values);
  }

 private:
  void line(std::size_t level) {
    if (!out_.empty() && out_.size() != begin_) out_ += '\n';
    out_.append(2 * level, ' ');
  }

  // An array repeats its element with all attributes: a record of 64 KiB could stand for gigabytes.
  bool is_full() {
    if (out_.size() - begin_ < kXmlBytesMax) return false;
    if (!cut_) out_ += "<!-- larger than is shown: the rest is left out -->";
    cut_ = true;
    return true;
  }

  // An array as the only content repeats its element for each item.
  void element(const Element& element, std::size_t level) {
    if (element.content.size() == 1 && element.content.front().kind == Content::Kind::array) {
      for (const Value& item : element.content.front().values) {
        if (is_full()) break;
        start(element, level);
        out_ += '>';
        values({item});
        end(element);
      }
      return;
    }
    start(element, level);
    if (element.content.empty()) {
      out_ += " />";
      return;
    }
    out_ += '>';
    bool only_values = true;
    for (const Content& c : element.content)
      only_values =
          only_values && (c.kind == Content::Kind::text || c.kind == Content::Kind::array);
    for (const Content& c : element.content) {
      if (only_values) {
        values(c.values);
      } else {
        content(c, level + 1);
      }
    }
    if (!only_values) line(level);
    end(element);
  }

  void start(const Element& element, std::size_t level) {
    line(level);
    out_ += '<';
    append_name(out_, element.name);
    for (const evtx::Attribute& attribute : element.attributes) {
      out_ += ' ';
      append_name(out_, attribute.name);
      out_ += "=\"";
      for (const Content& content : attribute.content) attribute_value(content);
      out_ += '"';
    }
  }

  void end(const Element& element) {
    out_ += "</";
    append_name(out_, element.name);
    out_ += '>';
  }

  void instruction(const Content& content) {
    out_ += "<?";
    append_name(out_, content.target);
    if (!content.data.empty()) out_ += ' ';
    for (std::size_t i = 0; i < content.data.size(); ++i) {
      out_ += content.data[i];
      if (content.data[i] == '?' && i + 1 < content.data.size() && content.data[i + 1] == '>')
        out_ += ' ';  // else it would end here
    }
    out_ += "?>";
  }

  // The items of an array with a space between them, as XML Schema writes a list.
  void attribute_value(const Content& content) {
    for (std::size_t i = 0; i < content.values.size(); ++i) {
      if (i > 0 && content.kind == Content::Kind::array) out_ += ' ';
      value(content.values[i], true);
    }
  }

  void values(const std::vector<Value>& all) {
    for (const Value& v : all) value(v, false);
  }

  void value(const Value& value, bool attribute) {
    text_.clear();
    event::append_text(text_, value);
    append_escaped(out_, text_, attribute);
  }

  std::string& out_;
  std::size_t begin_ = out_.size();
  bool cut_ = false;
  std::string text_;
};

}  // namespace

void append_evtx_xml(std::string& out, const event::Batch& batch, const event::Event& event,
                     const event::PathTable&) {
  const evtx::Document document = evtx::document_of(batch, event);
  Renderer renderer(out);
  for (const Content& content : document.content) renderer.content(content, 0);
}

}  // namespace exhibit::evidence
