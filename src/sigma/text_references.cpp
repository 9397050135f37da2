#include "sigma/text_references.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace exhibit::sigma {

using Reference = Predicate::Reference;

void TextReferences::clear(Reference how) {
  how_ = how;
  bytes_.clear();
  texts_.clear();
  search_.clear();
  prepared_ = false;
}

void TextReferences::add(std::string_view text) {
  texts_.push_back({bytes_.size(), text.size()});
  bytes_ += text;
}

bool TextReferences::is(std::string_view text, std::string_view other) const {
  switch (how_) {
    case Reference::equal:
      return text == other;
    case Reference::starts:
      return text.starts_with(other);
    case Reference::ends:
      return text.ends_with(other);
    case Reference::contains:
      return text.find(other) != std::string_view::npos;
  }
  return false;
}

// For `ends`, from behind.
bool TextReferences::before(std::string_view a, std::string_view b) const {
  if (how_ != Reference::ends) return a < b;
  return std::lexicographical_compare(
      a.rbegin(), a.rend(), b.rbegin(), b.rend(),
      [](char x, char y) { return static_cast<unsigned char>(x) < static_cast<unsigned char>(y); });
}

void TextReferences::prepare() {
  prepared_ = true;
  if (how_ == Reference::contains) {
    Search& search = search_.emplace_back(bytes_.size());
    for (const Place& place : texts_) search.add(at(place));
    search.link();
    return;
  }
  std::ranges::sort(texts_,
                    [this](const Place& a, const Place& b) { return before(at(a), at(b)); });
  // What begins with a text stands right behind it, so the last that was kept is the one to ask.
  std::size_t kept = 0;
  for (const Place& place : texts_)
    if (kept == 0 || !is(at(place), at(texts_[kept - 1]))) texts_[kept++] = place;
  texts_.resize(kept);
}

bool TextReferences::hold(std::string_view text) {
  if (!prepared_ && texts_.size() <= kFew)
    return std::ranges::any_of(texts_, [&](const Place& p) { return is(text, at(p)); });
  if (!prepared_) prepare();
  if (how_ == Reference::contains) return search_.front().finds(text);
  const auto after = std::ranges::upper_bound(
      texts_, text, [this](auto a, auto b) { return before(a, b); },
      [this](const Place& place) { return at(place); });
  return after != texts_.begin() && is(text, at(*std::prev(after)));
}

TextReferences::Search::Search(std::size_t bytes) {
  const std::size_t slots = std::bit_ceil(2 * bytes + 2);
  keys_.assign(slots, 0);
  children_.assign(slots, kNone);
  shift_ = static_cast<unsigned>(64 - std::countr_zero(slots));
  nodes_.emplace_back();
}

std::size_t TextReferences::Search::slot(std::uint32_t node, std::uint8_t byte) const {
  const std::uint64_t key = (std::uint64_t{node} << 8 | byte) + 1;
  std::size_t at = (key * 0x9e37'79b9'7f4a'7c15) >> shift_;
  while (keys_[at] != 0 && keys_[at] != key) at = (at + 1) & (keys_.size() - 1);
  return at;
}

void TextReferences::Search::add(std::string_view text) {
  std::uint32_t node = kRoot;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    const std::size_t place = slot(node, byte);
    if (keys_[place] == 0) {
      keys_[place] = (std::uint64_t{node} << 8 | byte) + 1;
      children_[place] = static_cast<std::uint32_t>(nodes_.size());
      const std::uint32_t depth = nodes_[node].depth + 1;
      nodes_.push_back({.parent = node, .depth = depth, .suffix = kRoot, .byte = byte});
    }
    node = children_[place];
  }
  nodes_[node].ends = true;
}

std::uint32_t TextReferences::Search::step(std::uint32_t node, std::uint8_t byte) const {
  for (;; node = nodes_[node].suffix) {
    const std::size_t place = slot(node, byte);
    if (keys_[place] != 0) return children_[place];
    if (node == kRoot) return kRoot;
  }
}

// Shortest first: a node's suffix is shorter than it. The first byte's has none.
void TextReferences::Search::link() {
  std::vector<std::uint32_t> order(nodes_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [this](std::uint32_t n) { return nodes_[n].depth; });
  for (const std::uint32_t id : order) {
    Node& node = nodes_[id];
    if (node.depth > 1) node.suffix = step(nodes_[node.parent].suffix, node.byte);
    node.ends |= nodes_[node.suffix].ends;
  }
}

bool TextReferences::Search::finds(std::string_view text) const {
  std::uint32_t node = kRoot;
  if (nodes_[node].ends) return true;  // the empty text is in every text
  for (const char c : text) {
    node = step(node, static_cast<std::uint8_t>(c));
    if (nodes_[node].ends) return true;
  }
  return false;
}

}  // namespace exhibit::sigma
