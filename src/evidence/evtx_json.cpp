// An event in evtx_dump's JSON form: attributes as `#attributes`, text beside them as `#text`,
// `<Data Name="X">` as X, unnamed Data as `Data.#text`, equal names with `_1`, `_2` behind.
//
// Values are as event::append_text writes them, which is what rules are matched against;
// docs/formats/evtx-reading.md lists where that differs from evtx_dump.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/json_writer.h"
#include "evidence/evtx.h"
#include "evidence/evtx_dom.h"

namespace exhibit::evidence {
namespace {

using event::Value;
using event::ValueType;
using evtx::Content;
using evtx::Element;

// Names within one object; repeated ones get a number behind.
class Keys {
 public:
  std::string unique(const std::string& name) {
    if (used_.insert(name).second) return name;
    std::uint32_t& count = next_[name];
    for (;;) {
      std::string numbered = name + "_" + std::to_string(++count);
      if (used_.insert(numbered).second) return numbered;
    }
  }

 private:
  std::unordered_set<std::string> used_;
  std::unordered_map<std::string, std::uint32_t> next_;
};

bool has_elements(const Element& element) {
  for (const Content& content : element.content)
    if (content.kind == Content::Kind::element) return true;
  return false;
}

bool is_unnamed_data(const Element& element) {
  return element.name == "Data" && element.attributes.empty() && !has_elements(element);
}

class Renderer {
 public:
  explicit Renderer(std::string& out) : json_(out) {}

  void document(const evtx::Document& document) {
    json_.begin_object();
    Keys keys;
    for (const Content& content : document.content)
      if (content.kind == Content::Kind::element) member(content.element.front(), keys);
    json_.end_object();
  }

 private:
  void member(const Element& element, Keys& keys) {
    const evtx::Attribute* name_at = evtx::data_name(element);
    std::string name;
    if (name_at != nullptr) evtx::append_values(name, name_at->content);
    json_.key(keys.unique(name.empty() ? element.name : name));
    value(element, name.empty() ? nullptr : name_at);
  }

  // `name_at`: the attribute that has become the key.
  void value(const Element& element, const evtx::Attribute* name_at) {
    const bool has_attributes = element.attributes.size() > (name_at == nullptr ? 0U : 1U);
    const bool children = has_elements(element);
    if (!has_attributes && !children) return text(element.content);
    json_.begin_object();
    if (has_attributes) attributes(element, name_at);
    if (has_text(element)) {
      json_.key("#text");
      text(element.content);
    }
    if (children) elements(element);
    json_.end_object();
  }

  void attributes(const Element& element, const evtx::Attribute* name_at) {
    json_.key("#attributes").begin_object();
    Keys keys;
    for (const evtx::Attribute& attribute : element.attributes) {
      if (&attribute == name_at) continue;
      json_.key(keys.unique(attribute.name));
      text(attribute.content);
    }
    json_.end_object();
  }

  void elements(const Element& element) {
    Keys keys;
    bool data_done = false;
    for (const Content& content : element.content) {
      if (content.kind != Content::Kind::element) continue;
      const Element& child = content.element.front();
      if (!is_unnamed_data(child)) {
        member(child, keys);
      } else if (!data_done) {
        unnamed_data(element, keys);
        data_done = true;
      }
    }
  }

  // All unnamed Data below one element together: {"#text": one or [several]}.
  void unnamed_data(const Element& parent, Keys& keys) {
    std::vector<const Element*> all;
    for (const Content& content : parent.content)
      if (content.kind == Content::Kind::element && is_unnamed_data(content.element.front()))
        all.push_back(&content.element.front());
    json_.key(keys.unique("Data")).begin_object().key("#text");
    std::size_t count = 0;
    for (const Element* data : all) count += std::max<std::size_t>(1, values_in(*data));
    if (count > 1) json_.begin_array();
    for (const Element* data : all) items(*data);
    if (count > 1) json_.end_array();
    json_.end_object();
  }

  static bool is_text(const Content& content) {
    return content.kind == Content::Kind::text || content.kind == Content::Kind::array;
  }
  static bool has_text(const Element& element) {
    return std::ranges::any_of(element.content, is_text);
  }
  static bool is_array(const Element& element) {
    return element.content.size() == 1 && element.content.front().kind == Content::Kind::array;
  }

  // How many values items() writes.
  static std::size_t values_in(const Element& element) {
    return is_array(element) ? element.content.front().values.size() : 1;
  }

  // What has no text is null, a text is itself, several are joined, an array is an array.
  void text(const std::vector<Content>& content) {
    std::vector<Value> parts;
    bool array = false;
    for (const Content& c : content) {
      if (!is_text(c)) continue;
      array = array || c.kind == Content::Kind::array;
      parts.insert(parts.end(), c.values.begin(), c.values.end());
    }
    if (parts.empty()) {
      json_.null();
      return;
    }
    if (!array || parts.size() == 1) return joined(parts);
    json_.begin_array();
    for (const Content& c : content) {
      if (c.kind == Content::Kind::text) joined(c.values);
      if (c.kind != Content::Kind::array) continue;
      for (const Value& item : c.values) scalar(item);
    }
    json_.end_array();
  }

  // An unnamed Data without content is an empty text among its siblings, not null.
  void items(const Element& element) {
    if (!has_text(element)) {
      json_.string("");
    } else if (is_array(element)) {
      for (const Value& item : element.content.front().values) scalar(item);
    } else {
      text(element.content);
    }
  }

  void joined(const std::vector<Value>& parts) {
    if (parts.size() == 1) return scalar(parts.front());
    text_.clear();
    evtx::append_values(text_, parts);
    json_.string(text_);
  }

  void scalar(const Value& value) {
    text_.clear();
    event::append_text(text_, value);
    if (is_json_token(value)) {
      json_.raw(text_);
    } else if (value.is_null()) {
      json_.null();
    } else {
      json_.string(text_);
    }
  }

  // Whether text_ stands for `value` without quotes: a number that has its type's size and that
  // JSON can write, or a boolean.
  bool is_json_token(const Value& value) const {
    switch (value.type) {
      case ValueType::int8:
      case ValueType::uint8:
        return value.size == 1;
      case ValueType::int16:
      case ValueType::uint16:
        return value.size == 2;
      case ValueType::int32:
      case ValueType::uint32:
        return value.size == 4;
      case ValueType::int64:
      case ValueType::uint64:
        return value.size == 8;
      case ValueType::real32:
      case ValueType::real64:  // not "inf" and "nan"
        return value.size == (value.type == ValueType::real32 ? 4U : 8U) &&
               text_.find_first_not_of("0123456789+-.e") == std::string::npos;
      case ValueType::boolean:
        return value.size > 0;
      default:
        return false;
    }
  }

  base::JsonWriter json_;
  std::string text_;
};

}  // namespace

void append_evtx_json(std::string& out, const event::Batch& batch, const event::Event& event,
                      const event::PathTable&) {
  Renderer(out).document(evtx::document_of(batch, event));
}

}  // namespace exhibit::evidence
