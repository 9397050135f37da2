// YAML as rules are written in it: a tree of nodes that know where they stand.
//
// One file may hold several documents. Each is read on its own: a document with a duplicate key is
// a problem, the others stand. A syntax error ends the file; the documents before it stand.
//
// Types:      plain scalars by the core schema of YAML 1.2 (null, true/false, integers, floats);
//             `yes`, `on` and 1:30 are text. Quoted and block scalars are always text.
// Aliases:    share the node they name; what a document would hold written out is bounded.
// Ownership:  a File owns its documents' text; nothing refers to the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::sigma::yaml {

inline constexpr std::size_t kMaxFileSizeBytes = 16 << 20;
inline constexpr std::uint32_t kMaxDepth = 64;
inline constexpr std::uint32_t kMaxNodes = 200'000;  // of one document, aliases written out
inline constexpr std::size_t kMaxDocuments = 10'000;

/// Where something stands: 1-based; columns and lengths in code points.
struct Mark {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t length = 1;
};

enum class Kind : std::uint8_t { null, boolean, integer, real, text, sequence, mapping };
[[nodiscard]] std::string_view to_string(Kind kind);  // with its article: `a list`

using NodeId = std::uint32_t;
struct Node {
  Kind kind = Kind::null;
  bool plain = false;  // a scalar without quotes: its text starts at its mark
  Mark mark;
  std::uint32_t expanded = 1;        // nodes in this subtree, aliases written out
  std::string_view text;             // scalars, as written (after quotes and escapes)
  std::span<const NodeId> children;  // sequence: items; mapping: key, value, key, value, …

  [[nodiscard]] bool is_scalar() const { return kind < Kind::sequence; }
};

struct Document {
  std::vector<Node> nodes;
  NodeId root = 0;
  std::size_t begin = 0, end = 0;  // its bytes in the file; the first begins at 0
  std::uint32_t line = 1;

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes[id]; }
  /// The value of `key` in a mapping, or nullptr.
  [[nodiscard]] const Node* find(const Node& mapping, std::string_view key) const;
};

struct Problem {
  const char* code;  // S1xx
  Mark mark;
  std::string reason;
  std::string hint;
};

/// What a file holds. `rejected` counts documents that a problem cost.
struct File {
  /// What nodes refer to. A rule has hundreds of small texts; one by one they cost more to allocate
  /// than to read.
  std::unique_ptr<std::pmr::monotonic_buffer_resource> storage;
  std::vector<Document> documents;  // without empty ones
  std::vector<Problem> problems;
  std::uint32_t rejected = 0;
};
[[nodiscard]] File parse(std::string_view bytes);

/// The lines of `bytes` as YAML counts them, without their breaks.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view bytes);

}  // namespace exhibit::sigma::yaml
