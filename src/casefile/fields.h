// Fields of a statement: how they are put in, and read.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "casefile/facts.h"
#include "casefile/layout.h"

namespace exhibit::casefile::fields {

inline void text(Fields& out, std::string name, std::string_view value) {
  out.push_back({.name = std::move(name), .value = std::string(value), .number = false});
}
inline void flag(Fields& out, std::string name, bool value) {
  text(out, std::move(name), value ? "true" : "false");
}
template <std::integral T>
void number(Fields& out, std::string name, T value) {
  out.push_back({.name = std::move(name), .value = std::to_string(value), .number = true});
}
inline void tree(Fields& out, const std::string& name, const TreeFacts& facts) {
  text(out, name + ".root", base::to_hex(facts.root));
  number(out, name + ".size", facts.size);
}
/// Who does it, with what.
inline void custody(Fields& out, const Custody& custody) {
  text(out, "operator", custody.operator_name);
  text(out, "command_line", custody.command_line);
  text(out, "tool.name", custody.tool_name);
  text(out, "tool.version", custody.tool_version);
  text(out, "tool.sha256", custody.tool_sha256);
}
/// Reads fields one after the other; remembers the first that is not there.
class Reader {
 public:
  explicit Reader(const verify::Statement& statement) : fields_(statement.fields()) {}

  std::string text(std::string_view name) {
    for (const verify::StatementField& field : fields_)
      if (field.name == name) return field.value;
    complete_ = false;
    return {};
  }
  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> out;
    for (const verify::StatementField& field : fields_)
      if (field.name == name) out.push_back(field.value);
    return out;
  }
  std::vector<std::uint64_t> numbers(std::string_view name) {
    std::vector<std::uint64_t> out;
    for (const std::string& value : texts(name)) out.push_back(parse<std::uint64_t>(value));
    return out;
  }
  bool has(std::string_view name) const { return !texts(name).empty(); }
  bool flag(std::string_view name) {
    const std::string value = text(name);
    complete_ &= value == "true" || value == "false";
    return value == "true";
  }
  template <std::integral T>
  T number(std::string_view name) {
    return parse<T>(text(name));
  }
  template <std::size_t N>
  std::array<std::byte, N> bytes(std::string_view name) {
    std::array<std::byte, N> out{};
    const auto value = base::from_hex(text(name));
    if (value && value->size() == N) {
      std::ranges::copy(as_bytes(*value), out.begin());
    } else {
      complete_ = false;
    }
    return out;
  }
  TreeFacts tree(const std::string& name) {
    TreeFacts out;
    out.root = bytes<sizeof(seal::Digest)>(name + ".root");
    out.size = number<std::uint64_t>(name + ".size");
    return out;
  }
  std::string sha256(std::string_view name) {
    std::string value = text(name);
    complete_ &= layout::is_sha256(value);
    return value;
  }
  [[nodiscard]] Result<void> end(Literal what) const {
    if (!complete_) return fail(ErrorCode::malformed, what);
    return {};
  }
  void fail_if(bool bad) { complete_ &= !bad; }

 private:
  template <std::integral T>
  T parse(const std::string& value) {
    T out = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), out);
    complete_ &= parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size();
    return out;
  }

  Fields fields_;
  bool complete_ = true;
};

}  // namespace exhibit::casefile::fields
