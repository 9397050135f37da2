// From element and attribute names to paths, one component at a time.
//
// Keeps what was joined once: a component below a known path costs one look-up and no text.
// The table is shared with the worker's other parsers, any of which may clear it between batches.
//
// Threads:  one worker's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

inline constexpr event::PathId kNoPath = ~event::PathId{0};  // above the root element

class Paths {
 public:
  explicit Paths(event::PathTable& table) : table_(table), generation_(table.generation()) {}

  /// Between batches. True when every id given before is void: somebody cleared the table, or it
  /// was half full and is cleared here.
  [[nodiscard]] bool refresh();
  /// Clears the table; every id given before is void.
  void clear();
  /// below() has met a table that holds kPathsMax, since the last refresh() or clear().
  [[nodiscard]] bool met_full_table() const { return met_full_table_; }

  enum class Step : char {
    element,    // its name, UTF-16LE
    attribute,  // its name, UTF-16LE
    data,       // <Data Name="...">: that name, UTF-8
  };
  /// The path of `name` below `parent`; nullopt when the path would be longer than
  /// kPathBytesMax or the table holds kPathsMax.
  [[nodiscard]] std::optional<event::PathId> below(event::PathId parent, Step step, Bytes name);
  [[nodiscard]] event::SystemField system(event::PathId path) const {
    return path == kNoPath ? event::SystemField::none : table_.system(path);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void forget();

  event::PathTable& table_;
  std::uint64_t generation_;
  bool met_full_table_ = false;
  std::unordered_map<std::string, event::PathId, Hash, std::equal_to<>> known_;
  std::string key_;
  std::string text_;
};

/// Appends `name` with '.' and '\' escaped by '\'.
void append_component(std::string& out, std::string_view name);

}  // namespace exhibit::evidence::evtx
