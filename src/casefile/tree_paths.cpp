#include "casefile/tree_paths.h"

#include <algorithm>
#include <bit>

namespace exhibit::casefile {
namespace {

constexpr unsigned kLevelShift = 58;  // a tree has fewer leaves than 2^58

std::uint64_t key_of(unsigned level, std::uint64_t place) {
  return (std::uint64_t{level} << kLevelShift) | place;
}
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
  nodes_.emplace(key_of(level, from >> level), seal::Digest{});
}

seal::Digest TreePaths::range(std::uint64_t from, std::uint64_t to) const {
  if (from == to) return seal::tree_root({});
  if (!is_node(from, to)) {
    const std::uint64_t middle = from + left_size(to - from);
    return seal::node_hash(range(from, middle), range(middle, to));
  }
  const auto level = static_cast<unsigned>(std::countr_zero(to - from));
  return nodes_.at(key_of(level, from >> level));
}

void TreePaths::append(std::span<const seal::Digest> leaves) {
  const auto keep = [&](unsigned level, std::uint64_t place, const seal::Digest& node) {
    if (const auto wanted = nodes_.find(key_of(level, place)); wanted != nodes_.end())
      wanted->second = node;
  };
  for (seal::Digest node : leaves) {
    std::uint64_t place = appended_++;
    unsigned level = 0;
    keep(level, place, node);
    for (; (place & 1) == 1; place >>= 1) {
      node = seal::node_hash(open_.back(), node);
      open_.pop_back();
      keep(++level, place >> 1, node);
    }
    open_.push_back(node);
  }
}

std::vector<seal::Digest> TreePaths::path(std::uint64_t index) const {
  std::vector<seal::Digest> out;
  for (const Range sibling : siblings(index)) out.push_back(range(sibling.from, sibling.to));
  return out;
}

}  // namespace exhibit::casefile
