// The kinds of events that ordinary machines write: provider, channel, header and fields, as
// Windows 10 and Windows Server 2019 have them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/evtx_value.h"

namespace exhibit::ordinary {

struct Provider {
  constexpr Provider(const char* given_name, const char* given_guid, const char* given_event_source,
                     const char* given_channel, const char* given_log, bool given_as_system)
      : name(given_name),
        guid(given_guid),
        event_source(given_event_source),
        channel(given_channel),
        log(given_log),
        as_system(given_as_system) {}
  const char* name;
  const char* guid;
  const char* event_source;  // nullptr: none
  const char* channel;
  const char* log;  // name of the channel's file
  bool as_system;   // its events name SYSTEM as the user
};

enum class Kind : std::uint8_t {
  logon,
  logon_failed,
  groups,
  logoff,
  explicit_credentials,
  special_privileges,
  handle_requested,
  handle_closed,
  object_access,
  process_created,
  process_exited,
  kerberos_tgt,
  kerberos_service,
  kerberos_failed,
  ntlm_validation,
  user_groups_listed,
  group_members_listed,
  share_opened,
  share_checked,
  credentials_read,
  sysmon_process,
  sysmon_connection,
  sysmon_exit,
  sysmon_image,
  sysmon_thread,
  sysmon_access,
  sysmon_file,
  sysmon_key,
  sysmon_value,
  sysmon_pipe_created,
  sysmon_pipe_connected,
  sysmon_dns,
  sysmon_deleted,
  service_state,
  service_start_type,
  service_installed,
  clock_changed,
  update_installed,
  update_started,
  com_denied,
  task_started,
  task_finished,
  task_process,
  action_started,
  action_finished,
  module_logged,
  script_block,
  script_started,
  script_finished,
  defender_updated,
  defender_healthy,
  defender_scan_started,
  defender_scan_finished,
  wmi_provider,
  session_logon,
  session_reconnect,
  session_disconnect,
  policy_extension,
  count
};
inline constexpr std::size_t kKindCount = static_cast<std::size_t>(Kind::count);

struct FieldForm {
  std::string name;
  test::EvtxType type;
};

struct EventKind {
  std::size_t provider;
  std::uint16_t id;
  std::uint8_t version, level;
  std::uint16_t task;
  std::uint8_t opcode;
  std::uint64_t keywords;
  const char* message;
  std::vector<FieldForm> fields;
  std::size_t subject;    // where the four fields of SubjectUserSid begin
  const char* user_data;  // name of UserData's element; nullptr: EventData
  const char* user_namespace;
};

inline constexpr std::size_t kNoSubject = ~std::size_t{0};
inline constexpr std::size_t kProviderCount = 12;
[[nodiscard]] const Provider& provider(std::size_t index);
[[nodiscard]] const EventKind& event_kind(Kind kind);

}  // namespace exhibit::ordinary
