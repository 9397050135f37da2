// What people do at their desks: come, log on, browse, work on files, mistype a password, leave.
#include <algorithm>

#include "generator/parts.h"
#include "ordinary/activity.h"

namespace exhibit::ordinary {

void Activities::sit_down(Host& host) {
  const Account& owner = random_.chance(92) ? *host.owner : random_.pick(world_.people);
  host.user = world_.new_session(owner, random_);
  logon(host, host.user, random_.chance(85) ? 2 : 11, "127.0.0.1", host.name);
  emit(host, Kind::session_logon, {host.user.account->qualified, 1, "LOCAL"});
  tickets(host, owner, host.name + "$");
  tickets(host, owner, "FS01$");
  tickets(host, owner, "DC01$");
  Host& dc = world_.controller();
  const Session on_dc = world_.new_session(owner, random_, 0);
  logon(dc, on_dc, 3, host.address, "-");
  share(host, world_.new_session(owner, random_, 0));
  for (const char* image : {"C:\\Windows\\System32\\userinit.exe", "C:\\Windows\\explorer.exe"}) {
    load_modules(host, start(host, world_.program(image)), random_.between(8, 20));
  }
  for (int i = 0; i < 4; ++i) run_program(host);
}

void Activities::leave(Host& host) {
  const Session session = host.user;
  emit(host, Kind::session_disconnect, {session.account->qualified, 1, "LOCAL"});
  // Who shuts the machine down leaves no logoff behind.
  if (random_.chance(25)) logoff(host, session, 2);
  std::erase_if(host.running, [&](const Process& process) {
    if (process.session.logon_id != session.logon_id) return false;
    stop(host, process);
    return true;
  });
  host.oldest = 0;
  host.user = {};
}

void Activities::unlock(Host& host) {
  logon(host, host.user, 7, "127.0.0.1", host.name);
  emit(host, Kind::session_reconnect, {host.user.account->qualified, 1, "LOCAL"});
  tickets(host, *host.user.account, "krbtgt");
  for (std::uint64_t i = random_.between(1, 4); i > 0; --i) {
    later(host, 20);
    const auto created = static_cast<std::uint64_t>(host.last_ticks) - random_.below(9'000'000'000);
    emit_by(host, Kind::credentials_read, host.user,
            {"MicrosoftAccount:target=SSO_POP_Device", 0, 0, "%%8100", 3221226021, created,
             4 * random_.between(200, 6000)});
  }
}

void Activities::browse(Host& host) {
  const char* edge = "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe";
  const auto is_browser = [&](const Process& process) {
    return process.program->image == std::string_view(edge);
  };
  const auto open = std::ranges::find_if(host.running, is_browser);
  const bool opens = open == host.running.end() || random_.chance(20);
  const Process browser = opens ? start(host, world_.program(edge)) : *open;
  if (opens) load_modules(host, browser, random_.between(1, 6));
  for (std::uint64_t i = random_.between(2, 12); i > 0; --i) {
    const std::string site = world_.site(random_);
    const std::string address = world_.site_address(site);
    if (random_.chance(70)) resolve(host, browser, site, address);
    connect(host, browser, address, random_.chance(30) ? site : "-", 443);
  }
  if (random_.chance(60)) {
    create_file(host, browser,
                filled("C:\\Users\\#u\\AppData\\Local\\Microsoft\\Edge\\User "
                       "Data\\Default\\Cache\\Cache_Data\\f_00#h",
                       world_, host.user, random_));
  }
  if (random_.chance(15)) {
    create_file(host, browser, filled("C:\\Users\\#u\\Downloads\\#d", world_, host.user, random_));
  }
}

void Activities::work_on_file(Host& host) {
  const char* office = "C:\\Program Files\\Microsoft Office\\root\\Office16\\";
  const char* name = random_.chance(50) ? "EXCEL.EXE" : "WINWORD.EXE";
  const Process process = start(host, world_.program(std::string(office) + name));
  load_modules(host, process, random_.between(3, 12));
  if (random_.chance(60)) {
    const Session on_server = world_.new_session(*host.user.account, random_, 0);
    tickets(host, *host.user.account, "cifs/fs01.harbour.example");
    logon(world_.file_server(), on_server, 3, host.address, "-");
    connect(host, process, world_.file_server().address, "fs01.harbour.example", 445);
    share(host, on_server);
  }
  for (std::uint64_t i = random_.between(1, 4); i > 0; --i) {
    const bool is_temporary = random_.chance(70);
    const std::string path =
        filled(is_temporary ? "C:\\Users\\#u\\AppData\\Local\\Temp\\~DF#h#h.TMP"
                            : "C:\\Users\\#u\\AppData\\Roaming\\Microsoft\\Office\\Recent\\#d.LNK",
               world_, host.user, random_);
    create_file(host, process, path);
    if (!is_temporary) continue;
    later(host, 4000);
    emit(host, Kind::sysmon_deleted,
         {"-", utc_, process.guid, process.id, host.user.account->qualified, process.program->image,
          path, process.program->hashes, false});
  }
  for (std::uint64_t i = random_.between(2, 9); i > 0; --i) touch_registry(host);
}

void Activities::mistype_password(Host& host) {
  const Account& who = *host.owner;
  for (int tries = random_.chance(80) ? 1 : 2; tries > 0; --tries) {
    later(host, 6000);
    emit(host, Kind::logon_failed,
         {host.machine.sid,
          host.machine.name,
          kDomain,
          0x3e7,
          world_.nobody.sid,
          who.name,
          who.domain,
          0xc000006d,
          "%%2313",
          0xc000006a,
          2,
          "User32 ",
          "Negotiate",
          host.name,
          "-",
          "-",
          0,
          0x2c8,
          "C:\\Windows\\System32\\svchost.exe",
          "127.0.0.1",
          "0"});
    Host& dc = world_.controller();
    later(dc, 100);
    const std::string port = std::to_string(random_.between(49'152, 65'535));
    emit(dc, Kind::kerberos_failed,
         {who.name, who.sid, "krbtgt/HARBOUR", 0x40810010, 0x18, "2", "::ffff:" + host.address,
          port, "", "", ""});
  }
}

}  // namespace exhibit::ordinary
