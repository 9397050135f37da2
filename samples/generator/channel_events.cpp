// Events of the system log and of the channels that providers have for themselves.
#include "generator/parts.h"

namespace exhibit::samples {
namespace {

// System log events of the service control manager: one template for the whole event.
EvtxEvent service_control(const Host& host, std::int64_t time, std::uint16_t id, Data data) {
  EvtxEvent e = manifest_event(host, time, id, "Service Control Manager",
                               "555908d1-a6d7-4695-8e1e-26931d2012f4", "System", std::move(data));
  e.event_source = "Service Control Manager";
  e.qualifiers = 16384;
  e.keywords = 0x8080000000000000;
  e.process_id = 712;
  e.nested = false;
  return e;
}

}  // namespace

EvtxEvent service_installed(const Host& host, std::int64_t time, std::string_view name,
                            std::string_view path, std::string_view start,
                            std::string_view account) {
  EvtxEvent e = service_control(host, time, 7045,
                                {{"ServiceName", text(name)},
                                 {"ImagePath", text(path)},
                                 {"ServiceType", text("user mode service")},
                                 {"StartType", text(start)},
                                 {"AccountName", text(account)}});
  return e;
}

EvtxEvent service_state(const Host& host, std::int64_t time, std::string_view name,
                        std::string_view state) {
  return service_control(host, time, 7036,
                         {{"param1", text(name)},
                          {"param2", text(state)},
                          {"Binary", test::evtx_binary(test::utf16le(name))}});
}

EvtxEvent system_log_cleared(const Host& host, std::int64_t time, std::string_view user,
                             std::string_view channel) {
  EvtxEvent e = manifest_event(host, time, 104, "Microsoft-Windows-Eventlog",
                               "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148", "System", {});
  e.task = 104;
  e.user_sid = sid_of(user);
  e.user_data = test::xml_element(
      "LogFileCleared",
      {test::xml_element("SubjectUserName", {test::xml_value(text(user))}),
       test::xml_element("SubjectDomainName", {test::xml_value(text("NORTHLIGHT"))}),
       test::xml_element("Channel", {test::xml_value(text(channel))}),
       test::xml_element("BackupPath", {test::xml_value(text(""))})},
      {{.name = "xmlns",
        .content = {
            test::xml_text("http://manifests.microsoft.com/win/2004/08/windows/eventlog")}}});
  return e;
}

EvtxEvent script_block(const Host& host, std::int64_t time, std::string_view script,
                       std::string_view path, std::string_view user) {
  EvtxEvent e = manifest_event(
      host, time, 4104, "Microsoft-Windows-PowerShell", "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
      "Microsoft-Windows-PowerShell/Operational",
      {{"MessageNumber", number(1)},
       {"MessageTotal", number(1)},
       {"ScriptBlockText", text(script)},
       {"ScriptBlockId", test::evtx_guid(process_guid(host, script, time))},
       {"Path", text(path)}});
  e.task = 2;
  e.opcode = 15;
  e.level = 5;
  e.keywords = 0;
  e.user_sid = sid_of(user);
  return e;
}

EvtxEvent task_event(const Host& host, std::int64_t time, std::uint16_t id, std::string_view task,
                     std::string_view what) {
  Data data = {{"TaskName", text(task)}};
  if (id == 106) {
    data.emplace_back("UserContext", text(what));
  } else {
    data.emplace_back("TaskInstanceId", test::evtx_guid(process_guid(host, task, time)));
    data.emplace_back("ActionName", text(what));
    data.emplace_back(id == 200 ? "EnginePID" : "ResultCode", number(id == 200 ? 1180 : 0));
  }
  EvtxEvent e = manifest_event(host, time, id, "Microsoft-Windows-TaskScheduler",
                               "de7b24ea-73c8-4a09-985d-5bdadcfa9017",
                               "Microsoft-Windows-TaskScheduler/Operational", std::move(data));
  e.task = id;
  return e;
}

EvtxEvent defender(const Host& host, std::int64_t time, std::uint16_t id, Data data) {
  Data all = {{"Product Name", text("Microsoft Defender Antivirus")},
              {"Product Version", text("4.18.2601.1")}};
  for (auto& item : data) all.push_back(std::move(item));
  EvtxEvent e = manifest_event(host, time, id, "Microsoft-Windows-Windows Defender",
                               "11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78",
                               "Microsoft-Windows-Windows Defender/Operational", std::move(all));
  e.level = id == 1116 || id == 5001 ? 3 : 4;
  return e;
}

EvtxEvent wmi_subscription(const Host& host, std::int64_t time, std::string_view filter,
                           std::string_view consumer) {
  EvtxEvent e = manifest_event(host, time, 5861, "Microsoft-Windows-WMI-Activity",
                               "1418ef04-b0b4-4623-bf7e-d74ab47bbdaa",
                               "Microsoft-Windows-WMI-Activity/Operational", {});
  e.keywords = 0x4000000000000000;
  e.user_data = test::xml_element(
      "Operation_ESStoConsumerBinding",
      {test::xml_element("Namespace", {test::xml_value(text("//./root/subscription"))}),
       test::xml_element("ESS", {test::xml_value(text(filter))}),
       test::xml_element("CONSUMER", {test::xml_value(text(consumer))}),
       test::xml_element("PossibleCause", {test::xml_value(text("Binding EventFilter"))})},
      {{.name = "xmlns",
        .content = {test::xml_text("http://manifests.microsoft.com/win/2006/windows/WMI")}}});
  return e;
}

}  // namespace exhibit::samples
