// The keys that JSON records have shown, as a tree: from the key of an object to its path, without
// building a string for each field.
//
// Threads:    belongs to one worker, as its PathTable does.
// Invariant:  memory is bounded whatever keys the evidence holds: refresh() starts both tables anew
//             when they are over the limits, and between two refreshes a batch bounds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/json_shape.h"
#include "exhibit/event.h"

namespace exhibit::evidence {

/// Paths (of all formats) that one worker keeps from batch to batch.
inline constexpr std::size_t kJsonPathsMax = std::size_t{1} << 17;
inline constexpr std::size_t kJsonKeyBytesMax = std::size_t{32} << 20;
/// A longer path is cut here, and its record reported.
inline constexpr std::size_t kJsonPathSizeBytesMax = 1'024;

class JsonKeys {
 public:
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;

  explicit JsonKeys(event::PathTable& paths);

  /// Before each batch: forgets all where a limit is passed or the path table was cleared.
  void refresh();

  /// The node of the member of `parent` whose key stands, as written and without its quotes, at
  /// the front of `text` and ends before a quote. `after` is the node of the member before it in
  /// the same object, kRoot for the first: records repeat the order of their keys. kRoot where the
  /// key's escapes are broken.
  Node member(Node parent, Node after, std::string_view text);

  [[nodiscard]] event::PathId path(Node node);
  [[nodiscard]] HeadRole role(Node node) const { return entries_[node].role; }
  /// Whether the path is cut at kJsonPathSizeBytesMax.
  [[nodiscard]] bool is_cut(Node node) const { return entries_[node].cut; }

 private:
  static constexpr event::PathId kNoPath = ~event::PathId{0};
  struct Entry {
    std::string key;  // as written
    std::string path;
    Node parent = kRoot;
    Node first = kRoot;  // guess: the first member of this object
    Node next = kRoot;   // guess: the member that follows this one
    event::PathId id = kNoPath;
    HeadRole role;
    bool cut = false;
  };

  void clear();
  [[nodiscard]] bool matches(Node node, Node parent, std::string_view text) const;
  Node find_or_add(Node parent, std::string_view key);
  Node add(Node parent, std::string_view key);
  void grow();

  event::PathTable& paths_;
  std::uint64_t generation_;
  std::vector<Entry> entries_;
  std::vector<Node> slots_;  // open addressing; kRoot is free
  std::size_t key_bytes_ = 0;
};

}  // namespace exhibit::evidence
