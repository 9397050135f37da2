// Built-in Windows events under the names of Sysmon's fields: a rule that was written for Sysmon's
// process creation is also put to Security 4688, and so on.
//
// A predicate that the built-in event does not answer, because such events lack the field or write
// it in another form, is unknown there: neither true nor false. A rule speaks when its condition is
// true by Kleene's three-valued logic, so whatever the unknown was. A rule whose every way to be
// true needs an unknown is not put to that event. docs/sigma.md, Built-in Windows logs.
//
// Not here: routing (routing.h). The tables are in mapping_tables.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigma/formula.h"

namespace exhibit::sigma {

/// How a Sysmon field's value is written in the built-in event.
enum class Conversion : std::uint8_t {
  none,           // as it is
  hex_id,         // decimal process id → `0x…`
  account,        // DOMAIN\user → two fields
  registry_path,  // HKLM\…\key\value → \REGISTRY\MACHINE\…\key and value name, two fields
  registry_data,  // `DWORD (0x00000001)` → 1
  device_path,    // C:\… → \device\harddiskvolumeN\…
  named_values,   // words → codes: `names`
};

struct NamedValue {
  std::string_view name, code;
};

struct FieldMapping {
  std::string_view from, to;
  Conversion conversion = Conversion::none;
  std::string_view second = {};  // account: the user; registry_path: the value's name
  std::span<const NamedValue> names = {};
};

struct BuiltinEvent {
  std::string_view category;  // of the rules that are put to it
  std::string_view channel;
  std::span<const std::uint32_t> event_ids;
  /// The event must also have one of these values in this field.
  std::string_view only_field = {};
  std::span<const std::string_view> only_values = {};
  std::span<const FieldMapping> mappings;
  std::span<const std::string_view> fields;  // all that the event can have under EventData
};

[[nodiscard]] std::span<const BuiltinEvent> builtin_events();
/// Fields that every Windows event has: `EventID`, `Channel`, `Provider_Name`, …
[[nodiscard]] std::span<const std::string_view> system_fields();
/// Everything in the tables, and the version of the conversions, as one line of canonical JSON
/// (docs/formats/case.md); without events where the mapping is not enabled.
[[nodiscard]] std::string mapping_text(bool enabled);

/// Puts one rule after the other to one kind of built-in event. A predicate is converted once,
/// however many rules ask it.
class BuiltinMapper {
 public:
  /// Both must outlive it; leaves of the formulas are numbers of `predicates`.
  BuiltinMapper(const BuiltinEvent& event, PredicateTable& predicates);
  ~BuiltinMapper();
  BuiltinMapper(BuiltinMapper&&) noexcept;
  /// The formula as it is put to the event; nullopt when it is not applicable there.
  [[nodiscard]] std::optional<Formula> map(const Formula& formula);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exhibit::sigma
