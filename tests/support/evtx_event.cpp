#include "support/evtx_event.h"

#include <map>
#include <utility>

#include "base/json_writer.h"
#include "base/time.h"

namespace exhibit::test {
namespace {

constexpr const char* kEventNamespace = "http://schemas.microsoft.com/win/2004/08/events/event";

EvtxAttribute attribute(std::string name, EvtxValue value) {
  return {.name = std::move(name), .content = {xml_value(std::move(value))}};
}

EvtxAttribute literal(std::string name, std::string text) {
  return {.name = std::move(name), .content = {xml_text(std::move(text))}};
}

EvtxNode leaf(std::string name, EvtxValue value) {
  return xml_element(std::move(name), {xml_value(std::move(value))});
}

EvtxValue number(EvtxType type, std::int64_t value) { return evtx_integer(type, value); }

EvtxNode system_tree(const EvtxEvent& e, std::uint64_t record_id) {
  std::vector<EvtxAttribute> provider = {attribute("Name", evtx_string(e.provider))};
  if (!e.guid.empty()) provider.push_back(attribute("Guid", evtx_guid(e.guid)));
  if (!e.event_source.empty()) {
    provider.push_back(attribute("EventSourceName", evtx_string(e.event_source)));
  }
  return xml_element(
      "System",
      {xml_element("Provider", {}, std::move(provider)),
       xml_element("EventID", {xml_value(number(EvtxType::uint16, e.event_id))},
                   {attribute("Qualifiers", e.qualifiers ? number(EvtxType::uint16, *e.qualifiers)
                                                         : evtx_null(EvtxType::uint16))}),
       leaf("Version", number(EvtxType::uint8, e.version)),
       leaf("Level", number(EvtxType::uint8, e.level)),
       leaf("Task", number(EvtxType::uint16, e.task)),
       leaf("Opcode", number(EvtxType::uint8, e.opcode)), leaf("Keywords", evtx_hex64(e.keywords)),
       xml_element("TimeCreated", {}, {attribute("SystemTime", evtx_filetime(e.ticks))}),
       leaf("EventRecordID", number(EvtxType::uint64, static_cast<std::int64_t>(record_id))),
       xml_element("Correlation", {},
                   {attribute("ActivityID", e.activity.empty() ? evtx_null(EvtxType::guid)
                                                               : evtx_guid(e.activity))}),
       xml_element("Execution", {},
                   {attribute("ProcessID", evtx_uint32(e.process_id)),
                    attribute("ThreadID", evtx_uint32(e.thread_id))}),
       leaf("Channel", evtx_string(e.channel)), xml_element("Computer", {xml_text(e.computer)}),
       xml_element("Security", {},
                   {attribute("UserID", e.user_sid.empty() ? evtx_null(EvtxType::sid)
                                                           : evtx_sid(e.user_sid))})});
}

EvtxNode data_tree(const EvtxEvent& e) {
  if (e.user_data) return xml_element("UserData", {*e.user_data});
  std::vector<EvtxNode> data;
  for (const auto& [name, value] : e.data) {
    // Unlike a missing name, an empty Data is kept: Windows writes <Data Name="x"></Data>.
    data.push_back(xml_element("Data", {xml_value(value, false)}));
    if (!name.empty()) data.back().attributes.push_back(literal("Name", name));
  }
  return xml_element("EventData", std::move(data));
}

// JSON of a UserData element: an object of its leaves; attributes under "#attributes".
void append_user_data(base::JsonWriter& json, const EvtxNode& node) {
  if (node.children.size() == 1 && node.children[0].kind != EvtxNode::Kind::element) {
    const EvtxNode& child = node.children[0];
    if (child.kind == EvtxNode::Kind::value) {
      json.raw(child.value.json);
    } else {
      json.string(child.text);
    }
    return;
  }
  json.begin_object();
  if (!node.attributes.empty()) {
    json.key("#attributes").begin_object();
    for (const EvtxAttribute& a : node.attributes) json.member(a.name, a.content.at(0).text);
    json.end_object();
  }
  for (const EvtxNode& child : node.children) {
    json.key(child.name);
    append_user_data(json, child);
  }
  json.end_object();
}

void append_user_leaves(base::JsonWriter& json, const EvtxNode& node) {
  for (const EvtxNode& child : node.children) {
    if (child.kind == EvtxNode::Kind::element) append_user_leaves(json, child);
    if (child.kind == EvtxNode::Kind::value && node.name != "Channel") {
      json.key(node.name).raw(child.value.json);
    }
  }
}

void append_data(base::JsonWriter& json, const EvtxEvent& e) {
  if (e.user_data) {
    json.key("UserData").begin_object().key(e.user_data->name);
    append_user_data(json, *e.user_data);
    json.end_object();
    return;
  }
  if (e.data.empty()) {
    json.key("EventData").null();
    return;
  }
  json.key("EventData").begin_object();
  std::vector<const EvtxValue*> unnamed;
  for (const auto& [name, value] : e.data) {
    if (name.empty()) {
      unnamed.push_back(&value);
    } else {
      json.key(name).raw(value.json);
    }
  }
  if (!unnamed.empty()) {
    json.key("Data").begin_object().key("#text");
    if (unnamed.size() == 1) {
      json.raw(unnamed[0]->json);
    } else {
      json.begin_array();
      for (const EvtxValue* value : unnamed) json.raw(value->json);
      json.end_array();
    }
    json.end_object();
  }
  json.end_object();
}

const char* severity(std::uint8_t level) {
  switch (level) {
    case 1:
      return "CRITICAL";
    case 2:
      return "ERROR";
    case 3:
      return "WARNING";
    default:
      return "INFO";
  }
}

}  // namespace

EvtxNode to_tree(const EvtxEvent& event, std::uint64_t record_id) {
  EvtxNode data = data_tree(event);
  return xml_element("Event",
                     {system_tree(event, record_id),
                      event.nested ? xml_fragment(std::move(data)) : std::move(data)},
                     {literal("xmlns", kEventNamespace)});
}

std::uint64_t add_event(EvtxWriter& writer, const EvtxEvent& event, bool with_template) {
  const EvtxNode tree = to_tree(event, writer.next_record_id());
  return with_template ? writer.add(tree, event.ticks)
                       : writer.add_without_template(tree, event.ticks);
}

std::string to_evtx_dump_json(const EvtxEvent& e, std::uint64_t record_id) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object().key("Event").begin_object();
  json.key("#attributes").begin_object().member("xmlns", kEventNamespace).end_object();
  json.key("System").begin_object();
  json.key("Provider").begin_object().key("#attributes").begin_object();
  json.member("Name", e.provider);
  if (!e.guid.empty()) json.member("Guid", evtx_guid(e.guid).text);
  if (!e.event_source.empty()) json.member("EventSourceName", e.event_source);
  json.end_object().end_object();
  if (e.qualifiers) {
    json.key("EventID").begin_object().key("#attributes").begin_object();
    json.member("Qualifiers", std::uint32_t{*e.qualifiers}).end_object();
    json.member("#text", std::uint32_t{e.event_id}).end_object();
  } else {
    json.member("EventID", std::uint32_t{e.event_id});
  }
  json.member("Version", std::uint32_t{e.version}).member("Level", std::uint32_t{e.level});
  json.member("Task", std::uint32_t{e.task}).member("Opcode", std::uint32_t{e.opcode});
  json.member("Keywords", evtx_hex64(e.keywords).text);
  json.key("TimeCreated").begin_object().key("#attributes").begin_object();
  json.member("SystemTime", base::to_rfc3339(e.ticks)).end_object().end_object();
  json.member("EventRecordID", record_id);
  json.key("Correlation");
  if (e.activity.empty()) {
    json.null();
  } else {
    json.begin_object().key("#attributes").begin_object();
    json.member("ActivityID", evtx_guid(e.activity).text).end_object().end_object();
  }
  json.key("Execution").begin_object().key("#attributes").begin_object();
  json.member("ProcessID", e.process_id).member("ThreadID", e.thread_id);
  json.end_object().end_object();
  json.member("Channel", e.channel).member("Computer", e.computer).key("Security");
  if (e.user_sid.empty()) {
    json.null();
  } else {
    json.begin_object().key("#attributes").begin_object();
    json.member("UserID", e.user_sid).end_object().end_object();
  }
  json.end_object();
  append_data(json, e);
  json.end_object().end_object();
  return out;
}

