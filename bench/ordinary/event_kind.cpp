#include "ordinary/event_kind.h"

#include <array>

namespace exhibit::ordinary {
namespace {

using test::EvtxType;

enum ProviderIndex : std::size_t {
  security,
  sysmon,
  services,
  kernel,
  updates,
  com,
  tasks,
  power_shell,
  defender,
  wmi,
  sessions,
  policy
};

constexpr std::array<Provider, kProviderCount> kProviders = {{
    {"Microsoft-Windows-Security-Auditing", "54849625-5478-4994-a5ba-3e3b0328c30d", nullptr,
     "Security", "Security", false},
    {"Microsoft-Windows-Sysmon", "5770385f-c22a-43e0-bf4c-06f5698ffbd9", nullptr,
     "Microsoft-Windows-Sysmon/Operational", "Sysmon", true},
    {"Service Control Manager", "555908d1-a6d7-4695-8e1e-26931d2012f4", "Service Control Manager",
     "System", "System", false},
    {"Microsoft-Windows-Kernel-General", "a68ca8b7-004f-d7b6-a698-07e2de0f1f5d", nullptr, "System",
     "System", true},
    {"Microsoft-Windows-WindowsUpdateClient", "945a8954-c147-4acd-923f-40c45405a658", nullptr,
     "System", "System", true},
    {"Microsoft-Windows-DistributedCOM", "1b562e86-b7aa-4131-badc-b6f3a001407e", "DCOM", "System",
     "System", true},
    {"Microsoft-Windows-TaskScheduler", "de7b24ea-73c8-4a09-985d-5bdadcfa9017", nullptr,
     "Microsoft-Windows-TaskScheduler/Operational", "TaskScheduler", true},
    {"Microsoft-Windows-PowerShell", "a0c1853b-5c40-4b15-8766-3cf1c58f985a", nullptr,
     "Microsoft-Windows-PowerShell/Operational", "PowerShell", true},
    {"Microsoft-Windows-Windows Defender", "11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78", nullptr,
     "Microsoft-Windows-Windows Defender/Operational", "Defender", true},
    {"Microsoft-Windows-WMI-Activity", "1418ef04-b0b4-4623-bf7e-d74ab47bbdaa", nullptr,
     "Microsoft-Windows-WMI-Activity/Operational", "WMI-Activity", true},
    {"Microsoft-Windows-TerminalServices-LocalSessionManager",
     "5d896912-022d-40aa-a3a8-4fa5515c76d7", nullptr,
     "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", "LocalSessions", true},
    {"Microsoft-Windows-GroupPolicy", "aea1b4fa-97d1-45f2-a64c-4d69fffd92c9", nullptr,
     "Microsoft-Windows-GroupPolicy/Operational", "GroupPolicy", true},
}};

// One row as it is written below: fields are `Name:type;…`, text where no type is given; `+name` is
// a group of fields.
struct Row {
  constexpr Row(std::size_t from, std::uint16_t event_id, std::uint8_t given_version,
                std::uint8_t given_level, std::uint16_t given_task, std::uint8_t given_opcode,
                std::uint64_t given_keywords, const char* given_message, const char* given_fields,
                const char* given_user_data = nullptr, const char* given_user_namespace = nullptr)
      : provider(from),
        id(event_id),
        version(given_version),
        level(given_level),
        task(given_task),
        opcode(given_opcode),
        keywords(given_keywords),
        message(given_message),
        fields(given_fields),
        user_data(given_user_data),
        user_namespace(given_user_namespace) {}
  std::size_t provider;
  std::uint16_t id;
  std::uint8_t version, level;
  std::uint16_t task;
  std::uint8_t opcode;
  std::uint64_t keywords;
  const char* message;
  const char* fields;
  const char* user_data;
  const char* user_namespace;
};

constexpr std::uint64_t kSuccess = 0x8020000000000000, kFailure = 0x8010000000000000;
constexpr std::uint64_t kOperational = 0x8000000000000000, kClassic = 0x8080000000000000;

// In the order of Kind.
constexpr std::array<Row, kKindCount> kRows = {{
    {security, 4624, 2, 0, 12544, 0, kSuccess,
     "An account was successfully logged on. The event stands on the machine that was logged on "
     "to; "
     "the logon type says how: 2 at its keyboard, 3 over the network, 5 as a service, 7 by "
     "unlocking, 10 by remote desktop, 11 with cached credentials. The subject is who asked for "
     "the "
     "logon, most often a service of the machine itself; the network part says from where, as far "
     "as that is known.",
     "+subject;+target;"
     "TargetLogonId:X;LogonType:u;LogonProcessName;AuthenticationPackageName;WorkstationName;"
     "LogonGuid:g;TransmittedServices;LmPackageName;KeyLength:u;ProcessId:X;ProcessName;IpAddress;"
     "IpPort;ImpersonationLevel;RestrictedAdminMode;TargetOutboundUserName;"
     "TargetOutboundDomainName;VirtualAccount;TargetLinkedLogonId:X;ElevatedToken"},
    {security, 4625, 0, 0, 12544, 0, kFailure, "An account failed to log on.",
     "+subject;+target;"
     "Status:x;FailureReason;SubStatus:x;LogonType:u;LogonProcessName;AuthenticationPackageName;"
     "WorkstationName;TransmittedServices;LmPackageName;KeyLength:u;ProcessId:X;ProcessName;"
     "IpAddress;IpPort"},
    {security, 4627, 0, 0, 12554, 0, kSuccess, "Group membership information.",
     "+subject;+target;"
     "TargetLogonId:X;LogonType:u;EventIdx:u;EventCountTotal:u;GroupMembership"},
    {security, 4634, 0, 0, 12545, 0, kSuccess, "An account was logged off.",
     "+target;TargetLogonId:X;LogonType:u"},
    {security, 4648, 0, 0, 12544, 0, kSuccess, "A logon was attempted using explicit credentials.",
     "+subject;LogonGuid:g;TargetUserName;TargetDomainName;TargetLogonGuid:g;TargetServerName;"
     "TargetInfo;"
     "ProcessId:X;ProcessName;IpAddress;IpPort"},
    {security, 4672, 0, 0, 12548, 0, kSuccess, "Special privileges assigned to new logon.",
     "+subject;PrivilegeList"},
    {security, 4656, 1, 0, 12800, 0, kSuccess, "A handle to an object was requested.",
     "+subject;ObjectServer;ObjectType;ObjectName;HandleId:X;TransactionId:g;AccessList;"
     "AccessReason;"
     "AccessMask:x;PrivilegeList;RestrictedSidCount:u;ProcessId:X;ProcessName;ResourceAttributes"},
    {security, 4658, 0, 0, 12800, 0, kSuccess, "The handle to an object was closed.",
     "+subject;ObjectServer;HandleId:X;ProcessId:X;ProcessName"},
    {security, 4663, 1, 0, 12800, 0, kSuccess, "An attempt was made to access an object.",
     "+subject;ObjectServer;ObjectType;ObjectName;HandleId:X;AccessList;AccessMask:x;ProcessId:X;"
     "ProcessName;ResourceAttributes"},
    {security, 4688, 2, 0, 13312, 0, kSuccess,
     "A new process has been created. The token's elevation says with what rights: type 1 is a "
     "full "
     "token, as services and the built-in administrator have; type 2 was elevated by a prompt; "
     "type 3 is the limited token of an everyday logon.",
     "+subject;NewProcessId:X;NewProcessName;TokenElevationType;ProcessId:X;CommandLine;"
     "+target;TargetLogonId:X;ParentProcessName;MandatoryLabel:s"},
    {security, 4689, 0, 0, 13313, 0, kSuccess, "A process has exited.",
     "+subject;Status:x;ProcessId:X;ProcessName"},
    {security, 4768, 0, 0, 14339, 0, kSuccess,
     "A Kerberos authentication ticket (TGT) was requested.",
     "TargetUserName;TargetDomainName;TargetSid:s;ServiceName;ServiceSid:s;TicketOptions:x;Status:"
     "x;"
     "TicketEncryptionType:x;PreAuthType;IpAddress;IpPort;CertIssuerName;CertSerialNumber;"
     "CertThumbprint"},
    {security, 4769, 0, 0, 14337, 0, kSuccess, "A Kerberos service ticket was requested.",
     "TargetUserName;TargetDomainName;ServiceName;ServiceSid:s;TicketOptions:x;"
     "TicketEncryptionType:x;IpAddress;IpPort;Status:x;LogonGuid:g;TransmittedServices"},
    {security, 4771, 0, 0, 14339, 0, kFailure, "Kerberos pre-authentication failed.",
     "TargetUserName;TargetSid:s;ServiceName;TicketOptions:x;Status:x;PreAuthType;IpAddress;IpPort;"
     "CertIssuerName;CertSerialNumber;CertThumbprint"},
    {security, 4776, 0, 0, 14336, 0, kSuccess,
     "The computer attempted to validate the credentials for an account.",
     "PackageName;TargetUserName;Workstation;Status:x"},
    {security, 4798, 0, 0, 13824, 0, kSuccess, "A user's local group membership was enumerated.",
     "TargetUserName;TargetDomainName;TargetSid:s;"
     "+subject;CallerProcessId:X;CallerProcessName"},
    {security, 4799, 0, 0, 13826, 0, kSuccess,
     "A security-enabled local group membership was enumerated.",
     "TargetUserName;TargetDomainName;TargetSid:s;"
     "+subject;CallerProcessId:X;CallerProcessName"},
    {security, 5140, 1, 0, 12808, 0, kSuccess, "A network share object was accessed.",
     "+subject;ObjectType;IpAddress;IpPort;ShareName;ShareLocalPath;AccessMask:x;AccessList"},
    {security, 5145, 0, 0, 12811, 0, kSuccess,
     "A network share object was checked to see whether client can be granted desired access.",
     "+subject;ObjectType;IpAddress;IpPort;ShareName;ShareLocalPath;RelativeTargetName;AccessMask:"
     "x;"
     "AccessList;AccessReason"},
    {security, 5379, 0, 0, 13824, 0, kSuccess, "Credential Manager credentials were read.",
     "+subject;TargetName;Type:u;CountOfCredentialsReturned:u;ReadOperation;ReturnCode:u;"
     "ProcessCreationTime:f;ClientProcessId:u"},
    {sysmon, 1, 5, 4, 1, 0, kOperational, "Process Create:",
     "+sysmon;+process;"
     "Image;FileVersion;Description;Product;Company;OriginalFileName;CommandLine;CurrentDirectory;"
     "User;LogonGuid:g;LogonId:X;TerminalSessionId:u;IntegrityLevel;Hashes;ParentProcessGuid:g;"
     "ParentProcessId:u;ParentImage;ParentCommandLine;ParentUser"},
    {sysmon, 3, 5, 4, 3, 0, kOperational, "Network connection detected:",
     "+sysmon;+process;"
     "Image;User;Protocol;Initiated:b;SourceIsIpv6:b;SourceIp;SourceHostname;SourcePort:w;"
     "SourcePortName;DestinationIsIpv6:b;DestinationIp;DestinationHostname;DestinationPort:w;"
     "DestinationPortName"},
    {sysmon, 5, 3, 4, 5, 0, kOperational, "Process terminated:",
     "+sysmon;+process;"
     "Image;User"},
    {sysmon, 7, 3, 4, 7, 0, kOperational, "Image loaded:",
     "+sysmon;+process;"
     "Image;ImageLoaded;FileVersion;Description;Product;Company;OriginalFileName;Hashes;Signed;"
     "Signature;SignatureStatus;User"},
    {sysmon, 8, 2, 4, 8, 0, kOperational, "CreateRemoteThread detected:",
     "+sysmon;SourceProcessGuid:g;SourceProcessId:u;SourceImage;TargetProcessGuid:g;"
     "TargetProcessId:u;"
     "TargetImage;NewThreadId:u;StartAddress;StartModule;StartFunction;SourceUser;TargetUser"},
    {sysmon, 10, 3, 4, 10, 0, kOperational, "Process accessed:",
     "+sysmon;SourceProcessGUID:g;SourceProcessId:u;SourceThreadId:u;SourceImage;TargetProcessGUID:"
     "g;"
     "TargetProcessId:u;TargetImage;GrantedAccess:x;CallTrace;SourceUser;TargetUser"},
    {sysmon, 11, 2, 4, 11, 0, kOperational, "File created:",
     "+sysmon;+process;"
     "Image;TargetFilename;CreationUtcTime;User"},
    {sysmon, 12, 2, 4, 12, 0, kOperational, "Registry object added or deleted:",
     "RuleName;EventType;UtcTime;+process;Image;TargetObject;User"},
    {sysmon, 13, 2, 4, 13, 0, kOperational,
     "Registry value set:", "RuleName;EventType;UtcTime;+process;Image;TargetObject;Details;User"},
    {sysmon, 17, 1, 4, 17, 0, kOperational,
     "Pipe Created:", "RuleName;EventType;UtcTime;+process;PipeName;Image;User"},
    {sysmon, 18, 1, 4, 18, 0, kOperational,
     "Pipe Connected:", "RuleName;EventType;UtcTime;+process;PipeName;Image;User"},
    {sysmon, 22, 5, 4, 22, 0, kOperational, "Dns query:",
     "+sysmon;+process;"
     "QueryName;QueryStatus;QueryResults;Image;User"},
    {sysmon, 26, 5, 4, 26, 0, kOperational, "File Delete logged:",
     "+sysmon;+process;"
     "User;Image;TargetFilename;Hashes;IsExecutable:b"},
    {services, 7036, 0, 4, 0, 0, kClassic, "A service entered another state.", "param1;param2"},
    {services, 7040, 0, 4, 0, 0, kClassic, "The start type of a service was changed.",
     "param1;param2;param3;param4"},
    {services, 7045, 0, 4, 0, 0, kClassic, "A service was installed in the system.",
     "ServiceName;ImagePath;ServiceType;StartType;AccountName"},
    {kernel, 1, 1, 4, 5, 0, 0x8000000000000010, "The system time has changed.",
     "NewTime:f;OldTime:f;Reason:u"},
    {updates, 19, 1, 4, 1, 13, 0x8000000000000018, "Installation Successful.",
     "updateTitle;updateGuid:g;updateRevisionNumber:u;serviceGuid:g"},
    {updates, 43, 1, 4, 1, 13, 0x8000000000002004, "Installation Started.",
     "updateTitle;updateGuid:g;updateRevisionNumber:u"},
    {com, 10016, 0, 3, 0, 0, kClassic,
     "The permission settings do not grant permission for the COM Server application.",
     "param1;param2;param3;param4;param5;param6;param7;param8;param9;param10;param11"},
    {tasks, 100, 0, 4, 100, 1, kOperational, "Task Scheduler started a task.",
     "TaskName;UserContext;InstanceId:g"},
    {tasks, 102, 0, 4, 102, 2, kOperational, "Task Scheduler finished a task.",
     "TaskName;UserContext;InstanceId:g"},
    {tasks, 129, 0, 4, 129, 0, kOperational, "Task Scheduler launched a task's process.",
     "TaskName;Path;ProcessID:u;Priority:u"},
    {tasks, 200, 1, 4, 200, 1, kOperational, "Task Scheduler launched an action.",
     "TaskName;ActionName;TaskInstanceId:g;EnginePID:u"},
    {tasks, 201, 2, 4, 201, 2, kOperational, "Task Scheduler completed an action.",
     "TaskName;TaskInstanceId:g;ActionName;ResultCode:u;EnginePID:u"},
    {power_shell, 4103, 1, 4, 106, 20, 0, "Pipeline execution details.",
     "ContextInfo;UserData;Payload"},
    {power_shell, 4104, 1, 5, 2, 15, 0, "Creating Scriptblock text (1 of 1):",
     "MessageNumber:u;MessageTotal:u;ScriptBlockText;ScriptBlockId;Path"},
    {power_shell, 4105, 1, 5, 102, 15, 0, "Started invocation of a script block.",
     "ScriptBlockId;RunspaceId"},
    {power_shell, 4106, 1, 5, 103, 15, 0, "Completed invocation of a script block.",
     "ScriptBlockId;RunspaceId"},
    {defender, 2000, 0, 4, 0, 0, kOperational, "The security intelligence was updated.",
     "Product Name;Product Version;Current security intelligence Version;Previous security "
     "intelligence Version;Domain;User;SID;Security intelligence Type Index;Security intelligence "
     "Type;Update Type Index;Update Type;Current Engine Version;Previous Engine Version"},
    {defender, 1150, 0, 4, 0, 0, kOperational, "The client is up and running in a healthy state.",
     "Product Name;Platform version;Unused;Engine version;Security intelligence version"},
    {defender, 1000, 0, 4, 0, 0, kOperational, "A scan has started.",
     "Product Name;Product Version;Scan ID;Scan Type Index;Scan Type;Scan Parameters Index;Scan "
     "Parameters;Domain;User;SID;Scan Resources"},
    {defender, 1001, 0, 4, 0, 0, kOperational, "A scan has finished.",
     "Product Name;Product Version;Scan ID;Scan Type Index;Scan Type;Scan Parameters Index;Scan "
     "Parameters;Domain;User;SID;Scan Time Hours;Scan Time Minutes;Scan Time Seconds"},
    {wmi, 5857, 0, 4, 0, 0, kOperational, "A provider was started.",
     "ProviderName;Code:x;HostProcess;ProcessID:u;ProviderPath", "Operation_StartedOperational",
     "http://manifests.microsoft.com/win/2006/windows/WMI"},
    {sessions, 21, 0, 4, 0, 0, 0x1000000000000000, "Session logon succeeded.",
     "User;SessionID:u;Address", "EventXML", "Event_NS"},
    {sessions, 25, 0, 4, 0, 0, 0x1000000000000000, "Session reconnection succeeded.",
     "User;SessionID:u;Address", "EventXML", "Event_NS"},
    {sessions, 24, 0, 4, 0, 0, 0x1000000000000000, "Session has been disconnected.",
     "User;SessionID:u;Address", "EventXML", "Event_NS"},
    {policy, 5016, 0, 4, 0, 2, 0x4000000000000000, "Completed an extension's processing.",
     "CSEElaspedTimeInMilliSeconds:u;ErrorCode:u;CSEExtensionName;CSEExtensionId:g"},
}};

EvtxType type_of(char letter) {
  switch (letter) {
    case 'u':
      return EvtxType::uint32;
    case 'w':
      return EvtxType::uint16;
    case 'x':
      return EvtxType::hex32;
    case 'X':
      return EvtxType::hex64;
    case 's':
      return EvtxType::sid;
    case 'g':
      return EvtxType::guid;
    case 'b':
      return EvtxType::boolean;
    case 'f':
      return EvtxType::filetime;
    default:
      return EvtxType::utf16;
  }
}

std::string_view group_of(std::string_view name) {
  if (name == "+subject") {
    return "SubjectUserSid:s;SubjectUserName;SubjectDomainName;SubjectLogonId:X";
  }
  if (name == "+target") return "TargetUserSid:s;TargetUserName;TargetDomainName";
  if (name == "+sysmon") return "RuleName;UtcTime";
  return "ProcessGuid:g;ProcessId:u";  // +process
}

void add_fields(std::string_view list, std::vector<FieldForm>& out) {
  while (!list.empty()) {
    const std::string_view field = list.substr(0, list.find(';'));
    list.remove_prefix(field.size() + (field.size() < list.size() ? 1 : 0));
    if (field.starts_with('+')) {
      add_fields(group_of(field), out);
      continue;
    }
    const std::size_t colon = field.find(':');
    out.push_back(
        {.name = std::string(field.substr(0, colon)),
         .type = colon == std::string_view::npos ? EvtxType::utf16 : type_of(field[colon + 1])});
  }
}

EventKind kind_of(const Row& row) {
  EventKind out{.provider = row.provider,
                .id = row.id,
                .version = row.version,
                .level = row.level,
                .task = row.task,
                .opcode = row.opcode,
                .keywords = row.keywords,
                .message = row.message,
                .fields = {},
                .subject = kNoSubject,
                .user_data = row.user_data,
                .user_namespace = row.user_namespace};
  add_fields(row.fields, out.fields);
  for (std::size_t i = 0; i < out.fields.size(); ++i) {
    if (out.fields[i].name == "SubjectUserSid") out.subject = i;
  }
  return out;
}

}  // namespace

const Provider& provider(std::size_t index) { return kProviders.at(index); }

const EventKind& event_kind(Kind kind) {
  static const std::vector<EventKind> kinds = [] {
    std::vector<EventKind> out;
    out.reserve(kRows.size());
    for (const Row& row : kRows) out.push_back(kind_of(row));
    return out;
  }();
  return kinds[static_cast<std::size_t>(kind)];
}

}  // namespace exhibit::ordinary
