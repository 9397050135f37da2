#include "evidence/evtx_dom.h"

#include <algorithm>

#include "base/text.h"
#include "evidence/evtx_format.h"
#include "evidence/evtx_program.h"
#include "evidence/evtx_slot.h"

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
      bool goes_on = false;
      for (std::uint32_t i = begin; i < end; ++i) {
        const Token& token = tokens_.tokens[i];
        if (!builder_.spend(1, 0)) return;
        if (is_value_part(token.kind)) {
          goes_on = part(i, into, goes_on, false);
          continue;
        }
        goes_on = false;
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
            break;
        }
      }
    }

    // The part at `i`, which is left at the last token that it takes. `goes_on`: the text that
    // `into` ends with stands right before it; returns whether it does behind it.
    bool part(std::uint32_t& i, std::vector<Content>& into, bool goes_on, bool in_attribute) {
      if (!is_substitution(tokens_.tokens[i].kind)) return text_part(constant(i), into, goes_on);
      const Slot slot = slot_of(tokens_.tokens[i]);
      if (slot.is_nothing()) return goes_on;
      if (slot.is_array()) {
        array(slot, into);
        return false;
      }
      // An attribute holds no elements: a fragment in it is a text of its bytes.
      if (!slot.is_fragment() || in_attribute) return text_part(slot.value(), into, goes_on);
      const auto at = static_cast<std::uint32_t>(slot.data - builder_.chunk_.data());
      builder_.fragment(at, at + slot.size, into);
      return false;
    }

    bool text_part(const Value& value, std::vector<Content>& into, bool goes_on) {
      if (!builder_.spend(1, value.size)) return goes_on;
      if (goes_on) {
        into.back().values.push_back(value);
      } else {
        into.push_back({.kind = Content::Kind::text,
                        .values = {value},
                        .element = {},
                        .target = {},
                        .data = {}});
      }
      return true;
    }

    void array(const Slot& slot, std::vector<Content>& into) {
      Content items{
          .kind = Content::Kind::array, .values = {}, .element = {}, .target = {}, .data = {}};
      for_each_item(slot, [&](const Value& value) {
        if (!builder_.spend(1, value.size)) return false;
        items.values.push_back(value);
        return true;
      });
      if (!items.values.empty()) into.push_back(std::move(items));
    }

    void element(std::uint32_t open, std::vector<Content>& into) {
      std::uint32_t start = open + 1;
      while (tokens_.tokens[start].kind != TokenKind::close_start) ++start;
      // The root stays: leaving it out would lose the record.
      const bool root = &into == &builder_.out_.content;
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
      Attribute out{.name = text(tokens_.tokens[at]), .content = {}};
      std::uint32_t end = at + 1;
      for (; is_value_part(tokens_.tokens[end].kind); ++end) {
        const Token& token = tokens_.tokens[end];
        if (token.kind == TokenKind::optional_substitution && slot_of(token).is_null()) return;
      }
      bool goes_on = false;
      for (std::uint32_t i = at + 1; i < end; ++i) goes_on = part(i, out.content, goes_on, true);
      if (end == at + 1) text_part({nullptr, 0, ValueType::utf8}, out.content, false);
      if (builder_.spend(1, out.name.size())) element.attributes.push_back(std::move(out));
    }

    Slot slot_of(const Token& token) const {
      return token.number < slots_.size() ? slots_[token.number] : Slot{};
    }

    // The constants from `i`, which is left at the last of them: side by side they are one text,
    // where a character may be half in one and half in the next.
    Value constant(std::uint32_t& i) {
      std::vector<std::byte> utf16;
      for (;; ++i) {
        append_constant(utf16, tokens_, tokens_.tokens[i]);
        const TokenKind next = tokens_.tokens[i + 1].kind;
        if (!is_value_part(next) || is_substitution(next)) break;
      }
      std::string utf8;
      base::append_utf16le(utf8, utf16);
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

const Attribute* data_name(const Element& element) {
  if (element.name != "Data") return nullptr;
  const auto found = std::ranges::find(element.attributes, "Name", &Attribute::name);
  return found == element.attributes.end() ? nullptr : &*found;
}

void append_values(std::string& out, const std::vector<event::Value>& values) {
  for (const event::Value& value : values) event::append_text(out, value);
}

void append_values(std::string& out, const std::vector<Content>& content) {
  for (const Content& c : content) append_values(out, c.values);
}

}  // namespace exhibit::evidence::evtx
