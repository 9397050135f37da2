#include "base/time.h"
#include "generator/parts.h"

namespace exhibit::samples {
namespace {

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('\\') + 1));
}

std::string utc_time(std::int64_t ticks) {
  std::string out = base::to_rfc3339(ticks).substr(0, 23);
  out[10] = ' ';
  return out;
}

EvtxEvent sysmon(const Host& host, std::int64_t time, std::uint16_t id, std::uint8_t version,
                 Data data) {
  EvtxEvent e;
  e.provider = "Microsoft-Windows-Sysmon";
  e.guid = "5770385f-c22a-43e0-bf4c-06f5698ffbd9";
  e.event_id = id;
  e.version = version;
  e.task = id;
  e.ticks = time;
  e.process_id = 2412;
  e.thread_id = 3300;
  e.channel = "Microsoft-Windows-Sysmon/Operational";
  e.computer = host.full_name();
  e.user_sid = "S-1-5-18";
  e.data = {{"RuleName", text("-")}, {"UtcTime", text(utc_time(time))}};
  for (auto& item : data) e.data.push_back(std::move(item));
  return e;
}

void add_process(Data& data, const Host& host, std::int64_t time, std::string_view image,
                 const std::string& prefix = "") {
  data.emplace_back(prefix.empty() ? "ProcessGuid" : prefix + "ProcessGUID",
                    test::evtx_guid(process_guid(host, image, time)));
  data.emplace_back(prefix + "ProcessId", number(process_id(image, time)));
}

}  // namespace

EvtxEvent process_start(const Host& host, std::int64_t time, const Process& p) {
  Dice dice(hash(p.image));
  Data data;
  add_process(data, host, time, p.image);
  data.emplace_back("Image", text(p.image));
  data.emplace_back("FileVersion", text(p.company == "-" ? "-" : "10.0.20348.1"));
  data.emplace_back("Description", text("-"));
  data.emplace_back("Product", text("-"));
  data.emplace_back("Company", text(p.company));
  data.emplace_back("OriginalFileName",
                    text(p.original_name.empty() ? file_name(p.image) : p.original_name));
  data.emplace_back("CommandLine", text(p.command));
  data.emplace_back("CurrentDirectory", text(p.directory));
  data.emplace_back("User", text(p.user));
  data.emplace_back("LogonGuid", test::evtx_guid(process_guid(host, p.user, at(0, 6, 0))));
  data.emplace_back("LogonId", test::evtx_hex64(logon_id(p.user)));
  data.emplace_back("TerminalSessionId", number(1));
  data.emplace_back("IntegrityLevel", text(p.integrity));
  std::string digest;
  for (int part = 0; part < 4; ++part) digest += hexadecimal(dice.next(), 16);
  data.emplace_back("Hashes", text("SHA256=" + digest));
  data.emplace_back("ParentProcessGuid", test::evtx_guid(process_guid(host, p.parent, time)));
  data.emplace_back("ParentProcessId", number(process_id(p.parent, at(0, 6, 0))));
  data.emplace_back("ParentImage", text(p.parent));
  data.emplace_back("ParentCommandLine", text(p.parent_command));
  data.emplace_back("ParentUser", text(p.user));
  return sysmon(host, time, 1, 5, std::move(data));
}

EvtxEvent file_created(const Host& host, std::int64_t time, std::string_view image,
                       std::string_view file, std::string_view user) {
  Data data;
  add_process(data, host, time, image);
  data.emplace_back("Image", text(image));
  data.emplace_back("TargetFilename", text(file));
  data.emplace_back("CreationUtcTime", text(utc_time(time)));
  data.emplace_back("User", text(user));
  return sysmon(host, time, 11, 2, std::move(data));
}

EvtxEvent file_time_changed(const Host& host, std::int64_t time, std::string_view image,
                            std::string_view file, std::string_view created,
                            std::string_view previous) {
  Data data;
  add_process(data, host, time, image);
  data.emplace_back("Image", text(image));
  data.emplace_back("TargetFilename", text(file));
  data.emplace_back("CreationUtcTime", text(created));
  data.emplace_back("PreviousCreationUtcTime", text(previous));
  return sysmon(host, time, 2, 5, std::move(data));
}

