// What machines do by themselves, day and night.
#include "generator/parts.h"
#include "ordinary/activity.h"

namespace exhibit::ordinary {
namespace {

constexpr const char* kServiceHost = "C:\\Windows\\System32\\svchost.exe";

struct RegistryValue {
  constexpr RegistryValue(const char* given_key, const char* given_details)
      : key(given_key), details(given_details) {}
  const char* key;
  const char* details;
};
constexpr std::array kUserValues = {
    RegistryValue{"HKU\\#s\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\"
                  "{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}\\Count\\{6Q809377-6NS0-444O-8957-"
                  "N3773S02200R}\\Uneobhe\\Dhnlfvqr_#m",
                  "Binary Data"},
    RegistryValue{"HKU\\#s\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\"
                  ".xlsx\\MRUListEx",
                  "Binary Data"},
    RegistryValue{"HKU\\#s\\SOFTWARE\\Microsoft\\Office\\16.0\\Excel\\User MRU\\File MRU\\Item #m",
                  "[F00000000][T01DA#h][O00000000]*\\\\fs01\\departments\\#d"},
    RegistryValue{
        "HKU\\#s\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\SessionInfo\\1\\"
        "ApplicationViewManagement\\W32:0000000000#h\\VirtualDesktop",
        "Binary Data"},
    RegistryValue{"HKU\\#s\\SOFTWARE\\Microsoft\\Office\\16.0\\Common\\Roaming\\Identities\\"
                  "Settings\\1133\\{00000000-0000-0000-0000-000000000000}\\LastSyncTime",
                  "QWORD (0x01da#h-0x#h)"}};
constexpr std::array kMachineValues = {
    RegistryValue{"HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\#s\\"
                  "\\Device\\HarddiskVolume3\\Windows\\System32\\svchost.exe",
                  "Binary Data"},
    RegistryValue{"HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\"
                  "{5f4cc1ab-3f17-4ad0-b5d5-7c8e5b2fa6d1}\\LeaseObtainedTime",
                  "DWORD (0x#h)"},
    RegistryValue{"HKLM\\System\\CurrentControlSet\\Services\\W32Time\\SecureTimeLimits\\RunTime\\"
                  "SecureTimeTickCount",
                  "QWORD (0x00000000-0x#h)"},
    RegistryValue{"HKLM\\SOFTWARE\\Microsoft\\Windows Search\\CrawlScopeManager\\Windows\\"
                  "SystemIndex\\WorkingSetRules\\#n\\RuleCount",
                  "DWORD (0x0000000c)"},
    RegistryValue{"HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\EdgeUpdate\\ClientState\\"
                  "{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}\\LastCheckSuccess",
                  "DWORD (0x#h)"}};

struct Task {
  constexpr Task(const char* given_name, const char* given_action)
      : name(given_name), action(given_action) {}
  const char* name;
  const char* action;
};
constexpr std::array kTaskList = {
    Task{"\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan",
         "%systemroot%\\system32\\usoclient.exe"},
    Task{"\\Microsoft\\Windows\\Windows Defender\\Windows Defender Scheduled Scan",
         "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24050.7-0\\MpCmdRun.exe"},
    Task{"\\MicrosoftEdgeUpdateTaskMachineUA",
         "C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe"},
    Task{"\\Microsoft\\Office\\Office Automatic Updates 2.0",
         "C:\\Program Files\\Common Files\\Microsoft Shared\\ClickToRun\\OfficeC2RClient.exe"},
    Task{"\\Microsoft\\Windows\\Flighting\\OneSettings\\RefreshCache", "Cache Refresh"},
    Task{"\\Microsoft\\Windows\\WindowsUpdate\\Scheduled Start", "sc.exe"},
    Task{"\\Harbour\\Inventory", "C:\\Program Files\\Harbour Monitor\\collector.exe"}};

constexpr std::array kServiceNames = {"Windows Update",
                                      "Background Intelligent Transfer Service",
                                      "Software Protection",
                                      "Windows Modules Installer",
                                      "WMI Performance Adapter",
                                      "Device Setup Manager",
                                      "Windows Error Reporting Service",
                                      "Microsoft Edge Update Service (edgeupdate)",
                                      "AppX Deployment Service (AppXSVC)",
                                      "Client License Service (ClipSVC)",
                                      "Portable Device Enumerator Service",
                                      "Network Setup Service",
                                      "Delivery Optimization"};

constexpr std::array kScripts = {
    "param([int]$Job)\r\n$disks = Get-CimInstance -ClassName CIM_LogicalDisk -Filter "
    "'DriveType=3'\r\nforeach ($disk in $disks) {\r\n  $free = [math]::Round($disk.FreeSpace / "
    "1GB, 1)\r\n  \"$($disk.DeviceID) $free GB\"\r\n}\r\n# job #n",
    "function Write-Result {\r\n  param([string]$Name, [string]$Value)\r\n  '{0};{1};{2}' -f "
    "(Get-Date -Format s), $Name, $Value\r\n}\r\nWrite-Result -Name patches -Value "
    "(Get-HotFix | Measure-Object).Count\r\n# job #n",
    "$events = @(Get-Content -Path 'C:\\Program Files\\Harbour Monitor\\queue\\#n.txt' -Tail 50)"
    "\r\nif ($events.Count -gt 0) { $events | Sort-Object -Unique | Out-String }",
    "prompt",
    "{ $_.Status -eq 'Running' }",
    "$total = (Get-Item 'E:\\Shares\\departments\\*' | Measure-Object -Property Length -Sum).Sum"};

struct Access {
  constexpr Access(const char* given_source, const char* given_target, std::uint32_t given_mask)
      : source(given_source), target(given_target), mask(given_mask) {}
  const char* source;
  const char* target;
  std::uint32_t mask;
};
constexpr std::array kAccesses = {
    Access{"C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\System32\\svchost.exe", 0x1000},
    Access{"C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\explorer.exe", 0x1000},
    Access{"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24050.7-0\\MsMpEng.exe",
           nullptr, 0x1000},
    Access{"C:\\Windows\\System32\\wbem\\WmiPrvSE.exe", nullptr, 0x1410},
    Access{"C:\\Program Files\\Harbour Monitor\\collector.exe", nullptr, 0x1000},
    Access{"C:\\Windows\\explorer.exe", nullptr, 0x1000}};

}  // namespace

void Activities::run_program(Host& host) {
  const Process process = start(host, world_.draw_program(host.role, random_));
  if (random_.chance(40)) load_modules(host, process, random_.between(1, 8));
  if (random_.chance(20)) look_at_processes(host);
  if (process.program->image == std::string_view("C:\\Windows\\System32\\taskhostw.exe")) {
    run_task(host);
  }
}

void Activities::touch_registry(Host& host) {
  const bool by_user = host.user.account != nullptr && random_.chance(60);
  const RegistryValue& value = by_user ? random_.pick(kUserValues) : random_.pick(kMachineValues);
  const Session& session = by_user ? host.user : host.system;
  const Process& process = running(host);
  const char* image = by_user ? "C:\\Windows\\explorer.exe" : kServiceHost;
  const std::string key = filled(value.key, world_, session, random_);
  later(host, 30);
  if (random_.chance(30)) {
    emit(host, Kind::sysmon_key,
         {"-", "CreateKey", utc_, process.guid, process.id, image, key.substr(0, key.rfind('\\')),
          session.account->qualified});
  }
  emit(host, Kind::sysmon_value,
       {"-", "SetValue", utc_, process.guid, process.id, image, key,
        filled(value.details, world_, session, random_), session.account->qualified});
}

void Activities::look_at_processes(Host& host) {
  const Access& access = random_.pick(kAccesses);
  for (std::uint64_t i = random_.between(1, 12); i > 0; --i) {
    const Process& target = running(host);
    later(host, 15);
    const std::uint64_t serial = samples::hash(access.source) ^ host.guid;
    // A process calls from few places: traces repeat, with their offsets.
    const std::uint64_t place = random_.below(6) * 0x1a40;
    std::string trace = "C:\\Windows\\SYSTEM32\\ntdll.dll+";
    trace += samples::hexadecimal(0x9d204 + place, 5);
    trace += "|C:\\Windows\\System32\\KERNELBASE.dll+";
    trace += samples::hexadecimal(0x2c0fe + place, 5);
    trace += access.source == kServiceHost ? "|c:\\windows\\system32\\pcasvc.dll+"
                                           : "|C:\\Windows\\System32\\combase.dll+";
    trace += samples::hexadecimal(0x1177a + place, 5);
    trace += "|C:\\Windows\\System32\\KERNEL32.DLL+17344|C:\\Windows\\SYSTEM32\\ntdll.dll+526b1";
    emit(
        host, Kind::sysmon_access,
        {"-", utc_, Guid{.high = std::uint64_t{host.guid} << 32 | (serial & 0xffff), .low = 0x0c00},
         4 * (200 + serial % 3000), 4 * random_.between(300, 360), access.source, target.guid,
         target.id, access.target != nullptr ? access.target : target.program->image, access.mask,
         trace, "NT AUTHORITY\\SYSTEM", target.session.account->qualified});
  }
}

void Activities::run_task(Host& host) {
  const Task& task = random_.pick(kTaskList);
  const Guid instance{.high = random_.bits(), .low = random_.bits()};
  later(host, 300);
  emit(host, Kind::task_started, {task.name, "NT AUTHORITY\\SYSTEM", instance});
  emit(host, Kind::action_started,
       {task.name, task.action, instance, 4 * random_.between(200, 900)});
  emit(host, Kind::task_process, {task.name, task.action, 4 * random_.between(200, 6000), 16'384});
  later(host, 9000);
  emit(host, Kind::action_finished,
       {task.name, instance, task.action, 0, 4 * random_.between(200, 900)});
  emit(host, Kind::task_finished, {task.name, "NT AUTHORITY\\SYSTEM", instance});
}

void Activities::run_script(Host& host) {
  const Program& shell =
      world_.program("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe");
  const Process process = start(host, shell);
  load_modules(host, process, random_.between(5, 15));
  const std::string runspace = filled("#g", world_, process.session, random_);
  for (std::uint64_t i = random_.between(1, 5); i > 0; --i) {
    const std::string block = filled("#g", world_, process.session, random_);
    const std::string script = filled(random_.pick(kScripts), world_, process.session, random_);
    const char* path =
        script.size() > 60 ? "C:\\Program Files\\Harbour Monitor\\checks\\inventory.ps1" : "";
    later(host, 200);
    emit(host, Kind::script_block, {1, 1, script, block, path});
    emit(host, Kind::script_started, {block, runspace});
    if (random_.chance(50)) {
      std::string context =
          "        Severity = Informational\r\n        Host Name = ConsoleHost\r\n        Host "
          "Version = 5.1.19041.3636\r\n        Host ID = ";
      context += runspace;
      context += "\r\n        Host Application = ";
      context += process.command;
      context += "\r\n        Engine Version = 5.1.19041.3636\r\n        Runspace ID = ";
      context += runspace;
      context +=
          "\r\n        Pipeline ID = 1\r\n        Command Name = Sort-Object\r\n        "
          "Command Type = Cmdlet\r\n        User = HARBOUR\\SYSTEM\r\n        Connected User "
          "= \r\n        Shell ID = Microsoft.PowerShell\r\n";
      emit(host, Kind::module_logged,
           {context, "",
            "CommandInvocation(Sort-Object): \"Sort-Object\"\r\nParameterBinding(Sort-Object): "
            "name=\"Unique\"; value=\"True\"\r\n"});
    }
    later(host, 200);
    emit(host, Kind::script_finished, {block, runspace});
  }
  if (random_.chance(50)) {
    emit(host, Kind::sysmon_pipe_created,
         {"-", "CreatePipe", utc(host), process.guid, process.id,
          "\\PSHost.13" + std::to_string(random_.bits() >> 4) + "." + std::to_string(process.id) +
              ".DefaultAppDomain.powershell",
          shell.image, process.session.account->qualified});
  }
}

void Activities::service_comes_and_goes(Host& host) {
  const char* name = random_.pick(kServiceNames);
  later(host, 1000);
  emit(host, Kind::service_state, {name, "running"});
  later(host, 60'000);
  emit(host, Kind::service_state, {name, "stopped"});
  if (random_.chance(10)) {
    emit(host, Kind::service_start_type,
         {"Background Intelligent Transfer Service", "auto start", "demand start", "BITS"});
  }
}

void Activities::protect(Host& host) {
  const std::string version =
      "1.413." + std::to_string(100 + host.last_ticks / 360'000'000'000 % 700) + ".0";
  const std::string scan = filled("{#g}", world_, host.system, random_);
  const char* product = "Microsoft Defender Antivirus";
  const char* platform = "4.18.24050.7";
  later(host, 1000);
  switch (random_.below(3)) {
    case 0:
      emit(host, Kind::defender_updated,
           {product, platform, version, version, "NT AUTHORITY", "SYSTEM", "S-1-5-18", "1",
            "AntiVirus", "2", "Delta", "1.1.24050.5", "1.1.24050.5"});
      break;
    case 1:
      emit(host, Kind::defender_healthy, {product, platform, "", "1.1.24050.5", version});
      break;
    default:
      emit(host, Kind::defender_scan_started,
           {product, platform, scan, "1", "Antimalware", "1", "Quick Scan", "NT AUTHORITY",
            "SYSTEM", "S-1-5-18", ""});
      later(host, 90'000);
      emit(host, Kind::defender_scan_finished,
           {product, platform, scan, "1", "Antimalware", "1", "Quick Scan", "NT AUTHORITY",
            "SYSTEM", "S-1-5-18", "00", "01", std::to_string(random_.between(10, 59))});
  }
}

void Activities::update(Host& host) {
  const std::string title = filled(
      "Security Intelligence Update for Microsoft Defender Antivirus - "
      "KB2267602 (Version 1.413.#n.0) - Current Channel (Broad)",
      world_, host.system, random_);
  const Guid id{.high = random_.bits(), .low = random_.bits()};
  later(host, 3000);
  emit(host, Kind::update_started, {title, id, 200});
  later(host, 60'000);
  emit(host, Kind::update_installed,
       {title, id, 200, Guid{.high = 0x9482f4b4e3434310, .low = 0xb6f3fcdfed1f1f9e}});
}

void Activities::odds_and_ends(Host& host) {
  later(host, 500);
  const auto now = static_cast<std::uint64_t>(host.last_ticks);
  const Process& process = running(host);
  switch (random_.below(9)) {
    case 0:
      emit(host, Kind::clock_changed, {now, now - random_.below(9'000'000), 1});
      break;
    case 1:
      emit(host, Kind::com_denied,
           {"application-specific", "Local", "Activation", "{2593F8B9-4EAF-457C-B68A-50F6B8EA6B54}",
            "{15C20B67-12E7-4BB6-92BB-7AFF07997402}", host.name, "SYSTEM", "S-1-5-18",
            "LocalHost (Using LRPC)", "Unavailable", "Unavailable"});
      break;
    case 2:
      emit(host, Kind::wmi_provider,
           {"CIMWin32", 0, "wmiprvse.exe", 4 * random_.between(200, 6000),
            "%systemroot%\\system32\\wbem\\cimwin32.dll"});
      break;
    case 3:
      emit(host, Kind::policy_extension,
           {random_.between(15, 3000), 0, "Group Policy Drive Maps",
            Guid{.high = 0x5794dafdbe604333, .low = 0x88420cda42c5f4c4}});
      break;
    case 4:
      emit_by(host, Kind::group_members_listed, host.system,
              {"Administrators", "Builtin", world_.local_administrators, process.id, kServiceHost});
      break;
    case 5: {
      // A task runs with its own account's stored password.
      const Account& account = random_.pick(world_.services);
      emit_by(host, Kind::explicit_credentials, host.system,
              {Guid{}, account.name, account.domain, Guid{}, "localhost", "localhost",
               4 * (200 + host.guid % 900), kServiceHost, "-", "-"});
      break;
    }
    case 6:
      emit_by(host, Kind::user_groups_listed, host.system,
              {"Administrator", host.name, host.administrator, process.id, kServiceHost});
      break;
    case 7:
      emit(host, Kind::sysmon_pipe_connected,
           {"-", "ConnectPipe", utc(host), process.guid, process.id, "\\wkssvc", "System",
            "NT AUTHORITY\\SYSTEM"});
      break;
    default:
      // What a console's Ctrl+C does: the session's server starts a thread in it.
      emit(host, Kind::sysmon_thread,
           {"-", utc(host), Guid{.high = std::uint64_t{host.guid} << 32, .low = 0x0b00}, 548,
            "C:\\Windows\\System32\\csrss.exe", process.guid, process.id, process.program->image,
            4 * random_.between(300, 6000), "0x00007FFB5D3E5AD0",
            "C:\\Windows\\System32\\KERNELBASE.dll", "CtrlRoutine", "NT AUTHORITY\\SYSTEM",
            process.session.account->qualified});
  }
}

void Activities::refresh_ticket(Host& host) {
  if (random_.chance(15)) {
    Host& dc = world_.controller();
    later(dc, 30);
    const Account& service = random_.pick(world_.services);
    emit(dc, Kind::ntlm_validation,
         {"MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", service.name, host.name, 0});
    if (random_.chance(85)) {
      Session session = host.system;
      session.account = &world_.system;
      logon(host, session, 5, "-", "-");
    } else {
      logon(host, world_.new_session(service, random_, 0), 5, "-", "-");
    }
    return;
  }
  tickets(host, host.on_network, random_.chance(50) ? "DC01$" : "FS01$");
  Host& dc = world_.controller();
  const Session session = world_.new_session(host.on_network, random_, 0);
  const Process local_authority{
      .program = &world_.program("C:\\Windows\\System32\\lsass.exe"),
      .session = host.system,
      .id = 4 * (180 + host.guid % 90),
      .guid = {.high = std::uint64_t{host.guid} << 32 | 0x51c064a5, .low = 0x0c00}};
  logon(dc, session, 3, host.address, "-");
  connect(host, local_authority, dc.address, "dc01.harbour.example", 389);
}

void Activities::anything(Host& host, std::int64_t ticks, Presence presence) {
  Host& dc = world_.controller();
  Host& fs = world_.file_server();
  for (Host* each : {&host, &dc, &fs}) each->last_ticks = std::max(each->last_ticks, ticks);
  const bool is_desk = host.role == Role::workstation;
  const bool is_used = host.user.account != nullptr;
  if (is_desk && presence == Presence::at_work && !is_used) {
    if (random_.chance(4)) mistype_password(host);
    return sit_down(host);
  }
  if (is_desk && presence == Presence::gone && is_used) return leave(host);
  // Of a thousand things, so many are of a kind.
  const std::uint64_t roll = random_.below(1000);
  if (is_desk && presence == Presence::at_work && roll < 520) {
    if (roll < 230) return browse(host);
    if (roll < 330) return work_on_file(host);
    if (roll < 340) return unlock(host);
    return run_program(host);
  }
  const std::uint64_t other = random_.below(1000);
  if (other < 260) return run_program(host);
  if (other < 500) return look_at_processes(host);
  if (other < 690) return touch_registry(host);
  if (other < 800) return refresh_ticket(host);
  if (other < 850) return run_task(host);
  if (other < 890) return service_comes_and_goes(host);
  if (other < 893) return run_script(host);
  if (other < 925) return protect(host);
  if (other < 940) return update(host);
  odds_and_ends(host);
}

}  // namespace exhibit::ordinary
