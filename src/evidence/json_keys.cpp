#include "evidence/json_keys.h"

#include <cstring>
#include <vector>

#include "evidence/json_text.h"

namespace exhibit::evidence {
namespace {

constexpr std::size_t kSlotsMin = 1'024;  // a power of two

std::uint64_t mix(std::uint64_t x) {
  x *= 0x9e3779b97f4a7c15;
  return x ^ (x >> 29);
}

std::uint64_t hash(JsonKeys::Node parent, std::string_view key) {
  std::uint64_t h = mix(parent + 0x51ed270b0a1f0e35);
  while (key.size() >= 8) {
    std::uint64_t eight;
    std::memcpy(&eight, key.data(), 8);
    h = mix(h ^ eight);
    key.remove_prefix(8);
  }
  std::uint64_t tail = key.size();
  for (const char c : key) tail = tail << 8 | static_cast<unsigned char>(c);
  return mix(h ^ tail);
}

// Where the string that begins at the front of `text` ends; npos where its quote is missing.
std::size_t key_end(std::string_view text) {
  std::size_t at = 0;
  for (;;) {
    at = find_string_special(text, at);
    if (at >= text.size()) return std::string_view::npos;
    if (text[at] == '"') return at;
    at += text[at] == '\\' ? 2U : 1U;
  }
}

// A path's component: '.' and '\' are escaped by '\', so that joining is one to one.
void append_component(std::string& out, std::string_view component) {
  for (const char c : component) {
    if (c == '.' || c == '\\') out += '\\';
    out += c;
  }
}

}  // namespace

JsonKeys::JsonKeys(event::PathTable& paths) : paths_(paths), generation_(paths.generation()) {
  clear();
}

void JsonKeys::clear() {
  entries_.clear();
  entries_.emplace_back();
  slots_.assign(kSlotsMin, kRoot);
  key_bytes_ = 0;
  generation_ = paths_.generation();
}

void JsonKeys::refresh() {
  if (paths_.size() > kJsonPathsMax) paths_.clear();
  if (paths_.generation() != generation_ || entries_.size() > kJsonPathsMax ||
      key_bytes_ > kJsonKeyBytesMax)
    clear();
}

bool JsonKeys::matches(Node node, Node parent, std::string_view text) const {
  const Entry& entry = entries_[node];
  return node != kRoot && entry.parent == parent && text.size() > entry.key.size() &&
         text[entry.key.size()] == '"' && text.starts_with(entry.key);
}

JsonKeys::Node JsonKeys::member(Node parent, Node after, std::string_view text) {
  const Node guess = after == kRoot ? entries_[parent].first : entries_[after].next;
  if (matches(guess, parent, text)) [[likely]]
    return guess;
  const std::size_t end = key_end(text);
  if (end == std::string_view::npos) return kRoot;
  const Node node = find_or_add(parent, text.substr(0, end));
  (after == kRoot ? entries_[parent].first : entries_[after].next) = node;
  return node;
}

JsonKeys::Node JsonKeys::find_or_add(Node parent, std::string_view key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash(parent, key) & mask;
  for (; slots_[slot] != kRoot; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot]];
    if (entry.parent == parent && entry.key == key) return slots_[slot];
  }
  const Node node = add(parent, key);
  if (node == kRoot) return kRoot;
  slots_[slot] = node;
  if (entries_.size() * 2 > slots_.size()) grow();
  return node;
}

JsonKeys::Node JsonKeys::add(Node parent, std::string_view key) {
  std::string component(key);
  if (component.find('\\') != std::string::npos) {
    std::string raw(key);
    raw.append(kUnescapeSlackBytes, '\0');
    component.resize(key.size() + kUnescapeSlackBytes);
    const auto size = unescape({raw.data(), key.size()}, component.data());
    if (!size) return kRoot;
    component.resize(*size);
  }
  Entry entry;
  entry.key = key;
  entry.parent = parent;
  entry.path = entries_[parent].path;
  entry.cut = entries_[parent].cut;
  if (parent != kRoot) entry.path += '.';
  append_component(entry.path, component);
  if (entry.path.size() > kJsonPathSizeBytesMax) {
    std::size_t size = kJsonPathSizeBytesMax;
    while (size > 0 && (static_cast<unsigned char>(entry.path[size]) & 0xc0) == 0x80) --size;
    entry.path.resize(size);
    entry.cut = true;
  }
  entry.role = head_role(entry.path);
  key_bytes_ += key.size() + entry.path.size();
  entries_.push_back(std::move(entry));
  return static_cast<Node>(entries_.size() - 1);
}

void JsonKeys::grow() {
  std::vector<Node> slots(slots_.size() * 2, kRoot);
  const std::size_t mask = slots.size() - 1;
  for (Node node = 1; node < entries_.size(); ++node) {
    std::size_t slot = hash(entries_[node].parent, entries_[node].key) & mask;
    while (slots[slot] != kRoot) slot = (slot + 1) & mask;
    slots[slot] = node;
  }
  slots_ = std::move(slots);
}

event::PathId JsonKeys::path(Node node) {
  Entry& entry = entries_[node];
  if (entry.id == kNoPath) entry.id = paths_.intern(entry.path);
  return entry.id;
}

}  // namespace exhibit::evidence
