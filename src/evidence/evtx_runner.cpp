#include "evidence/evtx_runner.h"

#include <algorithm>
#include <cstring>

#include "base/time.h"
#include "evidence/evtx_format.h"
#include "evidence/evtx_head.h"

namespace exhibit::evidence::evtx {
namespace {

using event::DamageKind;
using event::PathId;
using event::SystemField;
using event::Value;
using event::ValueType;

std::uint64_t mix(std::uint64_t hash, Bytes bytes) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::size_t at = 0;
  for (; bytes.size() - at >= 8; at += 8) {
    hash = (hash ^ load_or_zero<std::uint64_t>(bytes, at)) * kOdd;
    hash ^= hash >> 29;
  }
  for (; at < bytes.size(); ++at) hash = (hash ^ std::to_integer<std::uint64_t>(bytes[at])) * kOdd;
  return hash ^ (hash >> 32);
}

// std::ranges::equal() compares bytes one by one.
bool same(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

constexpr Slot kNullSlot{};

// An attribute holds no elements: a fragment in it is a text of its bytes.
bool is_text(const Slot& slot, bool in_attribute) {
  return !slot.is_array() && (!slot.is_fragment() || in_attribute);
}

}  // namespace

void Runner::begin_batch(event::Batch& batch) {
  batch_ = &batch;
  ++batch_serial_;
  if (paths_.refresh()) forget_programs();
}

void Runner::begin_batch_afresh(event::Batch& batch) {
  paths_.clear();
  forget_programs();
  begin_batch(batch);
}

// They hold the numbers of paths.
void Runner::forget_programs() {
  cache_.clear();
  cache_bytes_ = 0;
}

void Runner::begin_chunk(Bytes chunk) {
  chunk_ = chunk;
  ++chunk_serial_;
  known_count_ = 0;
  tokens_used_ = 0;
  steps_used_ = 0;
  text_used_ = 0;
  value_bytes_used_ = 0;
  fields_first_ = batch_->fields.size();
  if (cache_.size() >= kProgramsMax || cache_bytes_ >= kProgramBytesMax) forget_programs();
}

std::optional<DamageKind> Runner::record(std::uint32_t begin, std::uint32_t end, bool strict,
                                         event::Event& event) {
  event_ = &event;
  strict_ = strict;
  damage_.reset();
  depth_ = 0;
  slots_.clear();
  marks_.clear();
  fragment(begin, end, kNoPath);
  return damage_;
}

void Runner::fragment(std::uint32_t begin, std::uint32_t end, PathId prefix) {
  if (depth_ >= kInstanceDepthMax) return damaged(DamageKind::nesting_too_deep);
  ++depth_;
  std::uint32_t at = begin;
  if (end - at > kFragmentHeaderSizeBytes && (byte_at(chunk_, at) & ~kTokenMore) == kTokenFragment)
    at += kFragmentHeaderSizeBytes;
  if (at >= end) {
    damaged(DamageKind::bad_binxml);
  } else if ((byte_at(chunk_, at) & ~kTokenMore) == kTokenInstance) {
    instance(at, end, prefix);
  } else {
    const std::size_t first = slots_.size();
    uncached(at, end, prefix, false, first);
  }
  --depth_;
}

void Runner::instance(std::uint32_t at, std::uint32_t end, PathId prefix) {
  const std::optional<Instance> found = read_instance(chunk_, at, end);
  if (!found) return damaged(DamageKind::bad_binxml);
  const Known* known = resolve(found->definition, prefix);
  // The identifier is the first four bytes of the definition's GUID; where it is not, the
  // definition has been overwritten, and its names would be put to another record's values.
  if (known == nullptr || known->guid_head != found->template_id ||
      (strict_ && !known->names_proved))
    return damaged(DamageKind::unresolved_template);
  const std::size_t first = slots_.size();
  if (!read_values(*found, end)) damaged(DamageKind::bad_binxml);
  if (strict_ && damage_ == DamageKind::bad_binxml) {
    damage_ = DamageKind::unresolved_template;
  } else if (known->uncacheable || known->cached->program.needs_values) {
    uncached(known->begin, known->end, prefix, true, first);
  } else {
    run(known->cached->program, first);
  }
  slots_.resize(first);
}

// Fills slots from the descriptors; false when values run over the end (the rest are NULL).
bool Runner::read_values(const Instance& instance, std::uint32_t end) {
  std::uint32_t at = instance.values;
  const std::size_t first = slots_.size();
  slots_.resize(first + instance.value_count);
  for (std::uint32_t i = 0; i < instance.value_count; ++i) {
    const std::byte* descriptor =
        chunk_.data() + instance.descriptors + std::size_t{i} * kDescriptorSizeBytes;
    const std::uint32_t size = std::to_integer<std::uint32_t>(descriptor[0]) |
                               std::to_integer<std::uint32_t>(descriptor[1]) << 8;
    if (size > end - at) return false;
    Slot& slot = slots_[first + i];
    slot.data = chunk_.data() + at;
    slot.size = size;
    slot.type = std::to_integer<std::uint8_t>(descriptor[2]);
    at += size;
  }
  return true;
}

const Runner::Known* Runner::resolve(std::uint32_t offset, PathId prefix) {
  std::size_t at = (offset * 0x9e3779b1U ^ prefix * 0x85ebca6bU) >> 22;
  static_assert(kKnownSlots == std::size_t{1} << (32 - 22));
  for (;; at = (at + 1) % kKnownSlots) {
    Known& known = known_[at];
    if (known.chunk == chunk_serial_) {
      if (known.offset != offset || known.prefix != prefix) continue;
      return known.begin != 0 ? &known : nullptr;
    }
    if (known_count_ >= kDefinitionsPerChunkMax || tokens_used_ >= kChunkTokensMax) {
      damaged(DamageKind::limit);
      return nullptr;
    }
    ++known_count_;
    known = {.chunk = chunk_serial_, .offset = offset, .prefix = prefix};
    const std::optional<Definition> definition = read_definition(chunk_, offset);
    if (!definition) return nullptr;
    read_tokens(chunk_, definition->begin, definition->end, true, tokens_);
    tokens_used_ += tokens_.tokens.size() + 1;
    known.guid_head = definition->guid_head;
    known.begin = definition->begin;
    known.end = definition->end;
    known.names_proved = tokens_.names_proved && !tokens_.damage;
    known.uncacheable = tokens_.has_instance;
    if (!known.uncacheable) known.cached = cache(prefix, tokens_);
    return &known;
  }
}

Runner::Cached* Runner::cache(PathId prefix, const TokenList& tokens) {
  const auto token_bytes = std::as_bytes(std::span(tokens.tokens));
  const std::uint64_t hash = mix(mix(prefix, token_bytes), tokens.text);
  for (auto [it, last] = cache_.equal_range(hash); it != last; ++it) {
    Cached& cached = *it->second;
    if (cached.prefix == prefix && cached.program.damage == tokens.damage &&
        same(cached.text, tokens.text) &&
        same(std::as_bytes(std::span(cached.tokens)), token_bytes))
      return &cached;
  }
  auto made = std::make_unique<Cached>(
      Cached{.prefix = prefix, .tokens = tokens.tokens, .text = tokens.text, .program = {}});
  compiler_.compile(tokens, prefix, nullptr, 0, made->program);
  cache_bytes_ += token_bytes.size() + tokens.text.size() + made->program.ops.size() * sizeof(Op) +
                  made->program.parts.size() * sizeof(Part) + made->program.constants.size();
  return cache_.emplace(hash, std::move(made))->second.get();
}

// Elements that stand in a record itself, and definitions whose paths depend on values, are
// compiled for this one time.
void Runner::uncached(std::uint32_t begin, std::uint32_t end, PathId prefix, bool definition,
                      std::size_t slots_first) {
  if (tokens_used_ >= kChunkTokensMax) return damaged(DamageKind::limit);
  Scratch& scratch = scratch_[depth_ - 1];
  read_tokens(chunk_, begin, end, definition, scratch.tokens);
  tokens_used_ += scratch.tokens.tokens.size() + 1;
  if (strict_ && (!scratch.tokens.names_proved || scratch.tokens.damage))
    return damaged(DamageKind::unresolved_template);
  compiler_.compile(scratch.tokens, prefix, &slots_, slots_first, scratch.program);
  run(scratch.program, slots_first);
}

const Slot& Runner::slot_of(std::size_t first, std::uint16_t number) const {
  const std::size_t at = first + number;
  return at < slots_.size() ? slots_[at] : kNullSlot;
}

void Runner::run(Program& program, std::size_t slots_first) {
  if (program.damage) damaged(*program.damage);
  steps_used_ += program.ops.size() + 1;
  if (steps_used_ > kChunkStepsMax || value_bytes_used_ > kChunkValueBytesMax ||
      batch_->fields.size() - fields_first_ + program.ops.size() > kChunkFieldsMax)
    return damaged(DamageKind::limit);
  if (program.batch != batch_serial_) {
    if (!program.constants.empty()) {
      text_used_ += program.constants.size();
      if (text_used_ > kChunkTextBytesMax) return damaged(DamageKind::limit);
      program.constants_at =
          exhibit::as_bytes(batch_->arena.store(as_text(program.constants))).data();
    }
    program.batch = batch_serial_;
  }
  const std::size_t slots_count = slots_.size();
  const std::size_t ops = program.ops.size();
  for (std::size_t i = 0; i < ops; ++i) {
    const Op& op = program.ops[i];
    switch (op.kind) {
      case OpKind::constant:
        field(op, program.constants_at + op.first, op.count, ValueType::utf16);
        break;
      case OpKind::slot:
      case OpKind::optional_slot:
      case OpKind::mixed_slot:
      case OpKind::attribute:
      case OpKind::optional_attribute: {
        const std::size_t at = slots_first + op.number;
        slot(op, at < slots_count ? slots_[at] : kNullSlot);
        break;
      }
      case OpKind::joined:
      case OpKind::joined_attribute:
        joined(op, program, slots_first);
        break;
      case OpKind::null:
        field(op, nullptr, 0, ValueType::null);
        break;
      case OpKind::skip_if_null:
        if (slot_of(slots_first, op.number).is_null()) i = op.first - 1;
        break;
      case OpKind::begin:
        marks_.push_back(batch_->fields.size());
        break;
      case OpKind::end:
        null_unless(marks_.back(), op);
        marks_.pop_back();
        break;
      case OpKind::instance:
        if (depth_ >= kInstanceDepthMax) {
          damaged(DamageKind::nesting_too_deep);
        } else {
          ++depth_;
          instance(op.first, op.first + op.count, op.path);
          --depth_;
        }
        break;
    }
  }
}

// The members one by one: a Value that is built on the stack and copied as a whole waits for its
// own stores, which took half of the time of a record.
void Runner::field(const Op& op, const std::byte* data, std::uint32_t size, ValueType type) {
  value_bytes_used_ += size;
  event::Field& out = batch_->fields.emplace_back();
  out.path = op.path;
  out.value.data = data;
  out.value.size = size;
  out.value.type = type;
  if (op.system != SystemField::none) [[unlikely]]
    note_head(*event_, op.system, {data, size, type}, text_);
}

void Runner::slot(const Op& op, const Slot& slot) {
  if (!slot.is_plain()) {
    const Slot copy = slot;  // instances below it move the slots
    return odd_slot(op, copy);
  }
  const auto type = static_cast<ValueType>(slot.type);
  field(op, slot.data, text_size(slot.data, slot.size, type), type);
}

// NULL, an array, a fragment, or a type that BinXML does not have. An element or attribute that
// this is all of is null when nothing comes of it.
void Runner::odd_slot(const Op& op, const Slot& slot) {
  const bool in_attribute = op.kind == OpKind::attribute || op.kind == OpKind::optional_attribute;
  const bool left_out = op.kind == OpKind::optional_slot || op.kind == OpKind::optional_attribute;
  if (slot.is_null() && left_out) return;
  const std::size_t before = batch_->fields.size();
  if (!slot.is_nothing()) {
    if (is_text(slot, in_attribute)) {
      const Value value = slot.value();
      field(op, value.data, value.size, value.type);
    } else {
      fields_of(op, slot);
    }
  }
  if (op.kind != OpKind::mixed_slot) null_unless(before, op);
}

// A field of type null where none has been added to the `before` that there were.
void Runner::null_unless(std::size_t before, const Op& op) {
  if (batch_->fields.size() != before) return;
  if (before - fields_first_ >= kChunkFieldsMax) return damaged(DamageKind::limit);
  field(op, nullptr, 0, ValueType::null);
}

// The fields of an array, one for each item, or of a fragment.
void Runner::fields_of(const Op& op, const Slot& slot) {
  if (slot.is_array()) return array(op, slot);
  const std::uint32_t begin = offset_of(slot.data);
  fragment(begin, begin + slot.size, op.path);
}

void Runner::array(const Op& op, const Slot& slot) {
  for_each_item(slot, [&](const Value& value) {
    if (batch_->fields.size() - fields_first_ >= kChunkFieldsMax) {
      damaged(DamageKind::limit);
      return false;
    }
    field(op, value.data, value.size, value.type);
    return true;
  });
}

// Parts side by side are one text, which an array or a fragment among them ends. An attribute that
// comes to nothing is null.
void Runner::joined(const Op& op, const Program& program, std::size_t slots_first) {
  const bool in_attribute = op.kind == OpKind::joined_attribute;
  const std::span parts = std::span(program.parts).subspan(op.first, op.count);
  for (const Part& part : parts)
    if (part.is_optional && slot_of(slots_first, part.number).is_null()) return;
  const std::size_t before = batch_->fields.size();
  text_.clear();
  bool has_text = false;
  const auto text_ends = [&] {
    if (!has_text) return;
    text_used_ += text_.size();
    const std::string_view stored = batch_->arena.store(text_);
    field(op, exhibit::as_bytes(stored).data(), static_cast<std::uint32_t>(stored.size()),
          ValueType::utf8);
    text_.clear();
    has_text = false;
  };
  for (const Part& part : parts) {
    if (!part.is_slot) {
      event::append_text(text_, {program.constants_at + part.first, part.count, ValueType::utf16});
    } else {
      const Slot slot = slot_of(slots_first, part.number);
      if (slot.is_nothing()) continue;
      if (!is_text(slot, in_attribute)) {
        text_ends();
        fields_of(op, slot);
        text_.clear();  // what is below used it too
        continue;
      }
      event::append_text(text_, slot.value());
    }
    has_text = true;
    if (text_used_ + text_.size() > kChunkTextBytesMax) return damaged(DamageKind::limit);
  }
  text_ends();
  if (in_attribute) null_unless(before, op);
}

}  // namespace exhibit::evidence::evtx
