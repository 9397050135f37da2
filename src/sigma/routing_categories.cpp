#include "sigma/routing_tables.h"

namespace exhibit::sigma {

// Facts, from: Sysmon's event ids, Microsoft's Sysmon documentation; Defender's, "Review event logs
// and error codes to troubleshoot issues with Microsoft Defender Antivirus"; the tracing provider
// Microsoft-Windows-Kernel-File's manifest (12 Create, 19 Rename, 27 RenamePath); names of
// categories, the Sigma 2.1 taxonomy and the log sources of SigmaHQ's rules.
std::string_view routing_categories() {
  return R"yaml(title: Exhibit
logsources:
  sysmon-process_creation:
    category: process_creation
    product: windows
    conditions:
      EventID: 1
    rewrite: {product: windows, service: sysmon}
  sysmon-file_change:
    category: file_change
    product: windows
    conditions:
      EventID: 2
    rewrite: {product: windows, service: sysmon}
  sysmon-network_connection:
    category: network_connection
    product: windows
    conditions:
      EventID: 3
    rewrite: {product: windows, service: sysmon}
  sysmon-sysmon_status:
    category: sysmon_status
    product: windows
    conditions:
      EventID: [4, 16]
    rewrite: {product: windows, service: sysmon}
  sysmon-process_termination:
    category: process_termination
    product: windows
    conditions:
      EventID: 5
    rewrite: {product: windows, service: sysmon}
  sysmon-driver_load:
    category: driver_load
    product: windows
    conditions:
      EventID: 6
    rewrite: {product: windows, service: sysmon}
  sysmon-image_load:
    category: image_load
    product: windows
    conditions:
      EventID: 7
    rewrite: {product: windows, service: sysmon}
  sysmon-create_remote_thread:
    category: create_remote_thread
    product: windows
    conditions:
      EventID: 8
    rewrite: {product: windows, service: sysmon}
  sysmon-raw_access_thread:
    category: raw_access_thread
    product: windows
    conditions:
      EventID: 9
    rewrite: {product: windows, service: sysmon}
  sysmon-raw_access_read:
    category: raw_access_read
    product: windows
    conditions:
      EventID: 9
    rewrite: {product: windows, service: sysmon}
  sysmon-process_access:
    category: process_access
    product: windows
    conditions:
      EventID: 10
    rewrite: {product: windows, service: sysmon}
  sysmon-file_event:
    category: file_event
    product: windows
    conditions:
      EventID: 11
    rewrite: {product: windows, service: sysmon}
  sysmon-registry_event:
    category: registry_event
    product: windows
    conditions:
      EventID: [12, 13, 14]
    rewrite: {product: windows, service: sysmon}
  sysmon-registry_add:
    category: registry_add
    product: windows
    conditions:
      EventID: 12
      EventType: CreateKey
    rewrite: {product: windows, service: sysmon}
  sysmon-registry_delete:
    category: registry_delete
    product: windows
    conditions:
      EventID: 12
      EventType: [DeleteKey, DeleteValue]
    rewrite: {product: windows, service: sysmon}
  sysmon-registry_set:
    category: registry_set
    product: windows
    conditions:
      EventID: 13
    rewrite: {product: windows, service: sysmon}
  sysmon-registry_rename:
    category: registry_rename
    product: windows
    conditions:
      EventID: 14
    rewrite: {product: windows, service: sysmon}
  sysmon-create_stream_hash:
    category: create_stream_hash
    product: windows
    conditions:
      EventID: 15
    rewrite: {product: windows, service: sysmon}
  sysmon-pipe_created:
    category: pipe_created
    product: windows
    conditions:
      EventID: [17, 18]
    rewrite: {product: windows, service: sysmon}
  sysmon-wmi_event:
    category: wmi_event
    product: windows
    conditions:
      EventID: [19, 20, 21]
    rewrite: {product: windows, service: sysmon}
  sysmon-dns_query:
    category: dns_query
    product: windows
    conditions:
      EventID: 22
    rewrite: {product: windows, service: sysmon}
  sysmon-file_delete:
    category: file_delete
    product: windows
    conditions:
      EventID: [23, 26]
    rewrite: {product: windows, service: sysmon}
  sysmon-clipboard_change:
    category: clipboard_change
    product: windows
    conditions:
      EventID: 24
    rewrite: {product: windows, service: sysmon}
  sysmon-clipboard_capture:
    category: clipboard_capture
    product: windows
    conditions:
      EventID: 24
    rewrite: {product: windows, service: sysmon}
  sysmon-process_tampering:
    category: process_tampering
    product: windows
    conditions:
      EventID: 25
    rewrite: {product: windows, service: sysmon}
  sysmon-file_delete_detected:
    category: file_delete_detected
    product: windows
    conditions:
      EventID: 26
    rewrite: {product: windows, service: sysmon}
  sysmon-file_block_executable:
    category: file_block_executable
    product: windows
    conditions:
      EventID: 27
    rewrite: {product: windows, service: sysmon}
  sysmon-file_block_shredding:
    category: file_block_shredding
    product: windows
    conditions:
      EventID: 28
    rewrite: {product: windows, service: sysmon}
  sysmon-file_block:
    category: file_block
    product: windows
    conditions:
      EventID: [27, 28]
    rewrite: {product: windows, service: sysmon}
  sysmon-file_executable_detected:
    category: file_executable_detected
    product: windows
    conditions:
      EventID: 29
    rewrite: {product: windows, service: sysmon}
  sysmon-sysmon_error:
    category: sysmon_error
    product: windows
    conditions:
      EventID: 255
    rewrite: {product: windows, service: sysmon}
  ps_module:
    category: ps_module
    product: windows
    conditions:
      EventID: 4103
    rewrite: {product: windows, service: powershell}
  ps_script:
    category: ps_script
    product: windows
    conditions:
      EventID: 4104
    rewrite: {product: windows, service: powershell}
  ps_classic_start:
    category: ps_classic_start
    product: windows
    conditions:
      EventID: 400
    rewrite: {product: windows, service: powershell-classic}
  ps_classic_provider_start:
    category: ps_classic_provider_start
    product: windows
    conditions:
      EventID: 600
    rewrite: {product: windows, service: powershell-classic}
  ps_classic_script:
    category: ps_classic_script
    product: windows
    conditions:
      EventID: 800
    rewrite: {product: windows, service: powershell-classic}
  # Providers that only trace: their events reach a log file where tracing was turned on.
  kernel-file-access:
    category: file_access
    product: windows
    conditions:
      EventID: 12
    rewrite: {product: windows, service: kernel-file}
  kernel-file-rename:
    category: file_rename
    product: windows
    conditions:
      EventID: [19, 27]
    rewrite: {product: windows, service: kernel-file}
  # Events in which Defender names what it found and where.
  antivirus-windefend:
    category: antivirus
    conditions:
      EventID: [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116, 1117, 1118, 1119]
    rewrite: {product: windows, service: windefend}
    fieldmappings: {Signature: ThreatName, Filename: Path}
  # Services are channels.
)yaml";
}

}  // namespace exhibit::sigma
