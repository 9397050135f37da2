#include "casefile/tree_paths.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace exhibit::casefile {
namespace {

constexpr unsigned kBlockLevel = 12;  // a block is 4,096 leaves
constexpr std::size_t kBlock = std::size_t{1} << kBlockLevel;
constexpr std::size_t kPreimageSize = 1 + 2 * sizeof(seal::Digest);

// The left part of a range: RFC 6962's largest power of two smaller than its size.
std::uint64_t left_size(std::uint64_t size) { return std::bit_floor(size - 1); }
// A range that begins at a multiple of its size, a power of two, is one node; all ranges of a tree
// begin so, and only those at its right edge have another size.
bool is_node(std::uint64_t from, std::uint64_t to) { return std::has_single_bit(to - from); }

}  // namespace

TreePaths::TreePaths(std::uint64_t size, std::span<const std::uint64_t> indices) : size_(size) {
  want(0, size);
  for (const std::uint64_t index : indices) {
    want(index, index + 1);
    for (const Range sibling : siblings(index)) want(sibling.from, sibling.to);
  }
  for (Level& level : levels_) {
    std::ranges::sort(level.places);
    const auto repeated = std::ranges::unique(level.places);
    level.places.erase(repeated.begin(), repeated.end());
  }
}

std::vector<TreePaths::Range> TreePaths::siblings(std::uint64_t index) const {
  std::vector<Range> out;
  for (std::uint64_t from = 0, to = size_; to - from > 1;) {
    const std::uint64_t middle = from + left_size(to - from);
    if (index < middle) {
      out.push_back({middle, to});
      to = middle;
    } else {
      out.push_back({from, middle});
      from = middle;
    }
  }
  std::ranges::reverse(out);
  return out;
}

void TreePaths::want(std::uint64_t from, std::uint64_t to) {
  while (from < to && !is_node(from, to)) {
    const std::uint64_t middle = from + left_size(to - from);
    want(from, middle);
    from = middle;
  }
  if (from == to) return;
  const auto level = static_cast<unsigned>(std::countr_zero(to - from));
  levels_[level].places.push_back(from >> level);
}

seal::Digest TreePaths::range(std::uint64_t from, std::uint64_t to) const {
  if (from == to) return seal::tree_root({});
  if (!is_node(from, to)) {
    const std::uint64_t middle = from + left_size(to - from);
    return seal::node_hash(range(from, middle), range(middle, to));
  }
  const auto number = static_cast<unsigned>(std::countr_zero(to - from));
  const Level& level = levels_[number];
  const auto place = std::ranges::lower_bound(level.places, from >> number);
  return level.nodes[static_cast<std::size_t>(place - level.places.begin())];
}

void TreePaths::keep(unsigned number, std::uint64_t place, std::span<const seal::Digest> nodes) {
  Level& level = levels_[number];
  while (level.nodes.size() < level.places.size()) {  // in order: the next that is to come
    const std::uint64_t next = level.places[level.nodes.size()];
    if (next >= place + nodes.size()) return;
    level.nodes.push_back(nodes[next - place]);
  }
}

void TreePaths::append(std::span<const seal::Digest> leaves) {
  while (!leaves.empty()) {
    const std::size_t n = std::min(leaves.size(), kBlock - pending_.size());
    pending_.insert(pending_.end(), leaves.begin(),
                    leaves.begin() + static_cast<std::ptrdiff_t>(n));
    leaves = leaves.subspan(n);
    if (pending_.size() == kBlock || blocks_ * kBlock + pending_.size() == size_) block();
  }
}

void TreePaths::block() {
  std::uint64_t place = blocks_ * kBlock;
  unsigned level = 0;
  // Of a last block that is not full, the whole subtrees: nothing else of it is a node.
  for (;; ++level, place >>= 1) {
    keep(level, place, pending_);
    const std::size_t pairs = pending_.size() / 2;
    if (pairs == 0) break;
    preimages_.resize(pairs * kPreimageSize);
    messages_.clear();
    for (std::size_t i = 0; i < pairs; ++i) {
      std::byte* out = preimages_.data() + i * kPreimageSize;
      *out = std::byte{1};  // RFC 6962 2.1
      std::memcpy(out + 1, pending_[2 * i].data(), 2 * sizeof(seal::Digest));
      messages_.emplace_back(out, kPreimageSize);
    }
    pending_.resize(pairs);
    hasher_->hash(messages_, pending_);
  }
  if (level == kBlockLevel) {
    seal::Digest node = pending_.front();
    for (place = blocks_; (place & 1) == 1; place >>= 1) {
      node = seal::node_hash(open_.back(), node);
      open_.pop_back();
      keep(++level, place >> 1, std::span(&node, 1));
    }
    open_.push_back(node);
  }
  ++blocks_;
  pending_.clear();
}

std::vector<seal::Digest> TreePaths::path(std::uint64_t index) const {
  std::vector<seal::Digest> out;
  for (const Range sibling : siblings(index)) out.push_back(range(sibling.from, sibling.to));
  return out;
}

}  // namespace exhibit::casefile
