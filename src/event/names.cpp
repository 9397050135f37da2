// From the path of a value to the names that Sigma rules call it by.
//
// One classifier for every shape that Windows events are met in (evtx_dump, Winlogbeat old and new,
// NXLog, flat, nested, Chainsaw, Hayabusa); docs/formats/names.md is its table.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "exhibit/event.h"

namespace exhibit::event {
namespace {

using Components = std::vector<std::string>;

Components split(std::string_view path) {
  Components out(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size()) {
      out.back() += path[++i];
    } else if (path[i] == '.') {
      out.emplace_back();
    } else {
      out.back() += path[i];
    }
  }
  return out;
}

std::string join(std::span<const std::string> components) {
  std::string out;
  for (const std::string& c : components) {
    if (!out.empty()) out += '.';
    out += c;
  }
  return out;
}

struct Named {
  std::string_view path;   // joined, in the shape's own spelling
  std::string_view sigma;  // the Sigma name
};
// Winlogbeat 7 and later, Winlogbeat 6 and earlier, NXLog. Flat `Channel`, `EventID`, `Computer`
// need no entry.
constexpr std::array kAliases{
    Named{"winlog.event_id", "EventID"},
    Named{"winlog.channel", "Channel"},
    Named{"winlog.computer_name", "Computer"},
    Named{"winlog.provider_name", "Provider_Name"},
    Named{"winlog.record_id", "EventRecordID"},
    Named{"winlog.keywords", "Keywords"},
    Named{"winlog.opcode", "Opcode"},
    Named{"winlog.task", "Task"},
    Named{"event.code", "EventID"},
    Named{"message", "Message"},
    Named{"event_id", "EventID"},
    Named{"log_name", "Channel"},
    Named{"computer_name", "Computer"},
    Named{"source_name", "Provider_Name"},
    Named{"record_number", "EventRecordID"},
    Named{"Hostname", "Computer"},
    Named{"SourceName", "Provider_Name"},
    Named{"RecordNumber", "EventRecordID"},
    Named{"RecordID", "EventRecordID"},
};

struct Meaning {
  std::string_view name;
  SystemField field;
};
constexpr std::array kSystemNames{
    Meaning{"EventID", SystemField::event_id},        Meaning{"Channel", SystemField::channel},
    Meaning{"Provider_Name", SystemField::provider},  Meaning{"Computer", SystemField::computer},
    Meaning{"EventRecordID", SystemField::record_id}, Meaning{"Level", SystemField::level},
};
// Names that always mean the System element; an EventData value of that name is not known by it.
constexpr std::array<std::string_view, 5> kReserved{"EventID", "Channel", "Provider_Name",
                                                    "Computer", "Level"};
constexpr std::array<std::string_view, 5> kTimePaths{"TimeCreated_SystemTime", "@timestamp",
                                                     "EventTime", "Timestamp", "UtcTime"};

// Removes `#text`, and the counter that evtx_dump puts behind a repeated unnamed Data.
void normalise_leaf(Components& c) {
  if (c.size() > 1 && c.back() == "#text") c.pop_back();
  std::string& leaf = c.back();
  if (leaf.starts_with("Data_") && leaf.size() > 5 &&
      std::ranges::all_of(leaf.substr(5), [](char d) { return d >= '0' && d <= '9'; }))
    leaf = "Data";
}

struct Classified {
  std::string name;     // empty: only the full text
  bool system = false;  // names a value of the System element, or stands flat beside it
};

Classified system_name(std::span<const std::string> c) {
  if (c.size() == 1) return {c[0], true};
  constexpr std::string_view kSeparate =
      "_attributes";  // the evtx crate's separate_json_attributes
  if (c.size() == 3 && c[1] == "#attributes") return {c[0] + '_' + c[2], true};
  if (c.size() == 2 && c[0].ends_with(kSeparate))
    return {c[0].substr(0, c[0].size() - kSeparate.size()) + '_' + c[1], true};
  return {};
}

Classified event_name(std::span<const std::string> c) {
  if (c.size() < 2) return {};
  const std::string& head = c.front();
  if (head == "System") return system_name(c.subspan(1));
  const bool attribute = std::ranges::find(c, "#attributes") != c.end();
  if ((head == "EventData" || head == "UserData") && !attribute)
    return {head == "EventData" ? join(c.subspan(1)) : c.back(), false};
  if (head == "RenderingInfo" && c.back() == "Message") return {"Message", true};
  return {};
}

Classified classify(Components c) {
  normalise_leaf(c);
  std::span<const std::string> rest(c);
  // Chainsaw wraps the event in document.data.
  if (rest.size() > 3 && rest[0] == "document" && rest[1] == "data") rest = rest.subspan(2);
  if (rest.size() > 1 && rest[0] == "Event") return event_name(rest.subspan(1));
  const std::string joined = join(rest);
  for (const Named& alias : kAliases)
    if (alias.path == joined) return {std::string(alias.sigma), true};
  if (rest.size() == 1) return {rest[0], true};
  if (rest[0] == "System" || rest[0] == "EventData" || rest[0] == "UserData")
    return event_name(rest);
  if (rest[0] == "event_data" || rest[0] == "Details" || rest[0] == "AllFieldInfo" ||
      rest[0] == "ExtraFieldInfo")
    return {join(rest.subspan(1)), false};
  if (rest[0] == "user_data") return {rest.back(), false};
  if (rest.size() > 2 && rest[0] == "winlog" && rest[1] == "event_data")
    return {join(rest.subspan(2)), false};
  if (rest.size() > 2 && rest[0] == "winlog" && rest[1] == "user_data") return {rest.back(), false};
  return {};
}

}  // namespace

std::vector<std::string> sigma_names(std::string_view path) {
  const Components components = split(path);
  const Classified c = classify(components);
  std::vector<std::string> names;
  const bool reserved = !c.system && std::ranges::find(kReserved, c.name) != kReserved.end();
  if (!c.name.empty() && !reserved) {
    names.push_back(c.name);
    // Sigma 2.1, "Field Usage": `Threat Name` is `ThreatName` in a rule.
    if (c.name.find(' ') != std::string::npos) {
      std::string stripped = c.name;
      std::erase(stripped, ' ');
      names.push_back(std::move(stripped));
    }
  }
  std::string full = join(components);
  if (names.empty() || names.front() != full) names.push_back(std::move(full));
  return names;
}

SystemField system_field(std::string_view path) {
  const Classified c = classify(split(path));
  if (!c.system) return SystemField::none;
  for (const Meaning& meaning : kSystemNames)
    if (meaning.name == c.name) return meaning.field;
  return std::ranges::find(kTimePaths, c.name) != kTimePaths.end() ? SystemField::time
                                                                   : SystemField::none;
}

FieldIndex FieldNames::add(std::string_view name) {
  if (const auto found = find(name)) return *found;
  const auto index = static_cast<FieldIndex>(names_.size());
  names_.emplace_back(name);
  folded_.push_back(base::ascii_lower(name));
  const auto at =
      std::ranges::lower_bound(sorted_, folded_.back(), {},
                               [&](std::uint32_t i) -> const std::string& { return folded_[i]; });
  sorted_.insert(at, index);
  return index;
}

std::optional<FieldIndex> FieldNames::find(std::string_view name) const {
  const std::string key = base::ascii_lower(name);
  const auto at = std::ranges::lower_bound(
      sorted_, key, {}, [&](std::uint32_t i) -> const std::string& { return folded_[i]; });
  if (at == sorted_.end() || folded_[*at] != key) return std::nullopt;
  return *at;
}

}  // namespace exhibit::event
