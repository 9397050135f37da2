// A fragment compiled: from the values of an instance to the fields of an event.
//
// A program is a flat list of operations. Most are "the value of slot n is the field of path p" or
// "this constant is the field of path p"; the others join text, leave out elements whose optional
// value is NULL ([MS-EVEN6] 3.1.4.7.2), and mark elements that turned out to have no content.
//
// Threads:  one worker's; compiling and running need no lock.
// Not here: running (evtx_runner.h), the cache (evtx_runner.h), reading tokens (evtx_tokens.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/evtx_paths.h"
#include "evidence/evtx_slot.h"
#include "evidence/evtx_tokens.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

enum class OpKind : std::uint8_t {
  constant,            // first, count: bytes in `constants`, UTF-16LE
  slot,                // number: the only content of its element, which is null without it
  optional_slot,       // the same of an element that a NULL value leaves out
  mixed_slot,          // number: content beside other content
  joined,              // first, count: parts of content
  attribute,           // number: the value of an attribute
  optional_attribute,  // the same of an attribute that a NULL value leaves out
  joined_attribute,    // first, count: parts; a NULL value of an optional part leaves it out
  null,                // an element that never has content
  skip_if_null,        // number; first: the operation to go on with when that value is NULL
  begin,               // an element that may turn out to have no content
  end,                 // a field of type null if it had none
  instance,            // first, count: place of a template instance in the chunk
};

struct Op {
  OpKind kind;
  event::SystemField system = event::SystemField::none;
  std::uint16_t number = 0;
  event::PathId path = kNoPath;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// A part of a value that is joined from several.
struct Part {
  bool is_slot = false;
  bool is_optional = false;
  std::uint16_t number = 0;
  std::uint32_t first = 0;  // bytes in `constants`
  std::uint32_t count = 0;
};

struct Program {
  std::vector<Op> ops;
  std::vector<Part> parts;
  std::vector<std::byte> constants;
  std::optional<event::DamageKind> damage;  // of the tokens, or a limit reached in compiling
  /// A path depends on a value (`<Data Name="%1">`): compile it anew with the values of each
  /// instance.
  bool needs_values = false;
  /// Where the constants have been copied to in the batch being parsed.
  std::uint64_t batch = 0;
  const std::byte* constants_at = nullptr;

  void clear();
};

/// Scratch that compiling keeps from one time to the next.
class Compiler {
 public:
  explicit Compiler(Paths& paths) : paths_(paths) {}
  /// Compiles `tokens` below `prefix` into `out` (cleared first). `values` may be null: then a
  /// program whose paths depend on them says so.
  void compile(const TokenList& tokens, event::PathId prefix, const std::vector<Slot>* values,
               std::size_t values_first, Program& out);

 private:
  // What must be known of an element before its first operation.
  struct Element {
    std::uint32_t end = 0;        // index of its end_element
    std::uint32_t content = 0;    // index behind its close_start
    bool always_emits = false;    // some field comes of it whatever the values are
    bool has_optional = false;    // content has an optional substitution of its own
    bool has_attributes = false;  // that are fields
    bool has_content = false;     // any content, or such an attribute
    std::uint32_t name_at = 0;    // <Data Name="...">: index of the attribute token; else 0
  };

  void survey();
  void survey_attribute(Element& element, std::uint32_t open, std::uint32_t attribute);
  void element(std::uint32_t open, event::PathId prefix);
  void attributes(std::uint32_t open, event::PathId path);
  std::uint32_t value(std::uint32_t at, std::uint32_t end, event::PathId path, bool attribute);
  bool is_left_out(std::uint32_t attribute) const;
  Slot slot_of(const Token& token) const;
  std::optional<event::PathId> element_path(std::uint32_t open, event::PathId prefix);
  void data_name(std::uint32_t attribute);
  void emit(Op op);
  void limit();

  Paths& paths_;
  const TokenList* in_ = nullptr;
  const std::vector<Slot>* values_ = nullptr;
  std::size_t values_first_ = 0;
  Program* out_ = nullptr;
  std::vector<Element> elements_;  // by index of the open token
  std::vector<std::uint32_t> stack_;
  std::vector<std::byte> constant_;
  std::string name_;
};

/// True for tokens that are part of a value: text, references, substitutions.
[[nodiscard]] bool is_value_part(TokenKind kind);
[[nodiscard]] bool is_substitution(TokenKind kind);
/// Appends what text, CDATA or a reference stands for, UTF-16LE. One that XML does not predefine
/// stays as it would be written.
void append_constant(std::vector<std::byte>& out, const TokenList& list, const Token& token);
/// True for a namespace declaration: `xmlns` or `xmlns:...`.
[[nodiscard]] bool is_namespace_declaration(Bytes name);
[[nodiscard]] bool is_ascii_name(Bytes name, std::string_view ascii);

}  // namespace exhibit::evidence::evtx
