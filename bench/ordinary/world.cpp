#include "ordinary/world.h"

#include <cstdio>
#include <stdexcept>

#include "generator/parts.h"

namespace exhibit::ordinary {
namespace {

constexpr const char* kDomainSid = "S-1-5-21-2118405733-1190452117-3301446209";
constexpr std::size_t kRunningMax = 48;
constexpr std::size_t kDocuments = 4000;
constexpr std::size_t kSites = 3000;

constexpr std::array kFirstNames = {
    "anna",   "bashir", "chen", "dora",   "emil", "fatima", "georg", "hana", "ivan",
    "jun",    "karin",  "leo",  "mariam", "nils", "olga",   "pedro", "qing", "rosa",
    "stefan", "tuan",   "ulla", "viktor", "wen",  "xia",    "yusuf", "zoe"};
constexpr std::array kLastNames = {"almeida", "berg",   "costa", "dahl",   "engel", "farah",
                                   "gupta",   "holm",   "ito",   "jensen", "kovac", "lang",
                                   "moreau",  "nguyen", "okoye", "petrov", "quist", "rossi",
                                   "sato",    "tanaka", "urban", "vidal",  "weber", "yilmaz"};
constexpr std::array kSubjects = {"Berth plan",
                                  "Cargo manifest",
                                  "Crane maintenance",
                                  "Customs list",
                                  "Dredging survey",
                                  "Duty roster",
                                  "Fuel report",
                                  "Gate statistics",
                                  "Harbour dues",
                                  "Invoice",
                                  "Lease",
                                  "Meeting notes",
                                  "Notice to mariners",
                                  "Permit",
                                  "Pilot schedule",
                                  "Purchase order",
                                  "Quay inspection",
                                  "Safety briefing",
                                  "Shift handover",
                                  "Storage contract",
                                  "Tender",
                                  "Tide table",
                                  "Towage offer",
                                  "Traffic forecast",
                                  "Vessel arrivals"};
constexpr std::array kExtensions = {"xlsx", "docx", "pdf", "pptx", "xlsx", "docx", "pdf", "txt"};
constexpr std::array kWords = {"amber", "beacon", "cedar",   "delta", "ember",  "fjord", "grove",
                               "hazel", "inlet",  "juniper", "kelp",  "lagoon", "maple", "north",
                               "opal",  "pearl",  "quartz",  "river", "shore",  "tidal", "umber",
                               "vale",  "willow", "yarrow",  "zephyr"};
constexpr std::array kPrefixes = {"www",   "cdn", "api",     "static", "mail",
                                  "login", "img", "metrics", "assets", "update"};

Account domain_account(std::string name, unsigned rid) {
  Account out;
  out.domain = kDomain;
  out.qualified = std::string(kDomain) + "\\" + name;
  out.sid = make_sid(std::string(kDomainSid) + "-" + std::to_string(rid));
  out.name = std::move(name);
  return out;
}

Host make_host(std::size_t index, Role role, std::string name, std::string address) {
  Host host;
  host.index = index;
  host.role = role;
  host.full_name = name + ".harbour.example";
  host.address = std::move(address);
  host.guid = static_cast<std::uint32_t>(samples::hash(name));
  host.machine = {.name = name + "$",
                  .domain = kDomain,
                  .qualified = "NT AUTHORITY\\SYSTEM",
                  .sid = make_sid("S-1-5-18")};
  host.administrator = make_sid("S-1-5-21-" + std::to_string(samples::hash(name) >> 34) +
                                "-1390067357-839522115-500");
  host.on_network = domain_account(name + "$", static_cast<unsigned>(5001 + index));
  host.name = std::move(name);
  return host;
}

}  // namespace

World::World(std::size_t workstations)
    : programs_(all_programs()), documents_(zipf(kDocuments)), sites_(zipf(kSites)) {
  unsigned rid = 1101;
  for (std::size_t i = 0; i < workstations + workstations / 5; ++i) {
    const std::string first = kFirstNames[i % kFirstNames.size()];
    people.push_back(domain_account(
        first + "." + kLastNames[(i * 7 + i / kFirstNames.size()) % kLastNames.size()], rid++));
  }
  for (const char* name : {"adm.berg", "adm.ito", "adm.okoye"}) {
    administrators.push_back(domain_account(name, rid++));
  }
  for (const char* name : {"svc-backup", "svc-monitor", "svc-sql", "svc-scan", "svc-print"}) {
    services.push_back(domain_account(name, rid++));
  }
  local_service = {.name = "LOCAL SERVICE",
                   .domain = "NT AUTHORITY",
                   .qualified = "NT AUTHORITY\\LOCAL SERVICE",
                   .sid = make_sid("S-1-5-19")};
  network_service = {.name = "NETWORK SERVICE",
                     .domain = "NT AUTHORITY",
                     .qualified = "NT AUTHORITY\\NETWORK SERVICE",
                     .sid = make_sid("S-1-5-20")};
  system = {.name = "SYSTEM",
            .domain = "NT AUTHORITY",
            .qualified = "NT AUTHORITY\\SYSTEM",
            .sid = make_sid("S-1-5-18")};
  nobody = {.name = "-", .domain = "-", .qualified = "-", .sid = make_sid("S-1-0-0")};
  krbtgt = make_sid(std::string(kDomainSid) + "-502");
  medium_label = make_sid("S-1-16-8192");
  local_administrators = make_sid("S-1-5-32-544");
  system_label = make_sid("S-1-16-16384");
  hosts.push_back(make_host(0, Role::domain_controller, "DC01", "10.20.0.10"));
  hosts.push_back(make_host(1, Role::file_server, "FS01", "10.20.0.20"));
  for (std::size_t i = 0; i < workstations; ++i) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "WS%03u", static_cast<unsigned>(i + 1));
    hosts.push_back(
        make_host(i + 2, Role::workstation, name.data(),
                  "10.20." + std::to_string(4 + i / 200) + "." + std::to_string(20 + i % 200)));
    hosts.back().owner = &people[i];
  }
  for (Host& host : hosts) {
    const Guid low{.high = std::uint64_t{host.guid} << 32 | 0x51c064a5, .low = 0xe703000000000000};
    host.system = {.account = &host.machine, .logon_id = 0x3e7, .guid = low, .terminal = 0};
    host.local_service = {.account = &local_service, .logon_id = 0x3e5, .guid = low, .terminal = 0};
    host.network_service = {
        .account = &network_service, .logon_id = 0x3e4, .guid = low, .terminal = 0};
    host.running.reserve(kRunningMax);
  }
  for (std::size_t role = 0; role < program_draws_.size(); ++role) {
    for (const Program& program : programs_) program_draws_[role].add(program.weights[role]);
  }
}

