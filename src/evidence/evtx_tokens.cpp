#include "evidence/evtx_tokens.h"

#include "evidence/evtx_format.h"

namespace exhibit::evidence::evtx {
namespace {

using event::DamageKind;

struct Name {
  std::uint32_t at = 0;  // of the characters
  std::uint32_t chars = 0;
  bool proved = false;  // the stored hash is that of the characters
};

// The string table's hash: h = 65599 * h + c over the UTF-16 code units, of which 16 bits are kept.
bool name_hash_fits(Bytes chars, std::uint16_t stored) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i + 1 < chars.size(); i += 2)
    hash = hash * 65599 + load_or_zero<std::uint16_t>(chars, i);
  return static_cast<std::uint16_t>(hash) == stored;
}

std::optional<Name> name_at(Bytes chunk, std::uint32_t offset) {
  std::uint16_t hash = 0;
  std::uint16_t chars = 0;
  if (!load(chunk, std::size_t{offset} + 4, hash) || !load(chunk, std::size_t{offset} + 6, chars))
    return std::nullopt;
  const std::size_t at = std::size_t{offset} + kNameHeaderSizeBytes;
  if (chars == 0 || chars > kNameCharsMax || chunk.size() - at < 2U * chars) return std::nullopt;
  return Name{.at = static_cast<std::uint32_t>(at),
              .chars = chars,
              .proved = name_hash_fits(chunk.subspan(at, 2U * chars), hash)};
}

class Reader {
 public:
  Reader(Bytes chunk, std::uint32_t begin, std::uint32_t end, bool dependency_ids, TokenList& out)
      : bytes_(chunk.first(end)),
        chunk_(chunk),
        at_(begin),
        dependency_(dependency_ids),
        out_(out) {}

  void run() {
    while (!stopped_ && at_ < bytes_.size()) {
      const auto token = static_cast<std::uint8_t>(byte_at(bytes_, at_) & ~kTokenMore);
      if (token == kTokenEnd) break;
      step(token);
    }
    if (depth_ > 0 && !out_.damage) out_.damage = DamageKind::bad_binxml;
    if (in_start_) close_start();
    for (; depth_ > 0; --depth_) add(TokenKind::end_element);
  }

 private:
  void stop(DamageKind why) {
    if (!out_.damage) out_.damage = why;
    stopped_ = true;
  }

  void add(TokenKind kind, std::uint16_t number = 0) {
    out_.tokens.push_back({.kind = kind, .number = number});
    // Room for closing every open element is kept, so that the list nests even when cut short.
    if (out_.tokens.size() + kElementDepthMax + 1 >= kTokensMax) stop(DamageKind::limit);
  }

  void add_text(TokenKind kind, std::uint32_t at, std::uint32_t size) {
    if (out_.text.size() + size > kTokenTextBytesMax) return stop(DamageKind::limit);
    const Bytes text = chunk_.subspan(at, size);
    const auto stored = static_cast<std::uint32_t>(out_.text.size());
    out_.text.insert(out_.text.end(), text.begin(), text.end());
    out_.tokens.push_back({.kind = kind, .at = stored, .size = size});
    if (out_.tokens.size() + kElementDepthMax + 1 >= kTokensMax) stop(DamageKind::limit);
  }

  void close_start() {
    add(TokenKind::close_start);
    in_start_ = false;
  }

  void step(std::uint8_t token) {
    switch (token) {
      case kTokenFragment:
        if (depth_ > 0) return stop(DamageKind::bad_binxml);
        return advance(kFragmentHeaderSizeBytes);
      case kTokenOpenElement:
        return open_element();
      case kTokenAttribute:
        if (!in_start_) return stop(DamageKind::bad_binxml);
        return named(TokenKind::attribute);
      case kTokenCloseStart:
        if (!in_start_) return stop(DamageKind::bad_binxml);
        close_start();
        return advance(1);
      case kTokenCloseEmpty:
        if (!in_start_) return stop(DamageKind::bad_binxml);
        close_start();
        return end_element();
      case kTokenEndElement:
        if (in_start_ || depth_ == 0) return stop(DamageKind::bad_binxml);
        return end_element();
      case kTokenPiTarget:
        if (in_start_) return stop(DamageKind::bad_binxml);
        return named(TokenKind::pi_target);
      case kTokenPiData:
        if (in_start_) return stop(DamageKind::bad_binxml);
        return counted_text(TokenKind::pi_data, 1);
      case kTokenInstance:
        return instance();
      default:
        return content(token);
    }
  }

