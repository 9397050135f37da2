#include "generator/world.h"

#include <array>
#include <cstdio>
#include <stdexcept>

#include "base/time.h"

namespace exhibit::samples {
namespace {

// The parts of Windows' own providers that every event of theirs repeats.
constexpr const char* kSecurityGuid = "54849625-5478-4994-a5ba-3e3b0328c30d";
constexpr const char* kDomainSid = "S-1-5-21-1604221776-3120446991-2051988341";
constexpr std::uint64_t kAuditSuccess = 0x8020000000000000;
constexpr std::uint64_t kAuditFailure = 0x8010000000000000;

std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value;
}

std::string hexadecimal(std::uint64_t value, int digits) {
  std::array<char, 17> out{};
  std::snprintf(out.data(), out.size(), "%0*llX", digits, static_cast<unsigned long long>(value));
  return out.data();
}

// Process ids are multiples of four on Windows.
std::uint32_t process_id(std::string_view image, std::int64_t time) {
  Dice dice(hash(image) ^ static_cast<std::uint64_t>(time));
  return static_cast<std::uint32_t>(dice.between(300, 4000)) * 4;
}

std::string process_guid(const Host& host, std::string_view image, std::int64_t time) {
  const std::uint64_t h = hash(image);
  const std::uint64_t seconds = static_cast<std::uint64_t>(time) / 10'000'000 - 11'644'473'600;
  return hexadecimal(host.guid, 8) + "-" + hexadecimal(seconds >> 16 & 0xffff, 4) + "-" +
         hexadecimal(seconds & 0xffff, 4) + "-" + hexadecimal(h & 0xffff, 4) + "-" +
         hexadecimal(h >> 16 & 0xffffffffffff, 12);
}

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

EvtxEvent manifest_event(const Host& host, std::int64_t time, std::uint16_t id, const char* name,
                         const char* guid, const char* channel, Data data) {
  EvtxEvent e;
  e.provider = name;
  e.guid = guid;
  e.event_id = id;
  e.ticks = time;
  e.process_id = 1180;
  e.thread_id = 2044;
  e.channel = channel;
  e.computer = host.full_name();
  e.user_sid = "S-1-5-18";
  e.data = std::move(data);
  return e;
}

// System log events of the service control manager: one template for the whole event.
EvtxEvent service_control(const Host& host, std::int64_t time, std::uint16_t id, Data data) {
  EvtxEvent e = manifest_event(host, time, id, "Service Control Manager",
                               "555908d1-a6d7-4695-8e1e-26931d2012f4", "System", std::move(data));
  e.event_source = "Service Control Manager";
  e.qualifiers = 16384;
  e.keywords = 0x8080000000000000;
  e.process_id = 712;
  e.nested = false;
  return e;
}

EvtxValue sid(std::string_view user) { return test::evtx_sid(sid_of(user)); }

std::uint64_t logon_id(std::string_view user) { return 0x10000 + (hash(user) & 0xffffff); }

void add_subject(Data& data, std::string_view user) {
  data.emplace_back("SubjectUserSid", sid(user));
  data.emplace_back("SubjectUserName", text(user));
  data.emplace_back("SubjectDomainName", text(user == "SYSTEM" ? "NT AUTHORITY" : "NORTHLIGHT"));
  data.emplace_back("SubjectLogonId", test::evtx_hex64(user == "SYSTEM" ? 0x3e7 : logon_id(user)));
}

}  // namespace

std::int64_t at(int day, int hour, int minute, int second) {
  static const std::int64_t start = *base::parse_time("2026-03-02");
  const std::int64_t seconds = ((day * 24 + hour) * 60 + minute) * 60 + second;
  // The part below a second: any, but the same each time.
  return start + seconds * base::kTicksPerSecond + (seconds * 7'368'787) % base::kTicksPerSecond;
}

std::uint64_t Dice::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

