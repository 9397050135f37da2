#include <array>

#include "generator/case.h"

namespace exhibit::samples {
namespace {

constexpr int kDays = 22;  // 2026-03-02 to 2026-03-23
bool is_working_day(int day) { return day % 7 < 5; }

const std::string kExplorer = "C:\\Windows\\explorer.exe";
const std::string kServices = "C:\\Windows\\System32\\services.exe";
const std::string kSvchost = "C:\\Windows\\System32\\svchost.exe";
const std::string kCmd = "C:\\Windows\\System32\\cmd.exe";
const std::string kSystemUser = "NT AUTHORITY\\SYSTEM";
const std::string kClerk = "NORTHLIGHT\\m.okafor";
const std::string kOutlook = "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE";
const std::string kChrome = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
const std::string kRater = "D:\\Billing\\bin\\rater.exe";

constexpr std::array kUsers = {"m.okafor", "j.lindqvist", "a.haddad", "s.moreau", "t.nakagawa"};
constexpr std::array kAdmins = {"adm.lindqvist", "adm.haddad"};
constexpr std::array kClientAddresses = {"192.0.2.114", "192.0.2.115", "192.0.2.118", "192.0.2.121",
                                         "192.0.2.130"};

Process process(std::string image, std::string command, std::string parent, std::string user) {
  Process p;
  p.image = std::move(image);
  p.command = std::move(command);
  p.parent_command = parent;
  p.parent = std::move(parent);
  p.user = std::move(user);
  return p;
}

// What people at their desks start.
std::vector<Process> office_processes() {
  std::vector<Process> out = {
      process(kOutlook, "\"" + kOutlook + "\"", kExplorer, kClerk),
      process(kChrome, "\"" + kChrome + "\" --restore-last-session", kExplorer, kClerk),
      process("C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
              "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE\" "
              "\"\\\\fs01\\billing\\2026-02 Roaming.xlsx\"",
              kExplorer, kClerk),
      process("C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
              "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n "
              "\"C:\\Users\\m.okafor\\Documents\\Tariff letter.docx\"",
              kOutlook, kClerk),
      process("C:\\Users\\m.okafor\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe",
              "\"C:\\Users\\m.okafor\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe\" "
              "--process-start-args \"--system-initiated\"",
              "C:\\Users\\m.okafor\\AppData\\Local\\Microsoft\\Teams\\Update.exe", kClerk),
      process("C:\\Windows\\System32\\ipconfig.exe", "ipconfig", kCmd, kClerk),
      process("C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe", kSvchost, kClerk),
      process("C:\\Windows\\System32\\net.exe", "net use Z: \\\\fs01\\billing /persistent:yes",
              kCmd, kClerk),
      process("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
              "powershell.exe -NoProfile -File \\\\northlight.example\\netlogon\\map-drives.ps1",
              "C:\\Windows\\System32\\gpscript.exe", kClerk),
      process("C:\\Windows\\System32\\rundll32.exe",
              "rundll32.exe shell32.dll,Control_RunDLL desk.cpl", kExplorer, kClerk)};
  return out;
}

void add_workstation_day(Events& events, int day, Dice& dice) {
  static const std::vector<Process> processes = office_processes();
  const std::string teams = processes[4].image;
  for (int i = 0; i < 5; ++i) {
    const std::int64_t time = dice.moment(day, 8, 16);
    events.push_back(process_start(kWorkstation, time, dice.pick(processes)));
  }
  constexpr std::array kSites = {
      "www.example.com",     "mail.northlight.example", "intranet.northlight.example",
      "updates.example.com", "news.example.org",        "clearing.example.net"};
  for (int i = 0; i < 3; ++i) {
    const std::int64_t time = dice.moment(day, 8, 16);
    events.push_back(
        dns_query(kWorkstation, time, kChrome, dice.pick(kSites), "198.51.100.10;", kClerk));
    events.push_back(connection(kWorkstation, time + 400'000, dice.pick(std::array{kChrome, teams}),
                                kClerk, "198.51.100.10", "-", 443));
  }
  events.push_back(connection(kWorkstation, at(day, 8, 2, dice.between(0, 59)), kOutlook, kClerk,
                              "192.0.2.25", "mail.northlight.example", 443));
  events.push_back(file_created(
      kWorkstation, at(day, 9, dice.between(0, 59)), kOutlook,
      "C:\\Users\\m.okafor\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\"
      "7QX2M0LD\\clearing statement " +
          std::to_string(day) + ".pdf",
      kClerk));
  events.push_back(registry_value(
      kWorkstation, at(day, 8, 1, dice.between(0, 59)), kExplorer,
      "HKU\\" + sid_of("m.okafor") +
          "\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\.xlsx\\MRUListEx",
      "Binary Data", kClerk));
  if (day % 7 == 0) {
    events.push_back(
        registry_value(kWorkstation, at(day, 7, 58), "C:\\Program Files\\Printing\\setup.exe",
                       "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\PrintTray",
                       "\"C:\\Program Files\\Printing\\tray.exe\" /min", kSystemUser));
  }
  events.push_back(script_block(
      kWorkstation, at(day, 8, 0, dice.between(0, 59)),
      "param([string]$Share)\r\nNew-PSDrive -Name Z -PSProvider FileSystem -Root $Share -Persist",
      "\\\\northlight.example\\netlogon\\map-drives.ps1", "m.okafor"));
}

void add_domain_controller_day(Events& events, int day, Dice& dice) {
  for (std::size_t u = 0; u < kUsers.size(); ++u) {
    if (dice.between(0, 9) == 0) continue;  // somebody is on leave
    const std::int64_t time = dice.moment(day, 7, 7);
    events.push_back(authentication_ticket(time, kUsers[u], "2", 0x12, kClientAddresses[u]));
    events.push_back(service_ticket(time + 900'000, kUsers[u], "FS01$", 0x12, kClientAddresses[u]));
    events.push_back(logon(kDc, time + 1'900'000, 3, kUsers[u], kClientAddresses[u], "-"));
  }
  // A meter reading system too old for AES asks for RC4, always of the same machine account.
  events.push_back(service_ticket(at(day, 6, 30), "meter-01$", "BILL01$", 0x17, "192.0.2.60"));
  events.push_back(
      service_ticket(at(day, 8, dice.between(0, 59)), kUsers[1], "svc-sql", 0x12, "192.0.2.115"));
  const std::int64_t start = at(day, 9, dice.between(0, 59));
  events.push_back(logon(kDc, start, 10, dice.pick(kAdmins), kJump.address, "JUMP01"));
  events.push_back(special_logon(kDc, start, kAdmins[0],
                                 "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\t"
                                 "SeDebugPrivilege"));
  events.push_back(process_start_4688(kDc, start + 60'000'000, kAdmins[0],
                                      "C:\\Windows\\System32\\mmc.exe",
                                      "\"C:\\Windows\\System32\\mmc.exe\" dsa.msc", kExplorer));
  events.push_back(process_start_4688(kDc, at(day, 3, 0, dice.between(0, 59)), "SYSTEM", kSvchost,
                                      "C:\\Windows\\System32\\svchost.exe -k netsvcs -p",
                                      kServices));
  if (day == 7) {  // two newcomers in the second week
    events.push_back(account_created(at(day, 10, 12), "idm-provision", "l.fontaine"));
    events.push_back(account_created(at(day, 10, 13), "idm-provision", "k.bergstrom"));
    events.push_back(group_member(kDc, at(day, 10, 14), 4728, "idm-provision", "l.fontaine",
                                  "Billing Clerks", "-2204"));
  }
}

void add_jump_host_day(Events& events, int day, Dice& dice) {
  for (int i = 0; i < 2; ++i) {
    const char* admin = dice.pick(kAdmins);
    const std::string user = "NORTHLIGHT\\" + std::string(admin);
    const std::int64_t time = dice.moment(day, 9, 15);
    events.push_back(logon(kJump, time, 10, admin, dice.pick(kClientAddresses), "JUMP01"));
    const std::array tools = {
        process("C:\\Windows\\System32\\mstsc.exe", "mstsc.exe /v:bill01", kExplorer, user),
        process("C:\\Windows\\System32\\mmc.exe", "\"C:\\Windows\\System32\\mmc.exe\" services.msc",
                kExplorer, user),
        process("C:\\Program Files\\PuTTY\\putty.exe",
                "\"C:\\Program Files\\PuTTY\\putty.exe\" -ssh oam@hlroam01.northlight.example",
                kExplorer, user),
        process(kCmd, "cmd.exe", kExplorer, user)};
    events.push_back(process_start(kJump, time + 300'000'000, dice.pick(tools)));
  }
  if (dice.between(0, 3) == 0) {
    events.push_back(
        logon_failed(kJump, at(day, 9, dice.between(0, 30)), 10, kAdmins[1], kClientAddresses[2]));
  }
  events.push_back(process_access(
      kJump, at(day, 4, dice.between(0, 59)),
      "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2601.1-0\\MsMpEng.exe",
      "C:\\Windows\\System32\\lsass.exe", "0x101000",
      "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c0fe"));
  events.push_back(defender(
      kJump, at(day, 2, 15, dice.between(0, 59)), 2000,
      {{"Current security intelligence Version", text("1.445." + std::to_string(100 + day) + ".0")},
       {"Update Type", text("%%803")}}));
}

void add_billing_day(Events& events, int day, Dice& dice) {
  const std::string batch_user = "NORTHLIGHT\\svc-billing";
  for (const int hour : {1, 9, 17}) {
    const std::int64_t time = at(day, hour, 0, dice.between(1, 9));
    const std::string task = "\\Billing\\Rate usage";
    events.push_back(task_event(kBilling, time, 200, task, kRater));
    events.push_back(logon(kBilling, time, 5, "svc-billing", "-", "-"));
    Process rater = process(kRater, "rater.exe --cdr D:\\Billing\\in --day " + std::to_string(day),
                            kSvchost, batch_user);
    rater.company = "Northlight Telecom";
    rater.directory = "D:\\Billing\\";
    events.push_back(process_start(kBilling, time + 5'000'000, rater));
    events.push_back(task_event(kBilling, time + 4'200'000'000, 201, task, kRater));
  }
  events.push_back(
      process_start(kBilling, at(day, 23, 30, dice.between(0, 20)),
                    process("C:\\Program Files\\7-Zip\\7z.exe",
                            "\"C:\\Program Files\\7-Zip\\7z.exe\" a -mx5 E:\\Backup\\cdr-" +
                                std::to_string(day) + ".7z D:\\Billing\\archive",
                            kCmd, batch_user)));
  events.push_back(process_start(
      kBilling, at(day, 0, 10, dice.between(0, 20)),
      process("C:\\Program Files\\Microsoft SQL Server\\Client SDK\\ODBC\\170\\Tools\\Binn\\"
              "SQLCMD.EXE",
              "sqlcmd -S localhost -E -i D:\\Billing\\sql\\rebuild_index.sql", kCmd, batch_user)));
  events.push_back(connection(kBilling, at(day, 1, 5, dice.between(0, 50)), kRater, batch_user,
                              kHlr.address, kHlr.full_name(), 3868));
  if (dice.between(0, 1) == 0) {
    constexpr std::array kNames = {"Windows Update", "Software Protection",
                                   "Windows Modules Installer", "WMI Performance Adapter"};
    const std::int64_t time = dice.moment(day, 0, 22);
    const char* name = dice.pick(kNames);
    events.push_back(service_state(kBilling, time, name, "running"));
    events.push_back(service_state(kBilling, time + 6'000'000'000, name, "stopped"));
  }
  if (day == 4) {
    events.push_back(service_installed(kBilling, at(day, 11, 20), "Mediation Agent",
                                       "\"C:\\Program Files\\Mediation\\agent.exe\" --service",
                                       "auto start", "NORTHLIGHT\\svc-mediation"));
  }
  events.push_back(
      logon(kBilling, at(day, 10, dice.between(0, 59)), 3, kUsers[0], "192.0.2.114", "-"));
}

// The subscriber register's management server, read through the collector.
void add_register_day(Events& events, int day, Dice& dice) {
  events.push_back(
      logon(kHlr, at(day, 1, 5, dice.between(0, 50)), 3, "svc-billing", kBilling.address, "-"));
  if (dice.between(0, 2) == 0) {
    const std::int64_t time = dice.moment(day, 11, 11);
    events.push_back(logon(kHlr, time, 10, dice.pick(kAdmins), kJump.address, "HLROAM01"));
  }
}

}  // namespace

void add_noise(Events& events) {
  Dice dice(20'260'302);
  for (int day = 0; day < kDays; ++day) {
    add_billing_day(events, day, dice);
    add_register_day(events, day, dice);
    if (!is_working_day(day)) continue;
    add_workstation_day(events, day, dice);
    add_domain_controller_day(events, day, dice);
    add_jump_host_day(events, day, dice);
  }
}

}  // namespace exhibit::samples