std::string to_nxlog_json(const EvtxEvent& e, std::uint64_t record_id) {
  std::string out;
  base::JsonWriter json(out);
  std::string time = base::to_rfc3339(e.ticks).substr(0, 19);
  time[10] = ' ';
  json.begin_object().member("EventTime", time).member("Hostname", e.computer);
  json.key("Keywords").number(static_cast<std::int64_t>(e.keywords));
  json.member("Severity", severity(e.level)).member("EventID", std::uint32_t{e.event_id});
  json.member("SourceName", e.provider);
  if (!e.guid.empty()) json.member("ProviderGuid", evtx_guid(e.guid).text);
  json.member("Version", std::uint32_t{e.version}).member("Task", std::uint32_t{e.task});
  json.member("OpcodeValue", std::uint32_t{e.opcode}).member("RecordNumber", record_id);
  json.member("ExecutionProcessID", e.process_id).member("ExecutionThreadID", e.thread_id);
  json.member("Channel", e.channel);
  if (!e.user_sid.empty()) json.member("UserID", e.user_sid);
  for (const auto& [name, value] : e.data) {
    if (!name.empty()) json.key(name).raw(value.json);
  }
  // A flat record has one place for a name: event 104's own Channel yields to the header's.
  if (e.user_data) append_user_leaves(json, *e.user_data);
  json.member("SourceModuleName", "eventlog").member("SourceModuleType", "im_msvistalog");
  json.end_object();
  return out;
}

}  // namespace exhibit::test
