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

std::string data_name(const Element& element) {
  std::string out;
  if (element.name != "Data") return out;
  for (const evtx::Attribute& attribute : element.attributes) {
    if (attribute.name != "Name") continue;
    evtx::append_parts(out, attribute.parts);
    break;
  }
  return out;
}

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
    const std::string name = data_name(element);
    json_.key(keys.unique(name.empty() ? element.name : name));
    value(element, !name.empty());
  }

  void value(const Element& element, bool named) {
    bool has_attributes = false;
    for (const evtx::Attribute& attribute : element.attributes)
      has_attributes = has_attributes || !named || attribute.name != "Name";
    const bool children = has_elements(element);
    if (!has_attributes && !children) return text(element);
    json_.begin_object();
    if (has_attributes) attributes(element, named);
    if (has_text(element)) {
      json_.key("#text");
      text(element);
    }
    if (children) elements(element);
    json_.end_object();
  }

  void attributes(const Element& element, bool named) {
    json_.key("#attributes").begin_object();
    Keys keys;
    for (const evtx::Attribute& attribute : element.attributes) {
      if (named && attribute.name == "Name") continue;
      json_.key(keys.unique(attribute.name));
      joined(attribute.parts);
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

  static bool has_text(const Element& element) {
    for (const Content& content : element.content)
      if (content.kind == Content::Kind::value || content.kind == Content::Kind::array) return true;
    return false;
  }

  // How many values items() writes.
  static std::size_t values_in(const Element& element) {
    return element.content.size() == 1 ? element.content.front().values.size() : 1;
  }

  // The values of an element: none is null, one is itself, several parts are joined, an array is an
  // array.
  void text(const Element& element) {
    std::vector<Value> parts;
    bool array = false;
    for (const Content& content : element.content) {
      if (content.kind != Content::Kind::value && content.kind != Content::Kind::array) continue;
      array = array || content.kind == Content::Kind::array;
      parts.insert(parts.end(), content.values.begin(), content.values.end());
    }
    if (!array || parts.size() == 1) return joined_or_null(parts);
    json_.begin_array();
    for (const Value& part : parts) scalar(part);
    json_.end_array();
  }

  // An unnamed Data without content is an empty text among its siblings, not null.
  void items(const Element& element) {
    if (!has_text(element)) {
      json_.string("");
      return;
    }
    if (element.content.size() == 1 && element.content.front().kind == Content::Kind::array) {
      for (const Value& item : element.content.front().values) scalar(item);
      return;
    }
    text(element);
  }

  void joined_or_null(const std::vector<Value>& parts) {
    if (parts.empty()) {
      json_.null();
    } else {
      joined(parts);
    }
  }

  void joined(const std::vector<Value>& parts) {
    if (parts.size() == 1) return scalar(parts.front());
    text_.clear();
    evtx::append_parts(text_, parts);
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
