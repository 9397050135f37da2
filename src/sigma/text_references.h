// The texts of one field, asked whether a text of another equals, begins with, ends with or
// contains one of them: what `fieldref` means. Both engines use it, and a test holds it to the
// obvious loops.
//
// An event may have tens of thousands of values in either field, and an attacker writes both. So
// the cost is that of the bytes on both sides, not of the pairs: texts are sorted, and of those
// that begin (end) alike the shortest stands for all; `contains` searches for all at once (Aho and
// Corasick, 1975).
//
// Ownership:  copies what is added; memory is kept over clear(), but for a large search's.
// Threads:    one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma {

class TextReferences {
 public:
  void clear(Predicate::Reference how);
  void add(std::string_view text);
  [[nodiscard]] bool empty() const { return texts_.empty(); }
  /// Nothing may be added after the first question.
  [[nodiscard]] bool hold(std::string_view text);

 private:
  /// Below this many there is nothing to gain.
  static constexpr std::size_t kFew = 16;

  struct Place {
    std::size_t offset, size;
  };
  /// All texts as one trie, each node with the longest proper suffix that is a node too.
  struct Search {
    static constexpr std::uint32_t kRoot = 0, kNone = ~std::uint32_t{0};
    explicit Search(std::size_t bytes);
    void add(std::string_view text);
    void link();
    [[nodiscard]] bool finds(std::string_view text) const;

   private:
    [[nodiscard]] std::size_t slot(std::uint32_t node, std::uint8_t byte) const;
    [[nodiscard]] std::uint32_t step(std::uint32_t node, std::uint8_t byte) const;
    struct Node {
      std::uint32_t parent = kRoot, depth = 0, suffix = kRoot;
      std::uint8_t byte = 0;
      bool ends = false;  // a text ends here, or in a suffix
    };
    std::vector<Node> nodes_;
    std::vector<std::uint64_t> keys_;  // open addressing: node and byte, plus one; 0 is free
    std::vector<std::uint32_t> children_;
    unsigned shift_ = 0;
  };

  [[nodiscard]] std::string_view at(const Place& place) const {
    return std::string_view(bytes_).substr(place.offset, place.size);
  }
  [[nodiscard]] bool is(std::string_view text, std::string_view other) const;
  [[nodiscard]] bool before(std::string_view a, std::string_view b) const;
  void prepare();

  Predicate::Reference how_ = Predicate::Reference::equal;
  std::string bytes_;
  std::vector<Place> texts_;
  std::vector<Search> search_;  // one at most: contains
  bool prepared_ = false;
};

}  // namespace exhibit::sigma
