// The core of verification: what a sceptic's own browser runs, and the command line as well.
// Floor 2.
//
// No I/O, no clock, no exceptions, no allocation of its own: bytes come in, checks go out to a
// listener, and what has to be kept in between lies in memory that the caller gives. So the same
// files are compiled natively and, freestanding, to WebAssembly without a single import
// (docs/decisions/0050-verification-core.md). Nothing here needs more of the standard library than
// its freestanding headers.
//
// Threads:  pure functions over their arguments; an Arena and a CaseReader belong to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "exhibit/export.h"

namespace exhibit::verify {

enum class Verdict : std::uint8_t { valid, undecidable, invalid };  // ordered: the worst is the sum

namespace core {

/// Memory that a caller gives, taken piece by piece and given back all at once.
class Arena {
 public:
  explicit Arena(std::span<std::byte> memory) : memory_(memory) {}
  /// Null when what was given is used up: what hangs on it is undecidable.
  [[nodiscard]] EXHIBIT_EXPORT void* take(std::size_t size, std::size_t align);
  [[nodiscard]] std::size_t used() const { return used_; }
  /// Whether it was ever used up: from then on nothing that fails is known to be wrong.
  [[nodiscard]] bool exhausted() const { return exhausted_; }
  /// Back to what used() was once.
  void release(std::size_t used) { used_ = used; }

 private:
  std::span<std::byte> memory_;
  std::size_t used_ = 0;
  bool exhausted_ = false;
};

/// One line of a verification. Views live as long as the call that hands it out.
struct Check {
  std::string_view id;       // stable; docs/formats/ lists them
  std::string_view subject;  // what was checked
  Verdict verdict = Verdict::valid;
  std::string_view why;  // a sentence without figures, always the same text: a page translates it
  std::string_view detail;  // and its figures, names, what the sentence ends with; often empty
  bool counts = true;       // for the verdict of the whole
};
/// Whether a check counts for the verdict of a whole bundle: `source.fields` and
/// `source.complete`, which no bundle can decide, count only where the user asks for it.
[[nodiscard]] EXHIBIT_EXPORT bool counts_in_bundle(std::string_view check_id);

/// One node on the way from a leaf to a root.
struct Step {
  std::array<std::uint8_t, 32> sibling{};
  std::array<std::uint8_t, 32> node{};  // the hash of both
  bool sibling_left = false;
};
/// A way through a tree, and what stands at its ends.
struct TreePath {
  std::string_view subject;  // as in the check it belongs to
  std::uint64_t index = 0, tree_size = 0;
  std::array<std::uint8_t, 32> leaf{};
  std::span<const Step> steps;
};
/// An opened value. Of a statement, `path` is the field's name.
struct OpenedField {
  std::uint32_t slot = 0;
  std::string_view path;  // empty where only the slot is known
  std::uint8_t type = 0;  // event::ValueType, or a slot's own type (exhibit/seal.h)
  std::string_view value;
};
/// Something of a bundle or case that was read: who, what, when. Named by its subject.
struct Fact {
  std::string_view subject, name, value;
};

/// A disclosed record, whether or not its check holds: look at `valid`.
struct DisclosedRecord {
  std::string_view source;  // pseudonym, hexadecimal
  std::uint8_t stream = 0;
  std::uint64_t index = 0;
  bool valid = false;
  std::span<const OpenedField> fields;      // opened slots, in order
  std::span<const std::uint8_t> reasons;    // of every slot; 0 where it is opened
  bool whole_list = false;                  // `paths` is all of the record's paths
  std::span<const std::string_view> paths;  // by place; null data where it is not opened
};
struct WithheldRun {
  std::string_view source;
  std::uint8_t stream = 0;
  std::uint64_t from = 0, to = 0;
  std::string_view reason;
};
/// A finding that the bundle names; whether the rule speaks takes the rule engine.
struct NamedFinding {
  std::string_view source, rule;
  std::uint8_t stream = 0;
  std::uint64_t record = 0;
};

/// Somebody else saw a log, on his own word.
struct Cosigned {
  std::string_view party;  // whose log
  std::uint64_t tree_size = 0;
  std::string_view who;
  std::uint64_t time_unix_s = 0;
  bool trusted = false;  // his key is one that the verifier brought, or a trusted party's
};

/// Takes what is found. Only checks must be listened to.
class EXHIBIT_EXPORT Listener {
 public:
  virtual void check(const Check& check) = 0;
  virtual void fact(const Fact&) {}
  virtual void path(const TreePath&) {}
  /// The opened fields of a statement.
  virtual void statement(std::string_view /*subject*/, std::string_view /*kind*/,
                         std::span<const OpenedField>) {}
  virtual void record(const DisclosedRecord&) {}
  virtual void withheld(const WithheldRun&) {}
  virtual void finding(const NamedFinding&) {}
  virtual void cosigned(const Cosigned&) {}

 protected:
  Listener() = default;
  ~Listener() = default;  // never owned through this
};

/// What a verifier brings. Trust comes from here and from nowhere else.
struct Brought {
  /// Lines: verifier keys (`name+hash+key`), fingerprints (64 hexadecimal digits, `sha256:` before
  /// them allowed); empty lines and lines that begin with `#` are read over. Empty: none.
  std::string_view keys;
  std::string_view policy;  // a C2SP tlog-policy; empty: none
  /// No cosignature may be of a later time: the verifier's clock, and what he allows it to be
  /// behind. Seconds since 1970.
  std::uint64_t latest_unix_s = 0;
  /// What a user types who wants to know what cannot be decided here: the name of the file.
  std::string_view file_name;
};

/// Checks a bundle (docs/formats/disclosure.md): every line of its table, in its order. `bundle` is
/// the whole file and outlives what the listener is told only if the listener copies it.
///
/// Needs:   memory of about the bundle's shapes and the longest line of its JSON, 40 times; without
///          it, checks are undecidable.
/// Returns: the verdict of the whole, over the checks that count.
EXHIBIT_EXPORT Verdict check_bundle(std::string_view bundle, const Brought& brought, Arena& arena,
                                    Listener& listener);

/// Ed25519 (RFC 8032) as exhibit::seal::verify_signature judges it, by code of its own.
[[nodiscard]] EXHIBIT_EXPORT bool is_signed_ed25519(std::string_view public_key,
                                                    std::string_view message,
                                                    std::string_view signature);

}  // namespace core
}  // namespace exhibit::verify