EvtxEvent connection(const Host& host, std::int64_t time, std::string_view image,
                     std::string_view user, std::string_view address, std::string_view name,
                     std::uint32_t port) {
  Dice dice(static_cast<std::uint64_t>(time));
  Data data;
  add_process(data, host, time, image);
  data.emplace_back("Image", text(image));
  data.emplace_back("User", text(user));
  data.emplace_back("Protocol", text("tcp"));
  data.emplace_back("Initiated", test::evtx_boolean(true));
  data.emplace_back("SourceIsIpv6", test::evtx_boolean(false));
  data.emplace_back("SourceIp", text(host.address));
  data.emplace_back("SourceHostname", text(host.full_name()));
  data.emplace_back("SourcePort",
                    test::evtx_integer(test::EvtxType::uint16, dice.between(49152, 65000)));
  data.emplace_back("SourcePortName", text("-"));
  data.emplace_back("DestinationIsIpv6", test::evtx_boolean(false));
  data.emplace_back("DestinationIp", text(address));
  data.emplace_back("DestinationHostname", text(name));
  data.emplace_back("DestinationPort", test::evtx_integer(test::EvtxType::uint16, port));
  data.emplace_back("DestinationPortName", text("-"));
  return sysmon(host, time, 3, 5, std::move(data));
}

EvtxEvent dns_query(const Host& host, std::int64_t time, std::string_view image,
                    std::string_view query, std::string_view results, std::string_view user) {
  Data data;
  add_process(data, host, time, image);
  data.emplace_back("QueryName", text(query));
  data.emplace_back("QueryStatus", text("0"));
  data.emplace_back("QueryResults", text(results));
  data.emplace_back("Image", text(image));
  data.emplace_back("User", text(user));
  return sysmon(host, time, 22, 5, std::move(data));
}

EvtxEvent registry_value(const Host& host, std::int64_t time, std::string_view image,
                         std::string_view key, std::string_view value, std::string_view user) {
  Data data = {{"EventType", text("SetValue")}};
  add_process(data, host, time, image);
  data.emplace_back("Image", text(image));
  data.emplace_back("TargetObject", text(key));
  data.emplace_back("Details", text(value));
  data.emplace_back("User", text(user));
  EvtxEvent e = sysmon(host, time, 13, 2, {});
  e.data.insert(e.data.begin() + 1, std::move(data.front()));
  e.data.insert(e.data.end(), data.begin() + 1, data.end());
  return e;
}

EvtxEvent process_access(const Host& host, std::int64_t time, std::string_view source,
                         std::string_view target, std::string_view access, std::string_view trace) {
  Data data;
  add_process(data, host, time, source, "Source");
  data.emplace_back("SourceThreadId", number(5120));
  data.emplace_back("SourceImage", text(source));
  add_process(data, host, at(0, 6, 0), target, "Target");
  data.emplace_back("TargetImage", text(target));
  data.emplace_back("GrantedAccess", test::evtx_hex32(static_cast<std::uint32_t>(
                                         std::stoul(std::string(access.substr(2)), nullptr, 16))));
  data.emplace_back("CallTrace", text(trace));
  return sysmon(host, time, 10, 3, std::move(data));
}

EvtxEvent image_loaded(const Host& host, std::int64_t time, std::string_view image,
                       std::string_view module, bool is_signed, std::string_view signature,
                       std::string_view company) {
  Data data;
  add_process(data, host, time, image);
  data.emplace_back("Image", text(image));
  data.emplace_back("ImageLoaded", text(module));
  data.emplace_back("Company", text(company));
  data.emplace_back("OriginalFileName", text(file_name(module)));
  data.emplace_back("Signed", text(is_signed ? "true" : "false"));
  data.emplace_back("Signature", text(signature));
  data.emplace_back("SignatureStatus", text(is_signed ? "Valid" : "Unavailable"));
  return sysmon(host, time, 7, 3, std::move(data));
}

EvtxEvent pipe_event(const Host& host, std::int64_t time, bool created, std::string_view pipe,
                     std::string_view image, std::string_view user) {
  Data data;
  add_process(data, host, time, image);
  data.emplace_back("PipeName", text(pipe));
  data.emplace_back("Image", text(image));
  data.emplace_back("User", text(user));
  EvtxEvent e = sysmon(host, time, created ? 17 : 18, 1, std::move(data));
  e.data.insert(e.data.begin() + 1, {"EventType", text(created ? "CreatePipe" : "ConnectPipe")});
  return e;
}

EvtxEvent wmi_consumer(const Host& host, std::int64_t time, std::string_view name,
                       std::string_view destination, std::string_view user) {
  return sysmon(host, time, 20, 3,
                {{"EventType", text("WmiConsumerEvent")},
                 {"Operation", text("Created")},
                 {"User", text(user)},
                 {"Name", text(name)},
                 {"Type", text("Command Line")},
                 {"Destination", text(destination)}});
}

}  // namespace exhibit::samples
