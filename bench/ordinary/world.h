// The network of the Harbour Authority, which does not exist: machines, people, programs and what
// they touch. Names end in .example; outside addresses are those set aside for documentation (RFC
// 5737, RFC 3849), inside ones are private.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ordinary/logs.h"
#include "ordinary/random.h"

namespace exhibit::ordinary {

inline constexpr const char* kDomain = "HARBOUR";
inline constexpr const char* kRealm = "HARBOUR.EXAMPLE";

struct Account {
  std::string name;  // as the Security log has it
  std::string domain;
  std::string qualified;  // as Sysmon has it
  Sid sid;
};

struct Session {
  const Account* account = nullptr;
  std::uint64_t logon_id = 0;
  Guid guid;
  std::uint32_t terminal = 0;
};

enum class Role : std::uint8_t { workstation, domain_controller, file_server };

struct Program {
  Program(std::string given_image, std::string given_original_name, std::string given_description,
          std::string given_company, std::string given_version, std::string given_parent,
          char given_who, std::string given_integrity, std::vector<std::string> given_commands,
          std::array<unsigned, 3> given_weights)
      : image(std::move(given_image)),
        original_name(std::move(given_original_name)),
        description(std::move(given_description)),
        company(std::move(given_company)),
        version(std::move(given_version)),
        parent(std::move(given_parent)),
        who(given_who),
        integrity(std::move(given_integrity)),
        commands(std::move(given_commands)),
        weights(given_weights) {}
  std::string image;
  std::string original_name;
  std::string description;
  std::string company;
  std::string version;
  std::string parent;  // image
  char who;            // u: the user, s: SYSTEM, l: LOCAL SERVICE, n: NETWORK SERVICE
  std::string integrity;
  std::vector<std::string> commands;
  std::array<unsigned, 3> weights;  // by Role
  std::string hashes = {};
};

struct Module {
  std::string path;
  std::string name;
  const char* description;
  const char* company;
  const char* version;
  std::string hashes = {};
};

struct Process {
  const Program* program = nullptr;
  Session session;
  std::uint32_t id = 0;
  Guid guid;
  std::string command = {};
};

struct Host {
  std::size_t index = 0;
  Role role = Role::workstation;
  std::string name;
  std::string full_name;
  std::string address;
  std::uint32_t guid = 0;  // first group of its process GUIDs
  Account machine;         // its services: NAME$, NT AUTHORITY\SYSTEM
  Account on_network;      // the same seen from another machine: NAME$ with a SID of the domain
  Sid administrator;       // its local one
  Session system, local_service, network_service;
  Session user;  // who sits at it; no account: nobody
  const Account* owner = nullptr;
  std::vector<Process> running;  // a ring of those that may still act
  std::size_t oldest = 0;
  std::int64_t last_ticks = 0;
};

class World {
 public:
  explicit World(std::size_t workstations);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::vector<Host> hosts;  // domain controller, file server, workstations
  std::vector<Account> people;
  std::vector<Account> administrators;
  std::vector<Account> services;  // service accounts
  Account local_service, network_service, system, nobody;
  Sid krbtgt, medium_label, system_label, local_administrators;

  [[nodiscard]] Host& controller() { return hosts[0]; }
  [[nodiscard]] Host& file_server() { return hosts[1]; }

  Session new_session(const Account& account, Random& random, std::uint32_t terminal = 1);
  const Program& program(std::string_view image) const;
  const Program& draw_program(Role role, Random& random) const;

  /// A document that somebody works on: few are in use all the time, one in eight is new.
  std::string document(Random& random);
  /// A name that browsers look up.
  std::string site(Random& random);
  std::string site_address(std::string_view site) const;

 private:
  std::vector<Program> programs_;
  std::array<Weighted, 3> program_draws_;
  Weighted documents_, sites_;
  std::uint64_t logons_ = 0x1f2a3;
};

[[nodiscard]] std::vector<Program> all_programs();
[[nodiscard]] const std::vector<Module>& all_modules();
/// The Hashes that Sysmon shows of a file: always the same.
[[nodiscard]] std::string hashes_of(std::string_view path);

/// Fills in a pattern: #n number, #m small number, #h eight hexadecimal digits, #g GUID, #d
/// document, #u user's name, #s user's SID.
[[nodiscard]] std::string filled(std::string_view pattern, World& world, const Session& session,
                                 Random& random);

}  // namespace exhibit::ordinary
