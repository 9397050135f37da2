#include "base/json_writer.h"
#include "cli/custody_report.h"

namespace exhibit::cli {

namespace {

using base::JsonWriter;
using casefile::CustodyReport;
using casefile::Step;

std::string name_of(const casefile::EntryRef& entry) {
  return entry.party + "/" + std::to_string(entry.index);
}

void put_said(JsonWriter& json, const casefile::Circumstances& said) {
  const auto put = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) json.member(name, value);
  };
  put("role", said.role);
  put("authority", said.authority);
  put("place", said.place);
  put("medium", said.medium);
  put("write_blocker", said.write_blocker);
  put("exhibit_number", said.exhibit_number);
  put("source_clock", said.source_clock);
}

void put_machine(JsonWriter& json, const casefile::Machine& machine) {
  json.key("machine").begin_object();
  json.member("name", machine.name).member("system", machine.system);
  json.member("account", machine.account).member("folder", machine.folder);
  json.key("clock").begin_object();
  json.member("source", machine.clock_source).member("ntp", casefile::to_string(machine.ntp));
  json.key("offset_ns").number(machine.offset_ns);
  json.key("estimated_error_ns").number(machine.estimated_error_ns);
  json.key("maximum_error_ns").number(machine.maximum_error_ns);
  json.key("zone_offset_s").number(machine.zone_offset_s);
  json.end_object().end_object();
}

void put_step(JsonWriter& json, std::string_view name, const Step& step) {
  json.key(name).begin_object();
  json.member("entry", name_of(step.entry)).member("kind", step.kind).member("time", step.time);
  json.member("signed", step.is_signed).member("operator", step.operator_name);
  put_said(json, step.said);
  json.member("command_line", step.command_line);
  json.key("tool").begin_object();
  json.member("name", step.tool_name).member("version", step.tool_version);
  json.member("sha256", step.tool_sha256).end_object();
  if (step.machine) put_machine(json, *step.machine);
  json.end_object();
}

void put_source(JsonWriter& json, const CustodyReport::Source& source) {
  const auto optional = [&](std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) json.key(name).number(*value);
  };
  json.begin_object();
  json.member("sha256", source.source.sha256).member("path", source.source.info.display());
  json.member("size_bytes", source.source.size_bytes);
  json.key("digests").begin_object();
  for (const auto& [hash, hex] : source.digests.others) json.member(seal::to_string(hash), hex);
  json.end_object();
  put_step(json, "acquired", source.acquired);
  if (!source.began.empty())
    json.member("read_began", source.began).member("read_ended", source.ended);
  json.key("modified_unix_ns").number(source.modified_unix_ns);
  json.key("changed_unix_ns").number(source.changed_unix_ns);
  optional("accessed_unix_ns", source.accessed_unix_ns);
  optional("born_unix_ns", source.born_unix_ns);
  if (source.accessed_unix_ns)
    json.member("file_system", source.file_system)
        .member("time_resolution_ns", source.time_resolution_ns);
  json.member("complete", source.source.complete).member("read_errors", source.read_errors);
  if (source.same_after) json.member("same_after", *source.same_after);
  json.key("manifests").begin_array();
  for (const auto& [sha256, as] : source.listed)
    json.begin_object()
        .member("sha256", sha256)
        .member("result", casefile::to_string(as))
        .end_object();
  json.end_array().end_object();
}

void put_hand_over(JsonWriter& json, const CustodyReport::HandOver& hand_over) {
  json.begin_object();
  put_step(json, "given", hand_over.given);
  json.member("to", hand_over.to).member("whole", hand_over.whole);
  json.key("sources").begin_array();
  for (const std::string& sha256 : hand_over.sources) json.string(sha256);
  json.end_array();
  if (!hand_over.text.empty()) json.member("text", hand_over.text);
  json.key("received").begin_array();
  for (const auto& arrival : hand_over.arrivals) {
    json.begin_object();
    put_step(json, "receipt", arrival.received);
    json.member("verdict", arrival.verdict).member("complete", arrival.complete);
    if (!arrival.text.empty()) json.member("text", arrival.text);
    json.end_object();
  }
  json.end_array().end_object();
}

void put_log(JsonWriter& json, const casefile::Report::Log& log) {
  json.begin_object();
  json.member("party", log.party).member("fingerprint", log.fingerprint);
  json.member("entries", log.tree_size).member("root", log.root).member("opened", log.opened);
  json.member("verdict", verify::to_string(log.verdict));
  json.key("seen").begin_array();
  for (const auto& seen : log.seen)
    json.begin_object()
        .member("party", seen.party)
        .member("time", seen.time)
        .member("entries", seen.tree_size)
        .member("trusted", seen.trusted)
        .end_object();
  json.end_array().key("stamps").begin_array();
  for (const auto& stamp : log.stamps)
    json.begin_object()
        .member("authority", stamp.authority)
        .member("time", stamp.time)
        .member("entries", stamp.tree_size)
        .member("verdict", verify::to_string(stamp.verdict))
        .end_object();
  json.end_array().end_object();
}

}  // namespace

void append_custody_json(std::string& out, const CustodyReport& report) {
  JsonWriter json(out);
  json.begin_object().member("case", report.case_id).member("sealer", report.sealer);
  json.key("logs").begin_array();
  for (const auto& log : report.logs) put_log(json, log);
  json.end_array().key("sources").begin_array();
  for (const auto& source : report.sources) put_source(json, source);
  json.end_array().key("hand_overs").begin_array();
  for (const auto& hand_over : report.hand_overs) put_hand_over(json, hand_over);
  json.end_array().key("acts").begin_array();
  for (const auto& act : report.acts) {
    json.begin_object();
    put_step(json, "step", act.step);
    json.member("gist", act.gist).end_object();
  }
  json.end_array().key("gaps").begin_array();
  for (const auto& gap : report.gaps) {
    json.begin_object().member("id", gap.id).member("sentence", gap.sentence);
    json.member("count", gap.count).key("entries").begin_array();
    for (const auto& entry : gap.entries) json.string(name_of(entry));
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

}  // namespace exhibit::cli
