// What people and machines do, and the events it leaves.
//
// Determinism:  everything follows from the order of calls and the seed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "ordinary/world.h"

namespace exhibit::ordinary {

enum class Presence : std::uint8_t { at_work, away, gone };

class Activities {
 public:
  Activities(World& world, Logs& logs, Random& random)
      : world_(world), logs_(logs), random_(random) {}

  /// Something that happens on `host` about that time.
  void anything(Host& host, std::int64_t ticks, Presence presence);

 private:
  // What a person does at the desk.
  void sit_down(Host& host);
  void leave(Host& host);
  void unlock(Host& host);
  void browse(Host& host);
  void work_on_file(Host& host);
  void mistype_password(Host& host);
  // What machines do by themselves.
  void run_program(Host& host);
  void touch_registry(Host& host);
  void look_at_processes(Host& host);
  void run_task(Host& host);
  void run_script(Host& host);
  void service_comes_and_goes(Host& host);
  void protect(Host& host);
  void update(Host& host);
  void odds_and_ends(Host& host);
  void refresh_ticket(Host& host);

  // Pieces of the above.
  Process& start(Host& host, const Program& program);
  void stop(Host& host, const Process& process);
  void load_modules(Host& host, const Process& process, std::size_t count);
  void connect(Host& host, const Process& process, const std::string& address,
               const std::string& name, std::uint32_t port);
  void resolve(Host& host, const Process& process, const std::string& site,
               const std::string& address);
  void create_file(Host& host, const Process& process, const std::string& path);
  void logon(Host& host, const Session& session, std::uint32_t type, const std::string& address,
             const std::string& workstation);
  void logoff(Host& host, const Session& session, std::uint32_t type);
  void tickets(const Host& from, const Account& account, const std::string& service);
  void share(const Host& from, const Session& session);
  Process& running(Host& host);
  const Session& session_of(Host& host, char who);

  /// Time passes on `host` by `milliseconds` at most, and by one tick at least.
  std::int64_t later(Host& host, std::uint64_t milliseconds);
  void emit(Host& host, Kind kind, std::initializer_list<Value> values) {
    emit_values(host, kind, {values.begin(), values.size()});
  }
  /// The subject's four fields are `session`'s; `values` are the others.
  void emit_by(Host& host, Kind kind, const Session& session, std::initializer_list<Value> values);
  void emit_values(Host& host, Kind kind, std::span<const Value> values);
  const std::string& utc(Host& host);

  World& world_;
  Logs& logs_;
  Random& random_;
  std::string utc_;
  std::vector<Value> values_;
};

}  // namespace exhibit::ordinary
