#include <array>

#include "sigma/mapping.h"

namespace exhibit::sigma {
namespace {

using C = Conversion;
using Names = std::string_view;

// Sources: Microsoft's "Appendix L: Events to Monitor" and the pages of events 4656, 4657, 4663,
// 4688, 4689, 5156 and 5157; manifests of Microsoft-Windows-DNS-Client and
// Microsoft-Windows-Sysmon; [MS-DTYP] 2.4.2.4 for the SIDs of integrity levels.

constexpr std::array<NamedValue, 8> kIntegrity{{{"Untrusted", "S-1-16-0"},
                                                {"Low", "S-1-16-4096"},
                                                {"Medium", "S-1-16-8192"},
                                                {"MediumPlus", "S-1-16-8448"},
                                                {"Medium Plus", "S-1-16-8448"},
                                                {"High", "S-1-16-12288"},
                                                {"System", "S-1-16-16384"},
                                                {"Protected", "S-1-16-20480"}}};
// 1904: a value was created, 1905: changed, 1906: deleted.
constexpr std::array<NamedValue, 3> kRegistryOperations{
    {{"SetValue", "%%1904"}, {"SetValue", "%%1905"}, {"DeleteValue", "%%1906"}}};
constexpr std::array<NamedValue, 2> kDirections{{{"true", "%%14593"}, {"false", "%%14592"}}};
constexpr std::array<NamedValue, 2> kProtocols{{{"tcp", "6"}, {"udp", "17"}}};

constexpr std::array<Names, 4> kSubject{"SubjectUserSid", "SubjectUserName", "SubjectDomainName",
                                        "SubjectLogonId"};

constexpr std::array<std::uint32_t, 1> k4688{4688};
constexpr std::array<Names, 15> k4688Fields{
    kSubject[0],      kSubject[1],        kSubject[2],     kSubject[3],          "NewProcessId",
    "NewProcessName", "ProcessId",        "CommandLine",   "TokenElevationType", "TargetUserSid",
    "TargetUserName", "TargetDomainName", "TargetLogonId", "ParentProcessName",  "MandatoryLabel"};
constexpr std::array<FieldMapping, 8> k4688Mappings{{
    {"Image", "NewProcessName"},
    {"ParentImage", "ParentProcessName"},
    {"CommandLine", "CommandLine"},
    {"ProcessId", "NewProcessId", C::hex_id},
    {"ParentProcessId", "ProcessId", C::hex_id},
    {"User", "SubjectDomainName", C::account, "SubjectUserName"},
    {"LogonId", "SubjectLogonId"},
    {"IntegrityLevel", "MandatoryLabel", C::named_values, {}, kIntegrity},
}};

constexpr std::array<std::uint32_t, 1> k4689{4689};
constexpr std::array<Names, 7> k4689Fields{kSubject[0], kSubject[1], kSubject[2],  kSubject[3],
                                           "Status",    "ProcessId", "ProcessName"};
constexpr std::array<FieldMapping, 3> k4689Mappings{{
    {"Image", "ProcessName"},
    {"ProcessId", "ProcessId", C::hex_id},
    {"User", "SubjectDomainName", C::account, "SubjectUserName"},
}};

constexpr std::array<std::uint32_t, 1> k4657{4657};
constexpr std::array<Names, 14> k4657Fields{
    kSubject[0],       kSubject[1], kSubject[2],     kSubject[3],    "ObjectName",
    "ObjectValueName", "HandleId",  "OperationType", "OldValueType", "OldValue",
    "NewValueType",    "NewValue",  "ProcessId",     "ProcessName"};
constexpr std::array<FieldMapping, 6> k4657Mappings{{
    {"Image", "ProcessName"},
    {"ProcessId", "ProcessId", C::hex_id},
    {"User", "SubjectDomainName", C::account, "SubjectUserName"},
    {"TargetObject", "ObjectName", C::registry_path, "ObjectValueName"},
    {"Details", "NewValue", C::registry_data},
    {"EventType", "OperationType", C::named_values, {}, kRegistryOperations},
}};
constexpr std::array<Names, 2> kValueSet{"%%1904", "%%1905"};
constexpr std::array<Names, 1> kValueDeleted{"%%1906"};

constexpr std::array<std::uint32_t, 2> k5156{5156, 5157};
constexpr std::array<Names, 13> k5156Fields{
    "ProcessID",   "Application",  "Direction",      "SourceAddress", "SourcePort",
    "DestAddress", "DestPort",     "Protocol",       "FilterRTID",    "LayerName",
    "LayerRTID",   "RemoteUserID", "RemoteMachineID"};
constexpr std::array<FieldMapping, 8> k5156Mappings{{
    {"Image", "Application", C::device_path},
    {"ProcessId", "ProcessID"},
    {"Initiated", "Direction", C::named_values, {}, kDirections},
    {"Protocol", "Protocol", C::named_values, {}, kProtocols},
    {"SourceIp", "SourceAddress"},
    {"SourcePort", "SourcePort"},
    {"DestinationIp", "DestAddress"},
    {"DestinationPort", "DestPort"},
}};

constexpr std::array<std::uint32_t, 1> k3008{3008};
constexpr std::array<Names, 5> k3008Fields{"QueryName", "QueryType", "QueryOptions", "QueryStatus",
                                           "QueryResults"};
constexpr std::array<FieldMapping, 3> k3008Mappings{{
    {"QueryName", "QueryName"},
    {"QueryStatus", "QueryStatus"},
    {"QueryResults", "QueryResults"},
}};

constexpr std::array<std::uint32_t, 1> k4663{4663};
constexpr std::array<Names, 13> k4663Fields{
    kSubject[0],  kSubject[1],   kSubject[2],         kSubject[3],  "ObjectServer",
    "ObjectType", "ObjectName",  "HandleId",          "AccessList", "AccessMask",
    "ProcessId",  "ProcessName", "ResourceAttributes"};
constexpr std::array<FieldMapping, 4> k4663Mappings{{
    {"Image", "ProcessName"},
    {"FileName", "ObjectName"},
    {"ProcessId", "ProcessId", C::hex_id},
    {"User", "SubjectDomainName", C::account, "SubjectUserName"},
}};
constexpr std::array<Names, 1> kFile{"File"};

constexpr Names kSecurity = "Security";

constexpr std::array<BuiltinEvent, 8> kEvents{{
    {"process_creation", kSecurity, k4688, {}, {}, k4688Mappings, k4688Fields},
    {"process_termination", kSecurity, k4689, {}, {}, k4689Mappings, k4689Fields},
    {"registry_event", kSecurity, k4657, {}, {}, k4657Mappings, k4657Fields},
    {"registry_set", kSecurity, k4657, "OperationType", kValueSet, k4657Mappings, k4657Fields},
    {"registry_delete", kSecurity, k4657, "OperationType", kValueDeleted, k4657Mappings,
     k4657Fields},
    {"network_connection", kSecurity, k5156, {}, {}, k5156Mappings, k5156Fields},
    {"dns_query",
     "Microsoft-Windows-DNS-Client/Operational",
     k3008,
     {},
     {},
     k3008Mappings,
     k3008Fields},
    {"file_access", kSecurity, k4663, "ObjectType", kFile, k4663Mappings, k4663Fields},
}};

constexpr std::array<Names, 19> kSystemFields{"EventID",
                                              "Channel",
                                              "Computer",
                                              "Provider_Name",
                                              "Provider_Guid",
                                              "Provider_EventSourceName",
                                              "EventSourceName",
                                              "Level",
                                              "Task",
                                              "Opcode",
                                              "Keywords",
                                              "Version",
                                              "EventRecordID",
                                              "TimeCreated_SystemTime",
                                              "Correlation_ActivityID",
                                              "Execution_ProcessID",
                                              "Execution_ThreadID",
                                              "Security_UserID",
                                              "Qualifiers"};

}  // namespace

std::span<const BuiltinEvent> builtin_events() { return kEvents; }
std::span<const std::string_view> system_fields() { return kSystemFields; }

}  // namespace exhibit::sigma