  void content(std::uint8_t token) {
    // Content stands in an element; in a start tag only behind an attribute's name.
    if (depth_ == 0 || (in_start_ && out_.tokens.back().kind == TokenKind::open_element))
      return stop(DamageKind::bad_binxml);
    switch (token) {
      case kTokenText:
        // A string is the only type a value text may have (2.2.12.2, ValueText).
        if (load_or_zero<std::uint8_t>(bytes_, std::size_t{at_} + 1) != kTypeString)
          return stop(DamageKind::bad_binxml);
        return counted_text(TokenKind::text, 2);
      case kTokenCdata:
        return counted_text(TokenKind::cdata, 1);
      case kTokenCharRef: {
        std::uint16_t unit = 0;
        if (!load(bytes_, std::size_t{at_} + 1, unit)) return stop(DamageKind::bad_binxml);
        add(TokenKind::char_ref, unit);
        return advance(3);
      }
      case kTokenEntityRef:
        return named(TokenKind::entity_ref);
      case kTokenSubstitution:
      case kTokenOptional: {
        std::uint16_t index = 0;
        if (!load(bytes_, std::size_t{at_} + 1, index)) return stop(DamageKind::bad_binxml);
        add(token == kTokenOptional ? TokenKind::optional_substitution : TokenKind::substitution,
            index);
        return advance(4);  // the type that follows is the writer's guess; the value has its own
      }
      default:
        return stop(DamageKind::bad_binxml);
    }
  }

  void advance(std::uint32_t count) {
    if (bytes_.size() - at_ < count) {
      at_ = static_cast<std::uint32_t>(bytes_.size());
      return stop(DamageKind::bad_binxml);
    }
    at_ += count;
  }

  // `skip` bytes, a count of characters (u16), the characters.
  void counted_text(TokenKind kind, std::uint32_t skip) {
    std::uint16_t chars = 0;
    const std::size_t at = std::size_t{at_} + skip;
    if (!load(bytes_, at, chars) || bytes_.size() - at - 2 < 2U * chars)
      return stop(DamageKind::bad_binxml);
    add_text(kind, static_cast<std::uint32_t>(at + 2), 2U * chars);
    at_ = static_cast<std::uint32_t>(at + 2 + 2U * chars);
  }

  struct Found {
    Name name;
    std::uint32_t behind = 0;
  };
  // A name's offset stands at `field`; a name that is stored right behind it is defined here and
  // skipped.
  [[nodiscard]] std::optional<Found> find_name(std::uint32_t field) const {
    std::uint32_t offset = 0;
    if (!load(bytes_, field, offset)) return std::nullopt;
    const std::optional<Name> name = name_at(chunk_, offset);
    if (!name) return std::nullopt;
    std::uint32_t behind = field + 4;
    if (offset == behind) behind = name->at + 2 * name->chars + 2;
    if (behind > bytes_.size()) return std::nullopt;
    return Found{*name, behind};
  }

  void take(const Found& found) {
    at_ = found.behind;
    out_.names_proved = out_.names_proved && found.name.proved;
  }

  void named(TokenKind kind) {
    const std::optional<Found> found = find_name(at_ + 1);
    if (!found) return stop(DamageKind::bad_binxml);
    take(*found);
    add_text(kind, found->name.at, 2 * found->name.chars);
  }

