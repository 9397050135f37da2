// The network of Northlight Telecom, an operator that does not exist, and the events its machines
// write. Addresses are those set aside for documentation (RFC 5737), names end in .example.
//
// Threads:      one.
// Determinism:  everything follows from the order of calls; no clock, no random device.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/evtx_event.h"

namespace exhibit::samples {

using test::EvtxEvent;
using test::EvtxValue;
using Data = std::vector<std::pair<std::string, EvtxValue>>;

struct Host {
  const char* name;
  const char* address;
  std::uint32_t guid;  // first group of its Sysmon process GUIDs
  [[nodiscard]] std::string full_name() const { return std::string(name) + ".northlight.example"; }
};
inline constexpr Host kDc{"DC01", "192.0.2.10", 0x5b1c0a10};
inline constexpr Host kJump{"JUMP01", "192.0.2.20", 0x5b1c0a20};
inline constexpr Host kBilling{"BILL01", "192.0.2.40", 0x5b1c0a40};
inline constexpr Host kHlr{"HLROAM01", "192.0.2.50", 0x5b1c0a50};
inline constexpr Host kWorkstation{"WS114", "192.0.2.114", 0x5b1c0a72};

/// 100 ns ticks of a moment of the case; day 0 is Monday 2026-03-02, UTC.
[[nodiscard]] std::int64_t at(int day, int hour, int minute, int second = 0);

/// Numbers for noise: splitmix64, the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Between `low` and `high`, both included.
  int between(int low, int high);
  /// A second of `day` within these hours. Use this, not two calls of between() in one expression:
  /// compilers evaluate arguments in different orders.
  std::int64_t moment(int day, int first_hour, int last_hour);
  template <class Container>
  const auto& pick(const Container& items) {
    return items[static_cast<std::size_t>(between(0, static_cast<int>(std::size(items)) - 1))];
  }

 private:
  std::uint64_t state_;
};

[[nodiscard]] inline EvtxValue text(std::string_view utf8) { return test::evtx_string(utf8); }
[[nodiscard]] inline EvtxValue number(std::uint32_t value) { return test::evtx_uint32(value); }
[[nodiscard]] std::string sid_of(std::string_view user);

// Sysmon (Microsoft-Windows-Sysmon/Operational).

struct Process {
  std::string image;
  std::string command;
  std::string parent;
  std::string parent_command;
  std::string user;  // NORTHLIGHT\m.okafor
  std::string integrity = "Medium";
  std::string original_name = {};  // empty: the image's file name
  std::string company = "Microsoft Corporation";
  std::string directory = "C:\\Windows\\System32\\";
};
[[nodiscard]] EvtxEvent process_start(const Host& host, std::int64_t time, const Process& process);
[[nodiscard]] EvtxEvent file_created(const Host& host, std::int64_t time, std::string_view image,
                                     std::string_view file, std::string_view user);
[[nodiscard]] EvtxEvent file_time_changed(const Host& host, std::int64_t time,
                                          std::string_view image, std::string_view file,
                                          std::string_view created, std::string_view previous);
[[nodiscard]] EvtxEvent connection(const Host& host, std::int64_t time, std::string_view image,
                                   std::string_view user, std::string_view address,
                                   std::string_view name, std::uint32_t port);
[[nodiscard]] EvtxEvent dns_query(const Host& host, std::int64_t time, std::string_view image,
                                  std::string_view query, std::string_view results,
                                  std::string_view user);
[[nodiscard]] EvtxEvent registry_value(const Host& host, std::int64_t time, std::string_view image,
                                       std::string_view key, std::string_view value,
                                       std::string_view user);
[[nodiscard]] EvtxEvent process_access(const Host& host, std::int64_t time, std::string_view source,
                                       std::string_view target, std::string_view access,
                                       std::string_view trace);
[[nodiscard]] EvtxEvent image_loaded(const Host& host, std::int64_t time, std::string_view image,
                                     std::string_view module, bool is_signed,
                                     std::string_view signature, std::string_view company);
[[nodiscard]] EvtxEvent pipe_event(const Host& host, std::int64_t time, bool created,
                                   std::string_view pipe, std::string_view image,
                                   std::string_view user);
[[nodiscard]] EvtxEvent wmi_consumer(const Host& host, std::int64_t time, std::string_view name,
                                     std::string_view destination, std::string_view user);

// Security.

[[nodiscard]] EvtxEvent security(const Host& host, std::int64_t time, std::uint16_t id,
                                 std::uint16_t task, Data data, bool success = true,
                                 std::uint8_t version = 0);
[[nodiscard]] EvtxEvent logon(const Host& host, std::int64_t time, std::uint32_t type,
                              std::string_view user, std::string_view address,
                              std::string_view workstation);
[[nodiscard]] EvtxEvent logon_failed(const Host& host, std::int64_t time, std::uint32_t type,
                                     std::string_view user, std::string_view address);
[[nodiscard]] EvtxEvent special_logon(const Host& host, std::int64_t time, std::string_view user,
                                      std::string_view privileges);
[[nodiscard]] EvtxEvent explicit_credentials(const Host& host, std::int64_t time,
                                             std::string_view user, std::string_view target_user,
                                             std::string_view target_server,
                                             std::string_view process);
[[nodiscard]] EvtxEvent process_start_4688(const Host& host, std::int64_t time,
                                           std::string_view user, std::string_view image,
                                           std::string_view command, std::string_view parent);
[[nodiscard]] EvtxEvent service_ticket(std::int64_t time, std::string_view user,
                                       std::string_view service, std::uint32_t encryption,
                                       std::string_view address);
[[nodiscard]] EvtxEvent authentication_ticket(std::int64_t time, std::string_view user,
                                              std::string_view preauthentication,
                                              std::uint32_t encryption, std::string_view address);
/// 4728, 4732: `member` joins `group`.
[[nodiscard]] EvtxEvent group_member(const Host& host, std::int64_t time, std::uint16_t id,
                                     std::string_view by, std::string_view member,
                                     std::string_view group, std::string_view group_sid);
[[nodiscard]] EvtxEvent account_created(std::int64_t time, std::string_view by,
                                        std::string_view user);
[[nodiscard]] EvtxEvent share_access(const Host& host, std::int64_t time, std::string_view user,
                                     std::string_view address, std::string_view share,
                                     std::string_view file, std::string_view mask);
[[nodiscard]] EvtxEvent log_cleared(const Host& host, std::int64_t time, std::string_view user);

// Other channels.

[[nodiscard]] EvtxEvent service_installed(const Host& host, std::int64_t time,
                                          std::string_view name, std::string_view path,
                                          std::string_view start, std::string_view account);
[[nodiscard]] EvtxEvent service_state(const Host& host, std::int64_t time, std::string_view name,
                                      std::string_view state);
[[nodiscard]] EvtxEvent system_log_cleared(const Host& host, std::int64_t time,
                                           std::string_view user, std::string_view channel);
[[nodiscard]] EvtxEvent script_block(const Host& host, std::int64_t time, std::string_view script,
                                     std::string_view path, std::string_view user);
/// 106 (registered), 200 (action started), 201 (action completed).
[[nodiscard]] EvtxEvent task_event(const Host& host, std::int64_t time, std::uint16_t id,
                                   std::string_view task, std::string_view what);
[[nodiscard]] EvtxEvent defender(const Host& host, std::int64_t time, std::uint16_t id, Data data);
[[nodiscard]] EvtxEvent wmi_subscription(const Host& host, std::int64_t time,
                                         std::string_view filter, std::string_view consumer);

}  // namespace exhibit::samples
