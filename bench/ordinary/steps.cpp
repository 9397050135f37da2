// The pieces that activities are made of: a process starts, loads, connects, writes and ends.
#include <stdexcept>

#include "base/time.h"
#include "generator/parts.h"
#include "ordinary/activity.h"

namespace exhibit::ordinary {
namespace {

constexpr std::size_t kRunningMax = 48;
constexpr Guid kNoGuid{};
constexpr const char* kServicePrivileges =
    "SeAssignPrimaryTokenPrivilege\r\n\t\t\tSeTcbPrivilege\r\n\t\t\tSeSecurityPrivilege"
    "\r\n\t\t\tSeTakeOwnershipPrivilege\r\n\t\t\tSeLoadDriverPrivilege\r\n\t\t\t"
    "SeBackupPrivilege\r\n\t\t\tSeRestorePrivilege\r\n\t\t\tSeDebugPrivilege\r\n\t\t\t"
    "SeAuditPrivilege\r\n\t\t\tSeSystemEnvironmentPrivilege\r\n\t\t\tSeImpersonatePrivilege";
constexpr const char* kGroups =
    "\r\n\t\t%{S-1-5-21-2118405733-1190452117-3301446209-513}\r\n\t\t%{S-1-1-0}\r\n\t\t"
    "%{S-1-5-32-545}\r\n\t\t%{S-1-5-2}\r\n\t\t%{S-1-5-11}\r\n\t\t%{S-1-5-15}\r\n\t\t"
    "%{S-1-18-1}\r\n\t\t%{S-1-16-8448}";
constexpr const char* kReadAccess =
    "%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4416\r\n\t\t\t\t%%4419\r\n\t\t\t\t%%4423\r\n\t\t\t\t";
constexpr const char* kWriteAccess =
    "%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4417\r\n\t\t\t\t%%4418\r\n\t\t\t\t%%4420\r\n\t\t\t\t"
    "%%4423\r\n\t\t\t\t%%4424\r\n\t\t\t\t";

std::string utc_text(std::int64_t ticks) {
  std::string out = base::to_rfc3339(ticks).substr(0, 23);
  out[10] = ' ';
  return out;
}

}  // namespace

std::int64_t Activities::later(Host& host, std::uint64_t milliseconds) {
  host.last_ticks += static_cast<std::int64_t>(1 + random_.below(milliseconds * 10'000 + 1));
  utc_ = utc_text(host.last_ticks);
  return host.last_ticks;
}

const std::string& Activities::utc(Host& host) {
  utc_ = utc_text(host.last_ticks);
  return utc_;
}

void Activities::emit_by(Host& host, Kind kind, const Session& session,
                         std::initializer_list<Value> values) {
  if (session.account == nullptr) throw std::logic_error("somebody must act");
  const auto place = values.begin() + event_kind(kind).subject;
  values_.assign(values.begin(), place);
  values_.insert(values_.end(), {session.account->sid, session.account->name,
                                 session.account->domain, session.logon_id});
  values_.insert(values_.end(), place, values.end());
  emit_values(host, kind, values_);
}

void Activities::emit_values(Host& host, Kind kind, std::span<const Value> values) {
  // A log's threads are few; which of them writes is chance.
  const std::size_t provider = event_kind(kind).provider;
  const auto process = static_cast<std::uint32_t>(600 + 4 * ((host.guid + provider * 37) % 900));
  const auto thread = static_cast<std::uint32_t>(process + 96 + 4 * random_.below(9));
  logs_.write(host.index, host.full_name, kind, host.last_ticks, values,
              {.process_id = process, .thread_id = thread});
}

const Session& Activities::session_of(Host& host, char who) {
  if (who == 'u' && host.user.account != nullptr) return host.user;
  if (who == 'l') return host.local_service;
  if (who == 'n') return host.network_service;
  return host.system;
}

Process& Activities::running(Host& host) {
  if (host.running.empty()) return start(host, world_.draw_program(host.role, random_));
  return host.running[random_.below(host.running.size())];
}

Process& Activities::start(Host& host, const Program& program) {
  later(host, 400);
  const Session session = session_of(host, program.who);
  Process process{.program = &program,
                  .session = session,
                  .id = static_cast<std::uint32_t>(4 * random_.between(200, 6000)),
                  .guid = {},
                  .command = filled(random_.pick(program.commands), world_, session, random_)};
  const auto seconds = static_cast<std::uint64_t>(host.last_ticks) / 10'000'000 - 11'644'473'600;
  const auto guid_of = [&](std::uint64_t second, std::uint64_t serial) {
    return Guid{
        .high = std::uint64_t{host.guid} << 32 | (second >> 16 & 0xffff) << 16 | (second & 0xffff),
        .low = serial << 48 | 0x0c00};
  };
  process.guid = guid_of(seconds, random_.below(0xffff));
  // The parent has been there since the morning, or the boot.
  const Program& parent = world_.program(program.parent);
  const auto parent_id = static_cast<std::uint32_t>(
      4 * (200 + (samples::Dice(host.guid ^ samples::hash(program.parent)).next() % 2000)));
  const Guid parent_guid = guid_of(seconds - seconds % 86'400 + parent_id % 3600, parent_id % 997);
  const Session& parent_session = session_of(host, parent.who);
  const bool elevated = session.account != host.user.account;
  emit_by(host, Kind::process_created, session,
          {process.id, program.image, elevated ? "%%1936" : "%%1938", parent_id, process.command,
           world_.nobody.sid, "-", "-", 0, program.parent,
           elevated ? world_.system_label : world_.medium_label});
  emit(host, Kind::sysmon_process,
       {"-",
        utc(host),
        process.guid,
        process.id,
        program.image,
        program.version,
        program.description,
        std::string_view(program.company).starts_with("Microsoft")
            ? std::string_view("Microsoft® Windows® Operating System")
            : std::string_view(program.description),
        program.company,
        program.original_name,
        process.command,
        session.terminal == 0 ? "C:\\Windows\\system32\\" : "C:\\Windows\\",
        session.account->qualified,
        session.guid,
        session.logon_id,
        session.terminal,
        session.terminal == 0 ? "System" : program.integrity,
        program.hashes,
        parent_guid,
        parent_id,
        program.parent,
        parent.commands.front(),
        parent_session.account->qualified});
  if (host.running.size() < kRunningMax) {
    host.running.push_back(std::move(process));
    return host.running.back();
  }
  Process& place = host.running[host.oldest];
  host.oldest = (host.oldest + 1) % kRunningMax;
  stop(host, place);
  place = std::move(process);
  return place;
}

void Activities::stop(Host& host, const Process& process) {
  const Session& s = process.session;
  emit_by(host, Kind::process_exited, s, {0, process.id, process.program->image});
  emit(host, Kind::sysmon_exit,
       {"-", utc(host), process.guid, process.id, process.program->image, s.account->qualified});
}

void Activities::load_modules(Host& host, const Process& process, std::size_t count) {
  const std::vector<Module>& modules = all_modules();
  const std::size_t first = random_.below(modules.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Module& module = modules[(first + i) % modules.size()];
    later(host, 3);
    emit(host, Kind::sysmon_image,
         {"-", utc_, process.guid, process.id, process.program->image, module.path, module.version,
          module.description, "Microsoft® Windows® Operating System", module.company, module.name,
          module.hashes, "true", "Microsoft Windows", "Valid", process.session.account->qualified});
  }
}

void Activities::connect(Host& host, const Process& process, const std::string& address,
                         const std::string& name, std::uint32_t port) {
  later(host, 60);
  emit(host, Kind::sysmon_connection,
       {"-", utc_, process.guid, process.id, process.program->image,
        process.session.account->qualified, "tcp", true, false, host.address, host.full_name,
        random_.between(49'152, 65'535), "-", false, address, name, port,
        port == 443   ? "https"
        : port == 445 ? "microsoft-ds"
        : port == 389 ? "ldap"
                      : "-"});
}

void Activities::resolve(Host& host, const Process& process, const std::string& site,
                         const std::string& address) {
  later(host, 40);
  emit(host, Kind::sysmon_dns,
       {"-", utc_, process.guid, process.id, site, "0", "::ffff:" + address + ";",
        process.program->image, process.session.account->qualified});
}

void Activities::create_file(Host& host, const Process& process, const std::string& path) {
  later(host, 90);
  emit(host, Kind::sysmon_file,
       {"-", utc_, process.guid, process.id, process.program->image, path, utc_,
        process.session.account->qualified});
}

void Activities::logon(Host& host, const Session& session, std::uint32_t type,
                       const std::string& address, const std::string& workstation) {
  later(host, 200);
  const bool local = type != 3;
  const Account& nobody = world_.nobody;
  const Account& subject = local ? host.machine : nobody;
  const Account& who = *session.account;
  const char* package = local ? "Negotiate" : "Kerberos";
  emit(host, Kind::logon,
       {subject.sid,
        subject.name,
        subject.domain,
        local ? 0x3e7 : 0,
        who.sid,
        who.name,
        who.domain,
        session.logon_id,
        type,
        type == 5 ? "Advapi  "
        : local   ? "User32 "
                  : "Kerberos",
        package,
        workstation,
        local ? kNoGuid : session.guid,
        "-",
        "-",
        0,
        local ? 0x2c8 : 0,
        type == 5 ? "C:\\Windows\\System32\\services.exe"
        : local   ? "C:\\Windows\\System32\\svchost.exe"
                  : "-",
        address,
        address == "-" ? "-" : std::to_string(random_.between(49'152, 65'535)),
        "%%1833",
        "-",
        "-",
        "-",
        "%%1843",
        0,
        type == 5 ? "%%1842" : "%%1843"});
  emit(host, Kind::groups,
       {subject.sid, subject.name, subject.domain, local ? 0x3e7 : 0, who.sid, who.name, who.domain,
        session.logon_id, type, 1, 1, kGroups});
  if (who.sid.text != "S-1-5-18") return;
  emit_by(host, Kind::special_privileges, session, {kServicePrivileges});
}

void Activities::logoff(Host& host, const Session& session, std::uint32_t type) {
  later(host, 500);
  const Account& who = *session.account;
  emit(host, Kind::logoff, {who.sid, who.name, who.domain, session.logon_id, type});
}

void Activities::tickets(const Host& from, const Account& account, const std::string& service) {
  Host& dc = world_.controller();
  later(dc, 20);
  const std::string address = "::ffff:" + from.address;
  if (random_.chance(30)) {
    emit(dc, Kind::kerberos_tgt,
         {account.name, kDomain, account.sid, "krbtgt", world_.krbtgt, 0x40810010, 0, 0x12, "2",
          address, std::to_string(random_.between(49'152, 65'535)), "", "", ""});
  }
  later(dc, 20);
  emit(dc, Kind::kerberos_service,
       {account.name + "@" + kRealm, kRealm, service, world_.krbtgt, 0x40810000, 0x12, address,
        std::to_string(random_.between(49'152, 65'535)), 0,
        Guid{.high = random_.bits(), .low = random_.bits()}, "-"});
}

void Activities::share(const Host& from, const Session& session) {
  Host& fs = world_.file_server();
  later(fs, 50);
  const std::string port = std::to_string(random_.between(49'152, 65'535));
  const char* name = random_.chance(80) ? "\\\\*\\departments" : "\\\\*\\home";
  const char* local = name[4] == 'd' ? "\\??\\E:\\Shares\\departments" : "\\??\\E:\\Shares\\home";
  emit_by(fs, Kind::share_opened, session,
          {"File", from.address, port, name, local, 0x1, "%%4416\r\n\t\t\t\t"});
  for (std::uint64_t i = random_.between(1, 6); i > 0; --i) {
    later(fs, 300);
    const std::string file = world_.document(random_);
    const bool writes = random_.chance(25);
    emit_by(fs, Kind::share_checked, session,
            {"File", from.address, port, name, local, file, writes ? 0x120196 : 0x120089,
             writes ? kWriteAccess : kReadAccess, "-"});
    const std::uint64_t handle = 4 * random_.between(0x100, 0x3fff);
    const std::string path = std::string(local + 4) + "\\" + file;
    if (random_.chance(40)) {
      emit_by(fs, Kind::handle_requested, session,
              {"Security", "File", path, handle, kNoGuid,
               "%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4416\r\n\t\t\t\t%%4423\r\n\t\t\t\t", "-",
               0x120089, "-", 0, 4, "", "-"});
    }
    emit_by(fs, Kind::object_access, session,
            {"Security", "File", path, handle,
             writes ? "%%4417\r\n\t\t\t\t%%4418\r\n\t\t\t\t" : "%%4416\r\n\t\t\t\t", writes ? 6 : 1,
             4, "", "S:AI"});
    emit_by(fs, Kind::handle_closed, session, {"Security", handle, 4, ""});
  }
}

}  // namespace exhibit::ordinary
