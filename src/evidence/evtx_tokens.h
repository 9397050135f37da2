// A BinXML fragment as a flat, checked, self-contained list of tokens.
//
// What compiling (evtx_program.h) and rendering (evtx_dom.h) start from. Names are resolved and
// copied, so that two definitions with equal lists mean the same wherever in a chunk they stand;
// the list itself is the key of the program cache, which therefore trusts no offset, GUID or hash.
//
// Invariant:  elements nest and are closed, attributes stand only in a start tag, and every `at`
//             and `size` lies within `text`, however broken the input was.
// Threads:    one at a time.
// Source:     [MS-EVEN6] 2.2.12.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "exhibit/error.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

enum class TokenKind : std::uint8_t {
  open_element,  // text: the name, UTF-16LE
  attribute,     // text: the name; its value are the tokens up to the next attribute or close_start
  close_start,
  end_element,
  text,
  cdata,
  char_ref,      // `number` is the UTF-16 code unit
  entity_ref,    // text: the name
  pi_target,     // text: the name
  pi_data,       // text
  substitution,  // `number` is the index of the value
  optional_substitution,
  instance,  // a template instance within content: `at` and `size` are its place in the chunk
};

struct Token {
  TokenKind kind;
  std::uint8_t reserved = 0;  // zero: lists are compared as bytes
  std::uint16_t number = 0;
  std::uint32_t at = 0;
  std::uint32_t size = 0;  // bytes
};
static_assert(sizeof(Token) == 12);

struct TokenList {
  std::vector<Token> tokens;
  std::vector<std::byte> text;
  /// Why reading stopped before the end; what was read until then stands, closed.
  std::optional<event::DamageKind> damage;
  /// Every name was where it should be and had the hash that is stored with it.
  bool names_proved = true;
  /// Holds an `instance`: it means something only in its own chunk and cannot be cached.
  bool has_instance = false;

  void clear();
  [[nodiscard]] Bytes text_of(const Token& token) const EXHIBIT_LIFETIMEBOUND {
    return Bytes(text).subspan(token.at, token.size);
  }
};

/// Reads the fragment at [begin, end) of `chunk` into `out` (cleared first). `dependency_ids` says
/// whether elements carry a dependency id: those of template definitions do, those of records do
/// not; where a name shows that it is the other way round, the name is believed.
void read_tokens(Bytes chunk, std::uint32_t begin, std::uint32_t end, bool dependency_ids,
                 TokenList& out);

/// A template instance's header and the places of its parts in the chunk.
struct Instance {
  std::uint32_t template_id = 0;
  std::uint32_t definition = 0;  // offset
  std::uint32_t value_count = 0;
  std::uint32_t descriptors = 0;  // offset
  std::uint32_t values = 0;       // offset of the first value
};
/// Reads the instance whose token is at `at`; nullopt when its header does not fit before `end`.
/// The descriptors lie before `end`; values may not.
[[nodiscard]] std::optional<Instance> read_instance(Bytes chunk, std::uint32_t at,
                                                    std::uint32_t end);

/// A template definition's place: its tokens at [begin, end).
struct Definition {
  std::uint32_t guid_head = 0;  // first four bytes of the GUID: equals the instance's identifier
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};
[[nodiscard]] std::optional<Definition> read_definition(Bytes chunk, std::uint32_t offset);

}  // namespace exhibit::evidence::evtx