  // Token, dependency id (u16, in templates only), size (u32), name, size of the attributes (u32,
  // with kTokenMore only). The sizes say nothing that the tokens do not.
  void open_element() {
    if (in_start_) return stop(DamageKind::bad_binxml);
    if (depth_ >= kElementDepthMax) return stop(DamageKind::nesting_too_deep);
    const bool has_attributes = (byte_at(bytes_, at_) & kTokenMore) != 0;
    const std::uint32_t with = at_ + 7;
    const std::uint32_t without = at_ + 5;
    std::optional<Found> found = find_name(dependency_ ? with : without);
    if (!found || !found->name.proved) {
      const std::optional<Found> other = find_name(dependency_ ? without : with);
      if (other && other->name.proved) found = other;
    }
    if (!found) return stop(DamageKind::bad_binxml);
    take(*found);
    const std::size_t before = out_.tokens.size();
    add_text(TokenKind::open_element, found->name.at, 2 * found->name.chars);
    if (stopped_) return out_.tokens.resize(before);
    ++depth_;
    in_start_ = true;
    if (has_attributes) advance(4);
  }

  void end_element() {
    add(TokenKind::end_element);
    --depth_;
    advance(1);
  }

  void instance() {
    if (in_start_) return stop(DamageKind::bad_binxml);
    const auto end = static_cast<std::uint32_t>(bytes_.size());
    const std::optional<Instance> found = read_instance(chunk_, at_, end);
    if (!found) return stop(DamageKind::bad_binxml);
    std::size_t behind = found->values;
    for (std::uint32_t i = 0; i < found->value_count; ++i)
      behind += load_or_zero<std::uint16_t>(bytes_, found->descriptors + i * kDescriptorSizeBytes);
    if (behind > end) behind = end;
    out_.has_instance = true;
    out_.tokens.push_back(
        {.kind = TokenKind::instance, .at = at_, .size = static_cast<std::uint32_t>(behind) - at_});
    at_ = static_cast<std::uint32_t>(behind);
    if (out_.tokens.size() + kElementDepthMax + 1 >= kTokensMax) stop(DamageKind::limit);
  }

  Bytes bytes_;  // up to the fragment's end
  Bytes chunk_;
  std::uint32_t at_;
  bool dependency_;
  TokenList& out_;
  std::uint32_t depth_ = 0;
  bool in_start_ = false;
  bool stopped_ = false;
};

}  // namespace

void TokenList::clear() {
  tokens.clear();
  text.clear();
  damage.reset();
  names_proved = true;
  has_instance = false;
}

void read_tokens(Bytes chunk, std::uint32_t begin, std::uint32_t end, bool dependency_ids,
                 TokenList& out) {
  out.clear();
  if (end > chunk.size() || begin > end) {
    out.damage = DamageKind::bad_binxml;
    return;
  }
  Reader(chunk, begin, end, dependency_ids, out).run();
}

std::optional<Instance> read_instance(Bytes chunk, std::uint32_t at, std::uint32_t end) {
  const Bytes bytes = chunk.first(end);
  Instance out;
  if (!load(bytes, std::size_t{at} + 2, out.template_id) ||
      !load(bytes, std::size_t{at} + 6, out.definition))
    return std::nullopt;
  std::size_t next = std::size_t{at} + kInstanceHeaderSizeBytes;
  if (out.definition == next) {  // the definition stands here
    std::uint32_t size = 0;
    if (!load(bytes, next + kDefinitionSizeAt, size)) return std::nullopt;
    next += kDefinitionHeaderSizeBytes;
    if (size > bytes.size() - next) return std::nullopt;
    next += size;
  }
  if (!load(bytes, next, out.value_count)) return std::nullopt;
  next += 4;
  if (out.value_count > (bytes.size() - next) / kDescriptorSizeBytes) return std::nullopt;
  out.descriptors = static_cast<std::uint32_t>(next);
  out.values = out.descriptors + out.value_count * kDescriptorSizeBytes;
  return out;
}

std::optional<Definition> read_definition(Bytes chunk, std::uint32_t offset) {
  Definition out;
  std::uint32_t size = 0;
  if (offset < kChunkHeaderSizeBytes ||
      !load(chunk, std::size_t{offset} + kDefinitionGuidAt, out.guid_head) ||
      !load(chunk, std::size_t{offset} + kDefinitionSizeAt, size))
    return std::nullopt;
  const std::size_t begin = std::size_t{offset} + kDefinitionHeaderSizeBytes;
  if (begin > chunk.size() || size > chunk.size() - begin) return std::nullopt;
  out.begin = static_cast<std::uint32_t>(begin);
  out.end = out.begin + size;
  return out;
}

}  // namespace exhibit::evidence::evtx