Session World::new_session(const Account& account, Random& random, std::uint32_t terminal) {
  logons_ += random.between(0x11, 0x3fff);
  return {.account = &account,
          .logon_id = logons_,
          .guid = {.high = random.bits(), .low = random.bits()},
          .terminal = terminal};
}

const Program& World::program(std::string_view image) const {
  for (const Program& program : programs_) {
    if (image == program.image) return program;
  }
  throw std::logic_error("no such program: " + std::string(image));
}

const Program& World::draw_program(Role role, Random& random) const {
  return programs_[program_draws_[static_cast<std::size_t>(role)].draw(random)];
}

std::string World::document(Random& random) {
  const std::size_t i = documents_.draw(random);
  std::string out = kSubjects[i % kSubjects.size()];
  out += ' ' + std::to_string(2023 + i / 25 % 4) + '-' + std::to_string(1 + i / 100 % 12);
  if (random.chance(12)) out += " v" + std::to_string(random.between(2, 9999));
  out += '.';
  return out + kExtensions[i % kExtensions.size()];
}

std::string World::site(Random& random) {
  const std::size_t i = sites_.draw(random);
  std::string out = kPrefixes[i % kPrefixes.size()];
  if (random.chance(10)) out += '-' + std::to_string(random.below(1'000'000));
  out += std::string(".") + kWords[i / 10 % kWords.size()] + '-' + kWords[i / 250 % kWords.size()];
  return out + (i % 3 == 0 ? ".example" : ".example.com");
}

std::string World::site_address(std::string_view site) const {
  const std::uint64_t h = samples::hash(site);
  return (h % 2 == 0 ? "203.0.113." : "198.51.100.") + std::to_string(1 + h / 2 % 254);
}

std::string filled(std::string_view pattern, World& world, const Session& session, Random& random) {
  std::string out;
  out.reserve(pattern.size() + 32);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '#' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
      case 'n':
        out += std::to_string(random.below(100'000));
        break;
      case 'm':
        out += std::to_string(random.below(20));
        break;
      case 'h':
        out += samples::hexadecimal(random.bits() & 0xffffffff, 8);
        break;
      case 'g':
        append_guid(out, {.high = random.bits(), .low = random.bits()});
        break;
      case 'd':
        out += world.document(random);
        break;
      case 'u':
        out += session.account->name;
        break;
      case 's':
        out += session.account->sid.text;
        break;
      default:
        out += '#';
        out += pattern[i];
    }
  }
  return out;
}

}  // namespace exhibit::ordinary
