#include "evidence/evtx_dom.h"

#include <algorithm>

#include "base/text.h"
#include "evidence/evtx_array.h"
#include "evidence/evtx_format.h"
#include "evidence/evtx_program.h"

namespace exhibit::evidence::evtx {
namespace {

using event::Value;
using event::ValueType;

class Builder {
 public:
  Builder(Bytes chunk, Document& out) : chunk_(chunk), out_(out) {}

  void fragment(std::uint32_t begin, std::uint32_t end, std::vector<Content>& into) {
    if (depth_ >= kInstanceDepthMax) return incomplete();
    ++depth_;
    std::uint32_t at = begin;
    if (end - at > kFragmentHeaderSizeBytes &&
        (byte_at(chunk_, at) & ~kTokenMore) == kTokenFragment)
      at += kFragmentHeaderSizeBytes;
    if (at >= end) {
      incomplete();
    } else if ((byte_at(chunk_, at) & ~kTokenMore) == kTokenInstance) {
      instance(at, end, into);
    } else {
      Tree(*this, at, end, false, {}).content(into);
    }
    --depth_;
  }

 private:
  using Slots = std::vector<Slot>;

  void incomplete() { out_.complete = false; }

  // False when a limit of what one record may be shown as is reached.
  bool spend(std::size_t steps, std::size_t bytes) {
    steps_ += steps;
    bytes_ += bytes;
    if (steps_ <= kChunkFieldsMax && bytes_ <= kChunkValueBytesMax) return true;
    incomplete();
    return false;
  }

  void instance(std::uint32_t at, std::uint32_t end, std::vector<Content>& into) {
    const std::optional<Instance> found = read_instance(chunk_, at, end);
    if (!found) return incomplete();
    const std::optional<Definition> definition = read_definition(chunk_, found->definition);
    if (!definition || definition->guid_head != found->template_id) return incomplete();
    Slots slots(found->value_count);
    std::uint32_t value = found->values;
    for (std::uint32_t i = 0; i < found->value_count; ++i) {
      const std::size_t descriptor = found->descriptors + std::size_t{i} * kDescriptorSizeBytes;
      const auto size = load_or_zero<std::uint16_t>(chunk_, descriptor);
      if (size > end - value) {
        incomplete();
        break;
      }
      slots[i] = {.data = chunk_.data() + value,
                  .size = size,
                  .type = load_or_zero<std::uint8_t>(chunk_, descriptor + 2)};
      value += size;
    }
    Tree(*this, definition->begin, definition->end, true, std::move(slots)).content(into);
  }

  // One list of tokens with the values that go into it.
  class Tree {
   public:
    Tree(Builder& builder, std::uint32_t begin, std::uint32_t end, bool definition, Slots slots)
        : builder_(builder), slots_(std::move(slots)) {
      if (!builder.spend(1, 0)) return;
      read_tokens(builder.chunk_, begin, end, definition, tokens_);
      if (tokens_.damage) builder.incomplete();
      builder.spend(tokens_.tokens.size(), 0);
      ends_.resize(tokens_.tokens.size());
      std::vector<std::uint32_t> open;
      for (std::uint32_t i = 0; i < ends_.size(); ++i) {
        if (tokens_.tokens[i].kind == TokenKind::open_element) open.push_back(i);
        if (tokens_.tokens[i].kind != TokenKind::end_element) continue;
        ends_[open.back()] = i;
        open.pop_back();
      }
    }

    void content(std::vector<Content>& into) {
      content(0, static_cast<std::uint32_t>(tokens_.tokens.size()), into);
    }

   private:
    void content(std::uint32_t begin, std::uint32_t end, std::vector<Content>& into) {
      for (std::uint32_t i = begin; i < end; ++i) {
        const Token& token = tokens_.tokens[i];
        if (!builder_.spend(1, 0)) return;
        switch (token.kind) {
          case TokenKind::open_element:
            element(i, into);
            i = ends_[i];
            break;
          case TokenKind::instance:
            if (builder_.depth_ >= kInstanceDepthMax) {
              builder_.incomplete();
              break;
            }
            ++builder_.depth_;
            builder_.instance(token.at, token.at + token.size, into);
            --builder_.depth_;
            break;
          case TokenKind::pi_target:
            into.push_back({.kind = Content::Kind::instruction,
                            .values = {},
                            .element = {},
                            .target = text(token),
                            .data = {}});
            break;
          case TokenKind::pi_data:
            if (!into.empty() && into.back().kind == Content::Kind::instruction)
              into.back().data += text(token);
            break;
          default:
            if (is_value_part(token.kind)) part(token, into);
        }
      }
    }

    void part(const Token& token, std::vector<Content>& into) {
      const Slot slot = slot_of(token);
      const bool substitution = is_substitution(token);
      if (substitution && slot.type == kTypeBinXml && slot.size > 0) {
        const auto at = static_cast<std::uint32_t>(slot.data - builder_.chunk_.data());
        return builder_.fragment(at, at + slot.size, into);
      }
      if (!substitution || (slot.type & kTypeArray) == 0) {
        if (substitution && (slot.is_null() || slot.type == kTypeBinXml)) return;
        const Value value = value_of(token, slot);
        if (builder_.spend(1, value.size)) into.push_back(single(value));
        return;
      }
      Content items{
          .kind = Content::Kind::array, .values = {}, .element = {}, .target = {}, .data = {}};
      for_each_item(static_cast<std::uint8_t>(slot.type & ~kTypeArray), {slot.data, slot.size},
                    [&](const Value& value) {
                      if (!builder_.spend(1, value.size)) return false;
                      items.values.push_back(value);
                      return true;
                    });
      if (!items.values.empty()) into.push_back(std::move(items));
    }