int Dice::between(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

std::int64_t Dice::moment(int day, int first_hour, int last_hour) {
  return at(day, first_hour, 0, between(0, (last_hour - first_hour + 1) * 3600 - 1));
}

std::string sid_of(std::string_view user) {
  if (user == "SYSTEM") return "S-1-5-18";
  if (user == "-") return "S-1-0-0";
  return std::string(kDomainSid) + "-" + std::to_string(1100 + hash(user) % 4000);
}

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

EvtxEvent security(const Host& host, std::int64_t time, std::uint16_t id, std::uint16_t task,
                   Data data, bool success, std::uint8_t version) {
  EvtxEvent e = manifest_event(host, time, id, "Microsoft-Windows-Security-Auditing", kSecurityGuid,
                               "Security", std::move(data));
  e.level = 0;
  e.task = task;
  e.version = version;
  e.keywords = success ? kAuditSuccess : kAuditFailure;
  e.process_id = 648;
  e.thread_id = 700;
  e.user_sid.clear();
  return e;
}

EvtxEvent logon(const Host& host, std::int64_t time, std::uint32_t type, std::string_view user,
                std::string_view address, std::string_view workstation) {
  const bool local = type == 5;
  Data data;
  add_subject(data, local ? "SYSTEM" : "-");
  data.emplace_back("TargetUserSid", sid(user));
  data.emplace_back("TargetUserName", text(user));
  data.emplace_back("TargetDomainName", text("NORTHLIGHT"));
  data.emplace_back("TargetLogonId", test::evtx_hex64(logon_id(user)));
  data.emplace_back("LogonType", number(type));
  data.emplace_back("LogonProcessName", text(type == 3 ? "Kerberos" : "User32 "));
  data.emplace_back("AuthenticationPackageName", text(type == 3 ? "Kerberos" : "Negotiate"));
  data.emplace_back("WorkstationName", text(workstation));
  data.emplace_back("LogonGuid", test::evtx_guid("00000000-0000-0000-0000-000000000000"));
  data.emplace_back("ProcessId", test::evtx_hex64(local ? 0x2c8 : 0x0));
  data.emplace_back("ProcessName", text(local ? "C:\\Windows\\System32\\services.exe" : "-"));
  data.emplace_back("IpAddress", text(address));
  data.emplace_back("IpPort", text(address == "-" ? "-" : "0"));
  data.emplace_back("ImpersonationLevel", text("%%1833"));
  data.emplace_back("ElevatedToken", text("%%1843"));
  return security(host, time, 4624, 12544, std::move(data), true, 2);
}

EvtxEvent logon_failed(const Host& host, std::int64_t time, std::uint32_t type,
                       std::string_view user, std::string_view address) {
  Data data;
  add_subject(data, "-");
  data.emplace_back("TargetUserSid", test::evtx_sid("S-1-0-0"));
  data.emplace_back("TargetUserName", text(user));
  data.emplace_back("TargetDomainName", text("NORTHLIGHT"));
  data.emplace_back("Status", test::evtx_hex32(0xc000006d));
  data.emplace_back("FailureReason", text("%%2313"));
  data.emplace_back("SubStatus", test::evtx_hex32(0xc000006a));
  data.emplace_back("LogonType", number(type));
  data.emplace_back("LogonProcessName", text("NtLmSsp "));
  data.emplace_back("AuthenticationPackageName", text("NTLM"));
  data.emplace_back("WorkstationName", text("-"));
  data.emplace_back("ProcessId", test::evtx_hex64(0));
  data.emplace_back("ProcessName", text("-"));
  data.emplace_back("IpAddress", text(address));
  data.emplace_back("IpPort", text("0"));
  return security(host, time, 4625, 12544, std::move(data), false);
}

EvtxEvent special_logon(const Host& host, std::int64_t time, std::string_view user,
                        std::string_view privileges) {
  Data data;
  add_subject(data, user);
  data.emplace_back("PrivilegeList", text(privileges));
  return security(host, time, 4672, 12548, std::move(data));
}

EvtxEvent explicit_credentials(const Host& host, std::int64_t time, std::string_view user,
                               std::string_view target_user, std::string_view target_server,
                               std::string_view process) {
  Data data;
  add_subject(data, user);
  data.emplace_back("LogonGuid", test::evtx_guid("00000000-0000-0000-0000-000000000000"));
  data.emplace_back("TargetUserName", text(target_user));
  data.emplace_back("TargetDomainName", text("NORTHLIGHT"));
  data.emplace_back("TargetServerName", text(target_server));
  data.emplace_back("TargetInfo", text(target_server));
  data.emplace_back("ProcessId", test::evtx_hex64(process_id(process, time)));
  data.emplace_back("ProcessName", text(process));
  data.emplace_back("IpAddress", text("-"));
  data.emplace_back("IpPort", text("-"));
  return security(host, time, 4648, 12544, std::move(data));
}

EvtxEvent process_start_4688(const Host& host, std::int64_t time, std::string_view user,
                             std::string_view image, std::string_view command,
                             std::string_view parent) {
  Data data;
  add_subject(data, user);
  data.emplace_back("NewProcessId", test::evtx_hex64(process_id(image, time)));
  data.emplace_back("NewProcessName", text(image));
  data.emplace_back("TokenElevationType", text("%%1936"));
  data.emplace_back("ProcessId", test::evtx_hex64(process_id(parent, time)));
  data.emplace_back("CommandLine", text(command));
  data.emplace_back("TargetUserSid", test::evtx_sid("S-1-0-0"));
  data.emplace_back("TargetUserName", text("-"));
  data.emplace_back("TargetDomainName", text("-"));
  data.emplace_back("TargetLogonId", test::evtx_hex64(0));
  data.emplace_back("ParentProcessName", text(parent));
  data.emplace_back("MandatoryLabel", test::evtx_sid("S-1-16-12288"));
  return security(host, time, 4688, 13312, std::move(data), true, 2);
}

EvtxEvent service_ticket(std::int64_t time, std::string_view user, std::string_view service,
                         std::uint32_t encryption, std::string_view address) {
  return security(kDc, time, 4769, 14337,
                  {{"TargetUserName", text(std::string(user) + "@NORTHLIGHT.EXAMPLE")},
                   {"TargetDomainName", text("NORTHLIGHT.EXAMPLE")},
                   {"ServiceName", text(service)},
                   {"ServiceSid", sid(service)},
                   {"TicketOptions", test::evtx_hex32(0x40810000)},
                   {"TicketEncryptionType", test::evtx_hex32(encryption)},
                   {"IpAddress", text("::ffff:" + std::string(address))},
                   {"IpPort", text("52114")},
                   {"Status", test::evtx_hex32(0)},
                   {"LogonGuid", test::evtx_guid("00000000-0000-0000-0000-000000000000")},
                   {"TransmittedServices", text("-")}});
}

EvtxEvent authentication_ticket(std::int64_t time, std::string_view user,
                                std::string_view preauthentication, std::uint32_t encryption,
                                std::string_view address) {
  return security(kDc, time, 4768, 14339,
                  {{"TargetUserName", text(user)},
                   {"TargetDomainName", text("NORTHLIGHT")},
                   {"TargetSid", sid(user)},
                   {"ServiceName", text("krbtgt")},
                   {"ServiceSid", sid("krbtgt")},
                   {"TicketOptions", test::evtx_hex32(0x40810010)},
                   {"Status", test::evtx_hex32(0)},
                   {"TicketEncryptionType", test::evtx_hex32(encryption)},
                   {"PreAuthType", text(preauthentication)},
                   {"IpAddress", text("::ffff:" + std::string(address))},
                   {"IpPort", text("52113")}});
}

EvtxEvent group_member(const Host& host, std::int64_t time, std::uint16_t id, std::string_view by,
                       std::string_view member, std::string_view group,
                       std::string_view group_sid) {
  Data data = {
      {"MemberName", text("CN=" + std::string(member) + ",CN=Users,DC=northlight,DC=example")},
      {"MemberSid", sid(member)},
      {"TargetUserName", text(group)},
      {"TargetDomainName", text("NORTHLIGHT")},
      {"TargetSid", test::evtx_sid(group_sid.starts_with("S-")
                                       ? std::string(group_sid)
                                       : std::string(kDomainSid) + std::string(group_sid))}};
  add_subject(data, by);
  data.emplace_back("PrivilegeList", text("-"));
  return security(host, time, id, 13826, std::move(data));
}

EvtxEvent account_created(std::int64_t time, std::string_view by, std::string_view user) {
  Data data = {{"TargetUserName", text(user)},
               {"TargetDomainName", text("NORTHLIGHT")},
               {"TargetSid", sid(user)}};
  add_subject(data, by);
  data.emplace_back("PrivilegeList", text("-"));
  data.emplace_back("SamAccountName", text(user));
  data.emplace_back("UserPrincipalName", text(std::string(user) + "@northlight.example"));
  return security(kDc, time, 4720, 13824, std::move(data));
}

EvtxEvent share_access(const Host& host, std::int64_t time, std::string_view user,
                       std::string_view address, std::string_view share, std::string_view file,
                       std::string_view mask) {
  Data data;
  add_subject(data, user);
  data.emplace_back("ObjectType", text("File"));
  data.emplace_back("IpAddress", text(address));
  data.emplace_back("IpPort", text("50211"));
  data.emplace_back("ShareName", text(share));
  data.emplace_back("ShareLocalPath", text("\\??\\C:\\Windows"));
  data.emplace_back("RelativeTargetName", text(file));
  data.emplace_back("AccessMask", test::evtx_hex32(static_cast<std::uint32_t>(
                                      std::stoul(std::string(mask.substr(2)), nullptr, 16))));
  data.emplace_back("AccessList", text("%%4417\r\n\t\t\t\t"));
  data.emplace_back("AccessReason", text("-"));
  return security(host, time, 5145, 12811, std::move(data));
}

EvtxEvent log_cleared(const Host& host, std::int64_t time, std::string_view user) {
  EvtxEvent e = manifest_event(host, time, 1102, "Microsoft-Windows-Eventlog",
                               "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148", "Security", {});
  e.task = 104;
  e.keywords = 0x4020000000000000;
  e.user_sid.clear();
  e.user_data = test::xml_element(
      "LogFileCleared",
      {test::xml_element("SubjectUserSid", {test::xml_value(sid(user))}),
       test::xml_element("SubjectUserName", {test::xml_value(text(user))}),
       test::xml_element("SubjectDomainName", {test::xml_value(text("NORTHLIGHT"))}),
       test::xml_element("SubjectLogonId", {test::xml_value(test::evtx_hex64(logon_id(user)))})},
      {{.name = "xmlns",
        .content = {
            test::xml_text("http://manifests.microsoft.com/win/2004/08/windows/eventlog")}}});
  return e;
}

EvtxEvent service_installed(const Host& host, std::int64_t time, std::string_view name,
                            std::string_view path, std::string_view start,
                            std::string_view account) {
  EvtxEvent e = service_control(host, time, 7045,
                                {{"ServiceName", text(name)},
                                 {"ImagePath", text(path)},
                                 {"ServiceType", text("user mode service")},
                                 {"StartType", text(start)},
                                 {"AccountName", text(account)}});
  return e;
}

EvtxEvent service_state(const Host& host, std::int64_t time, std::string_view name,
                        std::string_view state) {
  return service_control(host, time, 7036,
                         {{"param1", text(name)},
                          {"param2", text(state)},
                          {"Binary", test::evtx_binary(test::utf16le(name))}});
}

EvtxEvent system_log_cleared(const Host& host, std::int64_t time, std::string_view user,
                             std::string_view channel) {
  EvtxEvent e = manifest_event(host, time, 104, "Microsoft-Windows-Eventlog",
                               "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148", "System", {});
  e.task = 104;
  e.user_sid = sid_of(user);
  e.user_data = test::xml_element(
      "LogFileCleared",
      {test::xml_element("SubjectUserName", {test::xml_value(text(user))}),
       test::xml_element("SubjectDomainName", {test::xml_value(text("NORTHLIGHT"))}),
       test::xml_element("Channel", {test::xml_value(text(channel))}),
       test::xml_element("BackupPath", {test::xml_value(text(""))})},
      {{.name = "xmlns",
        .content = {
            test::xml_text("http://manifests.microsoft.com/win/2004/08/windows/eventlog")}}});
  return e;
}

EvtxEvent script_block(const Host& host, std::int64_t time, std::string_view script,
                       std::string_view path, std::string_view user) {
  EvtxEvent e = manifest_event(
      host, time, 4104, "Microsoft-Windows-PowerShell", "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
      "Microsoft-Windows-PowerShell/Operational",
      {{"MessageNumber", number(1)},
       {"MessageTotal", number(1)},
       {"ScriptBlockText", text(script)},
       {"ScriptBlockId", test::evtx_guid(process_guid(host, script, time))},
       {"Path", text(path)}});
  e.task = 2;
  e.opcode = 15;
  e.level = 5;
  e.keywords = 0;
  e.user_sid = sid_of(user);
  return e;
}

EvtxEvent task_event(const Host& host, std::int64_t time, std::uint16_t id, std::string_view task,
                     std::string_view what) {
  Data data = {{"TaskName", text(task)}};
  if (id == 106) {
    data.emplace_back("UserContext", text(what));
  } else {
    data.emplace_back("TaskInstanceId", test::evtx_guid(process_guid(host, task, time)));
    data.emplace_back("ActionName", text(what));
    data.emplace_back(id == 200 ? "EnginePID" : "ResultCode", number(id == 200 ? 1180 : 0));
  }
  EvtxEvent e = manifest_event(host, time, id, "Microsoft-Windows-TaskScheduler",
                               "de7b24ea-73c8-4a09-985d-5bdadcfa9017",
                               "Microsoft-Windows-TaskScheduler/Operational", std::move(data));
  e.task = id;
  return e;
}

EvtxEvent defender(const Host& host, std::int64_t time, std::uint16_t id, Data data) {
  Data all = {{"Product Name", text("Microsoft Defender Antivirus")},
              {"Product Version", text("4.18.2601.1")}};
  for (auto& item : data) all.push_back(std::move(item));
  EvtxEvent e = manifest_event(host, time, id, "Microsoft-Windows-Windows Defender",
                               "11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78",
                               "Microsoft-Windows-Windows Defender/Operational", std::move(all));
  e.level = id == 1116 || id == 5001 ? 3 : 4;
  return e;
}

EvtxEvent wmi_subscription(const Host& host, std::int64_t time, std::string_view filter,
                           std::string_view consumer) {
  EvtxEvent e = manifest_event(host, time, 5861, "Microsoft-Windows-WMI-Activity",
                               "1418ef04-b0b4-4623-bf7e-d74ab47bbdaa",
                               "Microsoft-Windows-WMI-Activity/Operational", {});
  e.keywords = 0x4000000000000000;
  e.user_data = test::xml_element(
      "Operation_ESStoConsumerBinding",
      {test::xml_element("Namespace", {test::xml_value(text("//./root/subscription"))}),
       test::xml_element("ESS", {test::xml_value(text(filter))}),
       test::xml_element("CONSUMER", {test::xml_value(text(consumer))}),
       test::xml_element("PossibleCause", {test::xml_value(text("Binding EventFilter"))})},
      {{.name = "xmlns",
        .content = {test::xml_text("http://manifests.microsoft.com/win/2006/windows/WMI")}}});
  return e;
}

}  // namespace exhibit::samples
