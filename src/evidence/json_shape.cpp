#include "evidence/json_shape.h"

#include <algorithm>
#include <limits>

namespace exhibit::evidence {
namespace {

using event::SystemField;

constexpr std::uint8_t kRankSystem = 0;   // the System element itself, in any dialect
constexpr std::uint8_t kRankFlat = 1;     // a member of the record itself
constexpr std::uint8_t kRankDerived = 2;  // another product's word for the same

struct Ranked {
  std::string_view path;
  SystemField field;
  std::uint8_t rank;
};
// What the general rule below would rank wrongly or not know. Shippers stamp `@timestamp` in UTC,
// NXLog's EventTime is the host's local time, and only Sysmon's events have a UtcTime.
constexpr std::array kRanked{
    Ranked{"@timestamp", SystemField::time, 1},
    Ranked{"TimeCreated", SystemField::time, 2},
    Ranked{"TimeGenerated", SystemField::time, 3},
    Ranked{"Timestamp", SystemField::time, 4},
    Ranked{"EventTime", SystemField::time, 5},
    Ranked{"UtcTime", SystemField::time, 6},
    Ranked{"event.code", SystemField::event_id, kRankDerived},
    // Some providers have an EventData value of this name, which flat shapes put beside the rest.
    Ranked{"ProviderName", SystemField::provider, kRankDerived},
    Ranked{"Provider", SystemField::provider, kRankDerived + 1},
};

struct Abbreviation {
  std::string_view text;
  std::string_view channel;
};
// Hayabusa writes these for the channels' names unless told otherwise.
constexpr std::array kAbbreviations{
    Abbreviation{"App", "Application"},
    Abbreviation{"AppLocker", "Microsoft-Windows-AppLocker/EXE and DLL"},
    Abbreviation{"BitsCli", "Microsoft-Windows-Bits-Client/Operational"},
    Abbreviation{"CodeInteg", "Microsoft-Windows-CodeIntegrity/Operational"},
    Abbreviation{"Defender", "Microsoft-Windows-Windows Defender/Operational"},
    Abbreviation{"Firewall", "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"},
    Abbreviation{"NTLM", "Microsoft-Windows-NTLM/Operational"},
    Abbreviation{"OpenSSH", "OpenSSH/Operational"},
    Abbreviation{"PwSh", "Microsoft-Windows-PowerShell/Operational"},
    Abbreviation{"PwShClassic", "Windows PowerShell"},
    Abbreviation{"Sec", "Security"},
    Abbreviation{"SecMitig", "Microsoft-Windows-Security-Mitigations/KernelMode"},
    Abbreviation{"Sys", "System"},
    Abbreviation{"Sysmon", "Microsoft-Windows-Sysmon/Operational"},
    Abbreviation{"TaskSch", "Microsoft-Windows-TaskScheduler/Operational"},
    Abbreviation{"WinRM", "Microsoft-Windows-WinRM/Operational"},
    Abbreviation{"WMI", "Microsoft-Windows-WMI-Activity/Operational"},
};

event::Value expanded_channel(const event::Value& value) {
  const std::string_view text = as_text(value.bytes());
  const auto* found = std::ranges::find(kAbbreviations, text, &Abbreviation::text);
  if (value.type != event::ValueType::utf8 || found == kAbbreviations.end()) return value;
  const Bytes channel = as_bytes(found->channel);
  return {channel.data(), static_cast<std::uint32_t>(channel.size()), event::ValueType::utf8};
}

}  // namespace

HeadRole head_role(std::string_view path) {
  // A shipper that flattens objects writes `event.code` as one key: the names do not tell them
  // apart, nor does this.
  for (const Ranked& ranked : kRanked)
    if (ranked.path == path) return {ranked.field, ranked.rank};
  const SystemField field = event::system_field(path);
  const bool nested = path.find('.') != std::string_view::npos;
  return {field, nested ? kRankSystem : kRankFlat};
}

void HeadBuilder::clear() {
  ranks_.fill(std::numeric_limits<std::uint8_t>::max());
  values_.fill({});
}

void HeadBuilder::finish(event::Event& event) const {
  const auto value = [&](SystemField field) -> const event::Value& {
    return values_[static_cast<std::size_t>(field)];
  };
  event.channel = expanded_channel(value(SystemField::channel));
  event.provider = value(SystemField::provider);
  event.computer = value(SystemField::computer);
  if (const auto id = event::to_integer(value(SystemField::event_id));
      id && *id >= 0 && *id < event::kNoEventId)
    event.event_id = static_cast<std::uint32_t>(*id);
  if (const auto id = event::to_integer(value(SystemField::record_id)); id && *id >= 0)
    event.record_id = static_cast<std::uint64_t>(*id);
  if (!value(SystemField::time).is_null()) event.time = event::to_time(value(SystemField::time));
  const bool windows = !event.channel.is_null() && event.event_id != event::kNoEventId;
  event.product = windows ? event::Product::windows : event::Product::unknown;
}

}  // namespace exhibit::evidence