    static Content single(const Value& value) {
      return {
          .kind = Content::Kind::value, .values = {value}, .element = {}, .target = {}, .data = {}};
    }

    void element(std::uint32_t open, std::vector<Content>& into) {
      std::uint32_t start = open + 1;
      while (tokens_.tokens[start].kind != TokenKind::close_start) ++start;
      // The root stays: leaving it out would lose the record.
      const bool root = builder_.depth_ == 1 && &into == &builder_.out_.content;
      if (!root && left_out(start + 1, ends_[open])) return;
      Element out{.name = text(tokens_.tokens[open]), .attributes = {}, .content = {}};
      if (!builder_.spend(1, out.name.size())) return;
      for (std::uint32_t i = open + 1; i < start; ++i)
        if (tokens_.tokens[i].kind == TokenKind::attribute) attribute(i, out);
      content(start + 1, ends_[open], out.content);
      Content content{
          .kind = Content::Kind::element, .values = {}, .element = {}, .target = {}, .data = {}};
      content.element.push_back(std::move(out));
      into.push_back(std::move(content));
    }

    // [MS-EVEN6] 3.1.4.7.2: an element that has a NULL optional value directly within it is left
    // out, whatever else it has.
    bool left_out(std::uint32_t begin, std::uint32_t end) const {
      for (std::uint32_t i = begin; i < end; ++i) {
        const Token& token = tokens_.tokens[i];
        if (token.kind == TokenKind::open_element) {
          i = ends_[i];
        } else if (token.kind == TokenKind::optional_substitution && slot_of(token).is_null()) {
          return true;
        }
      }
      return false;
    }

    void attribute(std::uint32_t at, Element& element) {
      Attribute out{.name = text(tokens_.tokens[at]), .parts = {}};
      for (std::uint32_t i = at + 1; is_value_part(tokens_.tokens[i].kind); ++i) {
        const Token& token = tokens_.tokens[i];
        const Slot slot = slot_of(token);
        if (token.kind == TokenKind::optional_substitution && slot.is_null()) return;
        if (is_substitution(token) && (slot.type & kTypeArray) != 0) {
          for_each_item(static_cast<std::uint8_t>(slot.type & ~kTypeArray), {slot.data, slot.size},
                        [&](const Value& value) {
                          if (!builder_.spend(1, value.size)) return false;
                          out.parts.push_back(value);
                          return true;
                        });
          continue;
        }
        const Value value = value_of(token, slot);
        if (builder_.spend(1, value.size)) out.parts.push_back(value);
      }
      if (builder_.spend(1, out.name.size())) element.attributes.push_back(std::move(out));
    }

    static bool is_substitution(const Token& token) {
      return token.kind == TokenKind::substitution ||
             token.kind == TokenKind::optional_substitution;
    }

    Slot slot_of(const Token& token) const {
      return is_substitution(token) && token.number < slots_.size() ? slots_[token.number] : Slot{};
    }

    Value value_of(const Token& token, const Slot& slot) {
      if (is_substitution(token)) {
        const bool plain = slot.type != kTypeBinXml && (slot.type & kTypeArray) == 0;
        return without_terminator(
            {slot.data, slot.size, plain ? static_cast<ValueType>(slot.type) : ValueType::binary});
      }
      std::string utf8;
      if (token.kind == TokenKind::char_ref) {  // a code unit: half of a pair is no character
        const std::byte unit[2] = {static_cast<std::byte>(token.number & 0xff),
                                   static_cast<std::byte>(token.number >> 8)};
        base::append_utf16le(utf8, unit);
      } else if (token.kind == TokenKind::entity_ref) {
        const char16_t character = entity_character(tokens_.text_of(token));
        if (character != 0) {
          base::append_codepoint(utf8, character);
        } else {
          utf8 = "&" + text(token) + ";";
        }
      } else {
        utf8 = text(token);
      }
      const std::string_view stored = builder_.out_.arena.store(utf8);
      return {exhibit::as_bytes(stored).data(), static_cast<std::uint32_t>(stored.size()),
              ValueType::utf8};
    }

    std::string text(const Token& token) const {
      std::string out;
      base::append_utf16le(out, tokens_.text_of(token));
      return out;
    }

    Builder& builder_;
    Slots slots_;
    TokenList tokens_;
    std::vector<std::uint32_t> ends_;  // of each open_element, the index of its end_element
  };

  Bytes chunk_;
  Document& out_;
  std::uint32_t depth_ = 0;
  std::size_t steps_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

Document build_document(Bytes chunk, std::uint32_t begin, std::uint32_t end) {
  Document out;
  Builder(chunk, out).fragment(begin, end, out.content);
  return out;
}

Document document_of(const event::Batch& batch, const event::Event& event) {
  Document nothing;
  nothing.complete = false;
  if (event.offset < kFileHeaderSizeBytes || event.length < kRecordSizeBytesMin) return nothing;
  const std::uint64_t in_chunk = (event.offset - kFileHeaderSizeBytes) % kChunkSizeBytes;
  if (event.offset - in_chunk < batch.source_offset) return nothing;
  const std::uint64_t chunk_at = event.offset - in_chunk - batch.source_offset;
  if (chunk_at >= batch.size) return nothing;
  const Bytes chunk = batch.bytes().subspan(
      chunk_at, std::min<std::uint64_t>(kChunkSizeBytes, batch.size - chunk_at));
  if (in_chunk + event.length > chunk.size()) return nothing;
  const auto begin = static_cast<std::uint32_t>(in_chunk);
  return build_document(chunk, begin + kRecordHeaderSizeBytes, begin + event.length - 4);
}

void append_parts(std::string& out, const std::vector<event::Value>& parts) {
  for (const event::Value& part : parts) event::append_text(out, part);
}

}  // namespace exhibit::evidence::evtx
