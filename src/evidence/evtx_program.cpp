#include "evidence/evtx_program.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "evidence/evtx_format.h"

namespace exhibit::evidence::evtx {
namespace {

using event::DamageKind;
using event::PathId;

void append_unit(std::vector<std::byte>& out, char16_t unit) {
  out.push_back(static_cast<std::byte>(unit & 0xff));
  out.push_back(static_cast<std::byte>(unit >> 8));
}

void append_utf16(std::vector<std::byte>& out, Bytes utf16) {
  out.insert(out.end(), utf16.begin(), utf16.end());
}

// The character that a predefined entity stands for ([XML] 4.6); 0 for any other name.
char16_t entity_character(Bytes name) {
  struct Entity {
    std::string_view name;
    char16_t character;
  };
  constexpr std::array<Entity, 5> kEntities{
      {{"lt", u'<'}, {"gt", u'>'}, {"amp", u'&'}, {"quot", u'"'}, {"apos", u'\''}}};
  for (const Entity& entity : kEntities)
    if (is_ascii_name(name, entity.name)) return entity.character;
  return 0;
}

}  // namespace

bool is_ascii_name(Bytes name, std::string_view ascii) {
  if (name.size() != 2 * ascii.size()) return false;
  for (std::size_t i = 0; i < ascii.size(); ++i)
    if (load_or_zero<std::uint16_t>(name, 2 * i) != static_cast<unsigned char>(ascii[i]))
      return false;
  return true;
}

bool is_value_part(TokenKind kind) {
  switch (kind) {
    case TokenKind::text:
    case TokenKind::cdata:
    case TokenKind::char_ref:
    case TokenKind::entity_ref:
    case TokenKind::substitution:
    case TokenKind::optional_substitution:
      return true;
    default:
      return false;
  }
}

bool is_substitution(TokenKind kind) {
  return kind == TokenKind::substitution || kind == TokenKind::optional_substitution;
}

void append_constant(std::vector<std::byte>& out, const TokenList& list, const Token& token) {
  if (token.kind == TokenKind::char_ref) return append_unit(out, token.number);
  const Bytes text = list.text_of(token);
  if (token.kind != TokenKind::entity_ref) return append_utf16(out, text);
  if (const char16_t character = entity_character(text); character != 0)
    return append_unit(out, character);
  append_unit(out, u'&');
  append_utf16(out, text);
  append_unit(out, u';');
}

bool is_namespace_declaration(Bytes name) {
  constexpr std::size_t kXmlnsBytes = 10;
  if (name.size() < kXmlnsBytes || !is_ascii_name(name.first(kXmlnsBytes), "xmlns")) return false;
  return name.size() == kXmlnsBytes || load_or_zero<std::uint16_t>(name, kXmlnsBytes) == ':';
}

void Program::clear() {
  ops.clear();
  parts.clear();
  constants.clear();
  damage.reset();
  needs_values = false;
  batch = 0;
  constants_at = nullptr;
}

void Compiler::compile(const TokenList& tokens, PathId prefix, const std::vector<Slot>* values,
                       std::size_t values_first, Program& out) {
  in_ = &tokens;
  values_ = values;
  values_first_ = values_first;
  out_ = &out;
  out.clear();
  out.damage = tokens.damage;
  survey();
  for (std::uint32_t i = 0; i < tokens.tokens.size(); ++i) {
    const Token& token = tokens.tokens[i];
    if (token.kind == TokenKind::open_element) {
      element(i, prefix);
      i = elements_[i].end;
    } else if (token.kind == TokenKind::instance) {
      emit({.kind = OpKind::instance, .path = prefix, .first = token.at, .count = token.size});
    }
  }
}

void Compiler::limit() {
  if (!out_->damage) out_->damage = DamageKind::limit;
}

void Compiler::emit(Op op) {
  if (op.path != kNoPath) op.system = paths_.system(op.path);
  out_->ops.push_back(op);
}

// One pass that tells of each element where it ends and whether it can be without content.
void Compiler::survey() {
  const std::vector<Token>& tokens = in_->tokens;
  elements_.assign(tokens.size(), Element{});
  stack_.clear();
  bool in_start = false;
  for (std::uint32_t i = 0; i < tokens.size(); ++i) {
    switch (tokens[i].kind) {
      case TokenKind::open_element:
        stack_.push_back(i);
        in_start = true;
        break;
      case TokenKind::attribute:
        survey_attribute(elements_[stack_.back()], stack_.back(), i);
        break;
      case TokenKind::close_start:
        elements_[stack_.back()].content = i + 1;
        in_start = false;
        break;
      case TokenKind::end_element: {
        const Element closed = elements_[stack_.back()];
        elements_[stack_.back()].end = i;
        stack_.pop_back();
        if (stack_.empty()) break;
        Element& parent = elements_[stack_.back()];
        parent.has_content = true;
        if (!closed.has_optional) parent.always_emits = true;
        break;
      }
      case TokenKind::pi_target:
      case TokenKind::pi_data:
        break;
      default: {
        if (in_start || stack_.empty()) break;
        Element& element = elements_[stack_.back()];
        element.has_content = true;
        if (tokens[i].kind == TokenKind::optional_substitution) element.has_optional = true;
        // A value or an instance may turn out to be nothing.
        if (tokens[i].kind != TokenKind::instance && !is_substitution(tokens[i].kind))
          element.always_emits = true;
      }
    }
  }
}

void Compiler::survey_attribute(Element& element, std::uint32_t open, std::uint32_t attribute) {
  const std::vector<Token>& tokens = in_->tokens;
  const Bytes name = in_->text_of(tokens[attribute]);
  if (is_namespace_declaration(name)) return;
  if (element.name_at == 0 && is_ascii_name(name, "Name") &&
      is_ascii_name(in_->text_of(tokens[open]), "Data") && !is_left_out(attribute)) {
    element.name_at = attribute;
    return;
  }
  bool optional = false;
  for (std::uint32_t i = attribute + 1; is_value_part(tokens[i].kind); ++i)
    optional = optional || tokens[i].kind == TokenKind::optional_substitution;
  element.has_attributes = true;
  element.has_content = true;
  if (!optional) element.always_emits = true;
}

Slot Compiler::slot_of(const Token& token) const {
  const std::size_t at = values_first_ + token.number;
  return values_ != nullptr && at < values_->size() ? (*values_)[at] : Slot{};
}

// Whether the values leave an attribute out; false as long as they are not known.
bool Compiler::is_left_out(std::uint32_t attribute) const {
  if (values_ == nullptr) return false;
  const std::vector<Token>& tokens = in_->tokens;
  for (std::uint32_t i = attribute + 1; is_value_part(tokens[i].kind); ++i)
    if (tokens[i].kind == TokenKind::optional_substitution && slot_of(tokens[i]).is_null())
      return true;
  return false;
}

void Compiler::element(std::uint32_t open, PathId prefix) {
  Element& info = elements_[open];
  const std::vector<Token>& tokens = in_->tokens;
  // The root stays, whatever is NULL in it: leaving it out would lose the record.
  if (prefix == kNoPath) info.has_optional = false;
  const std::optional<PathId> path = element_path(open, prefix);
  if (!path) return limit();

  const bool only_value = !info.has_attributes && info.end == info.content + 1 &&
                          is_substitution(tokens[info.content].kind);
  if (only_value)
    return emit({.kind = info.has_optional ? OpKind::optional_slot : OpKind::slot,
                 .number = tokens[info.content].number,
                 .path = *path});
  if (!info.has_content) return emit({.kind = OpKind::null, .path = *path});

  const std::size_t skips = out_->ops.size();
  std::size_t skip_count = 0;
  if (info.has_optional) {
    for (std::uint32_t i = info.content; i < info.end; ++i) {
      if (tokens[i].kind == TokenKind::open_element) {
        i = elements_[i].end;
      } else if (tokens[i].kind == TokenKind::optional_substitution) {
        emit({.kind = OpKind::skip_if_null, .number = tokens[i].number});
        ++skip_count;
      }
    }
  }
  if (!info.always_emits) emit({.kind = OpKind::begin});
  attributes(open, *path);
  for (std::uint32_t i = info.content; i < info.end; ++i) {
    const Token& token = tokens[i];
    if (token.kind == TokenKind::open_element) {
      element(i, *path);
      i = elements_[i].end;
    } else if (token.kind == TokenKind::instance) {
      emit({.kind = OpKind::instance, .path = *path, .first = token.at, .count = token.size});
    } else if (is_value_part(token.kind)) {
      i = value(i, info.end, *path, false) - 1;
    }
  }
  if (!info.always_emits) emit({.kind = OpKind::end, .path = *path});
  for (std::size_t i = skips; i < skips + skip_count; ++i)
    out_->ops[i].first = static_cast<std::uint32_t>(out_->ops.size());
}

void Compiler::attributes(std::uint32_t open, PathId path) {
  const std::vector<Token>& tokens = in_->tokens;
  const Element& info = elements_[open];
  for (std::uint32_t i = open + 1; i + 1 < info.content; ++i) {
    if (tokens[i].kind != TokenKind::attribute || i == info.name_at) continue;
    const Bytes name = in_->text_of(tokens[i]);
    if (is_namespace_declaration(name)) continue;
    const std::optional<PathId> below = paths_.below(path, Paths::Step::attribute, name);
    if (!below) {
      limit();
      continue;
    }
    i = value(i + 1, info.content, *below, true) - 1;
  }
}

// Compiles the run of value parts that begins at `at`, of an attribute or of content; returns the
// index behind it. An attribute without parts has an empty value. In content, skip_if_null has seen
// to what a NULL value leaves out.
std::uint32_t Compiler::value(std::uint32_t at, std::uint32_t end, PathId path, bool attribute) {
  const std::vector<Token>& tokens = in_->tokens;
  const auto is_optional = [&](std::uint32_t i) {
    return attribute && tokens[i].kind == TokenKind::optional_substitution;
  };
  std::uint32_t behind = at;
  bool has_slot = false;
  for (; behind < end && is_value_part(tokens[behind].kind); ++behind)
    has_slot = has_slot || is_substitution(tokens[behind].kind);
  if (has_slot && behind == at + 1) {
    emit({.kind = is_optional(at) ? OpKind::optional_attribute
                  : attribute     ? OpKind::attribute
                                  : OpKind::mixed_slot,
          .number = tokens[at].number,
          .path = path});
    return behind;
  }
  const auto constant_first = static_cast<std::uint32_t>(out_->constants.size());
  if (!has_slot) {
    for (std::uint32_t i = at; i < behind; ++i) append_constant(out_->constants, *in_, tokens[i]);
    emit({.kind = OpKind::constant,
          .path = path,
          .first = constant_first,
          .count = static_cast<std::uint32_t>(out_->constants.size()) - constant_first});
    return behind;
  }
  const auto first = static_cast<std::uint32_t>(out_->parts.size());
  for (std::uint32_t i = at; i < behind; ++i) {
    if (is_substitution(tokens[i].kind)) {
      out_->parts.push_back(
          {.is_slot = true, .is_optional = is_optional(i), .number = tokens[i].number});
      continue;
    }
    const auto before = static_cast<std::uint32_t>(out_->constants.size());
    append_constant(out_->constants, *in_, tokens[i]);
    const auto size = static_cast<std::uint32_t>(out_->constants.size()) - before;
    if (out_->parts.size() > first && !out_->parts.back().is_slot) {
      out_->parts.back().count += size;
    } else {
      out_->parts.push_back({.first = before, .count = size});
    }
  }
  emit({.kind = attribute ? OpKind::joined_attribute : OpKind::joined,
        .path = path,
        .first = first,
        .count = static_cast<std::uint32_t>(out_->parts.size()) - first});
  return behind;
}

// `<Data Name="X">` is known by X, as evtx_dump writes it; any other element by its own name.
std::optional<PathId> Compiler::element_path(std::uint32_t open, PathId prefix) {
  const std::uint32_t name_at = elements_[open].name_at;
  if (name_at != 0) {
    data_name(name_at);
    if (!name_.empty())
      return paths_.below(prefix, Paths::Step::data, as_bytes(std::string_view(name_)));
  }
  return paths_.below(prefix, Paths::Step::element, in_->text_of(in_->tokens[open]));
}

// Puts the text of a Name attribute into name_; nothing when it is not known.
void Compiler::data_name(std::uint32_t attribute) {
  name_.clear();
  constant_.clear();
  const auto constants_end = [&] {
    base::append_utf16le(name_, constant_);
    constant_.clear();
  };
  const std::vector<Token>& tokens = in_->tokens;
  for (std::uint32_t i = attribute + 1; is_value_part(tokens[i].kind); ++i) {
    if (!is_substitution(tokens[i].kind)) {
      append_constant(constant_, *in_, tokens[i]);
      continue;
    }
    if (values_ == nullptr) {
      out_->needs_values = true;
      return name_.clear();
    }
    if (name_.size() > kPathBytesMax) return;  // no path is longer
    constants_end();
    const Slot slot = slot_of(tokens[i]);
    if (slot.is_nothing()) continue;
    if (!slot.is_array()) {
      event::append_text(name_, slot.value());
      continue;
    }
    for_each_item(slot, [&](const event::Value& item) {
      event::append_text(name_, item);
      return true;
    });
  }
  constants_end();
}

}  // namespace exhibit::evidence::evtx
