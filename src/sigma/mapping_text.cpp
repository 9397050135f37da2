// The field mapping as text, so that a case can hold what its runs were judged by.
#include "base/json_writer.h"
#include "sigma/mapping.h"

namespace exhibit::sigma {
namespace {

constexpr std::uint64_t kConversionsVersion = 1;  // raised when a conversion changes

std::string_view to_string(Conversion conversion) {
  switch (conversion) {
    case Conversion::none:
      return "none";
    case Conversion::hex_id:
      return "hex_id";
    case Conversion::account:
      return "account";
    case Conversion::registry_path:
      return "registry_path";
    case Conversion::registry_data:
      return "registry_data";
    case Conversion::device_path:
      return "device_path";
    case Conversion::named_values:
      return "named_values";
  }
  return {};
}

void write_texts(base::JsonWriter& json, std::string_view name,
                 std::span<const std::string_view> texts) {
  json.key(name).begin_array();
  for (const std::string_view text : texts) json.string(text);
  json.end_array();
}

void write_mapping(base::JsonWriter& json, const FieldMapping& mapping) {
  json.begin_object()
      .member("conversion", to_string(mapping.conversion))
      .member("from", mapping.from)
      .key("names")
      .begin_array();
  for (const NamedValue& value : mapping.names)
    json.begin_object().member("code", value.code).member("name", value.name).end_object();
  json.end_array().member("second", mapping.second).member("to", mapping.to).end_object();
}

void write_event(base::JsonWriter& json, const BuiltinEvent& event) {
  json.begin_object()
      .member("category", event.category)
      .member("channel", event.channel)
      .key("event_ids")
      .begin_array();
  for (const std::uint32_t id : event.event_ids) json.number(std::uint64_t{id});
  json.end_array();
  write_texts(json, "fields", event.fields);
  json.key("mappings").begin_array();
  for (const FieldMapping& mapping : event.mappings) write_mapping(json, mapping);
  json.end_array().member("only_field", event.only_field);
  write_texts(json, "only_values", event.only_values);
  json.end_object();
}

}  // namespace

std::string mapping_text(bool enabled) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object().member("conversions", kConversionsVersion).key("events").begin_array();
  if (enabled)
    for (const BuiltinEvent& event : builtin_events()) write_event(json, event);
  json.end_array();
  write_texts(json, "system_fields", system_fields());
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace exhibit::sigma
