#include "generator/parts.h"

namespace exhibit::samples {
namespace {

// The parts of Windows' own providers that every event of theirs repeats.
constexpr const char* kSecurityGuid = "54849625-5478-4994-a5ba-3e3b0328c30d";
constexpr std::uint64_t kAuditSuccess = 0x8020000000000000;
constexpr std::uint64_t kAuditFailure = 0x8010000000000000;

void add_subject(Data& data, std::string_view user) {
  data.emplace_back("SubjectUserSid", sid(user));
  data.emplace_back("SubjectUserName", text(user));
  data.emplace_back("SubjectDomainName", text(user == "SYSTEM" ? "NT AUTHORITY" : "NORTHLIGHT"));
  data.emplace_back("SubjectLogonId", test::evtx_hex64(user == "SYSTEM" ? 0x3e7 : logon_id(user)));
}

}  // namespace

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

}  // namespace exhibit::samples
