#include "sigma/routing_tables.h"

namespace exhibit::sigma {

// Facts: channels as Windows registers them; names of services, the log sources of SigmaHQ's rules.
// Where a channel is known by two names, both stand.
std::string_view routing_services() {
  return R"yaml(  service-application:
    product: windows
    service: application
    sources:
      - 'WinEventLog:Application'
  service-security:
    product: windows
    service: security
    sources:
      - 'WinEventLog:Security'
  service-system:
    product: windows
    service: system
    sources:
      - 'WinEventLog:System'
  service-sysmon:
    product: windows
    service: sysmon
    sources:
      - 'WinEventLog:Microsoft-Windows-Sysmon/Operational'
  service-powershell:
    product: windows
    service: powershell
    sources:
      - 'WinEventLog:Microsoft-Windows-PowerShell/Operational'
      - 'WinEventLog:PowerShellCore/Operational'
  service-powershell-classic:
    product: windows
    service: powershell-classic
    sources:
      - 'WinEventLog:Windows PowerShell'
  service-appmodel-runtime:
    product: windows
    service: appmodel-runtime
    sources:
      - 'WinEventLog:Microsoft-Windows-AppModel-Runtime/Admin'
  service-application-experience:
    product: windows
    service: application-experience
    sources:
      - 'WinEventLog:Microsoft-Windows-Application-Experience/Program-Telemetry'
      - 'WinEventLog:Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant'
  service-applocker:
    product: windows
    service: applocker
    sources:
      - 'WinEventLog:Microsoft-Windows-AppLocker/MSI and Script'
      - 'WinEventLog:Microsoft-Windows-AppLocker/EXE and DLL'
      - 'WinEventLog:Microsoft-Windows-AppLocker/Packaged app-Deployment'
      - 'WinEventLog:Microsoft-Windows-AppLocker/Packaged app-Execution'
  service-appxdeployment-server:
    product: windows
    service: appxdeployment-server
    sources:
      - 'WinEventLog:Microsoft-Windows-AppXDeploymentServer/Operational'
  service-appxpackaging-om:
    product: windows
    service: appxpackaging-om
    sources:
      - 'WinEventLog:Microsoft-Windows-AppxPackaging/Operational'
  service-audit-cve:
    product: windows
    service: audit-cve
    sources:
      - 'WinEventLog:Microsoft-Windows-Audit-CVE'
      - 'WinEventLog:Application'
  service-bitlocker:
    product: windows
    service: bitlocker
    sources:
      - 'WinEventLog:Microsoft-Windows-BitLocker/BitLocker Management'
  service-bits-client:
    product: windows
    service: bits-client
    sources:
      - 'WinEventLog:Microsoft-Windows-Bits-Client/Operational'
  service-capi2:
    product: windows
    service: capi2
    sources:
      - 'WinEventLog:Microsoft-Windows-CAPI2/Operational'
  service-certificateservicesclient-lifecycle-system:
    product: windows
    service: certificateservicesclient-lifecycle-system
    sources:
      - 'WinEventLog:Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational'
  service-codeintegrity-operational:
    product: windows
    service: codeintegrity-operational
    sources:
      - 'WinEventLog:Microsoft-Windows-CodeIntegrity/Operational'
  service-dhcp:
    product: windows
    service: dhcp
    sources:
      - 'WinEventLog:Microsoft-Windows-DHCP-Server/Operational'
      - 'WinEventLog:DhcpAdminEvents'
      - 'WinEventLog:Microsoft-Windows-Dhcp-Server/AdminEvents'
  service-diagnosis-scripted:
    product: windows
    service: diagnosis-scripted
    sources:
      - 'WinEventLog:Microsoft-Windows-Diagnosis-Scripted/Operational'
  service-dns-client:
    product: windows
    service: dns-client
    sources:
      - 'WinEventLog:Microsoft-Windows-DNS-Client/Operational'
      - 'WinEventLog:Microsoft-Windows-DNS Client Events/Operational'
  service-dns-server:
    product: windows
    service: dns-server
    sources:
      - 'WinEventLog:DNS Server'
  service-dns-server-analytic:
    product: windows
    service: dns-server-analytic
    sources:
      - 'WinEventLog:Microsoft-Windows-DNSServer/Analytical'
      - 'WinEventLog:Microsoft-Windows-DNS-Server/Analytical'
  service-dns-server-audit:
    product: windows
    service: dns-server-audit
    sources:
      - 'WinEventLog:Microsoft-Windows-DNSServer/Audit'
      - 'WinEventLog:Microsoft-Windows-DNS-Server/Audit'
  service-driver-framework:
    product: windows
    service: driver-framework
    sources:
      - 'WinEventLog:Microsoft-Windows-DriverFrameworks-UserMode/Operational'
  service-firewall-as:
    product: windows
    service: firewall-as
    sources:
      - 'WinEventLog:Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'
  service-hyper-v-worker:
    product: windows
    service: hyper-v-worker
    sources:
      - 'WinEventLog:Microsoft-Windows-Hyper-V-Worker'
      - 'WinEventLog:Microsoft-Windows-Hyper-V-Worker-Admin'
      - 'WinEventLog:Microsoft-Windows-Hyper-V-Worker-Operational'
  service-iis:
    product: windows
    service: iis
    sources:
      - 'WinEventLog:Microsoft-IIS-Logging/Logs'
  service-iis-configuration:
    product: windows
    service: iis-configuration
    sources:
      - 'WinEventLog:Microsoft-IIS-Configuration/Operational'
  service-kernel-event-tracing:
    product: windows
    service: kernel-event-tracing
    sources:
      - 'WinEventLog:Microsoft-Windows-Kernel-EventTracing'
      - 'WinEventLog:Microsoft-Windows-Kernel-EventTracing/Admin'
  service-kernel-file:
    product: windows
    service: kernel-file
    sources:
      - 'WinEventLog:Microsoft-Windows-Kernel-File/Analytic'
      - 'WinEventLog:Microsoft-Windows-Kernel-File/Operational'
  service-kernel-shimengine:
    product: windows
    service: kernel-shimengine
    sources:
      - 'WinEventLog:Microsoft-Windows-Kernel-ShimEngine/Operational'
      - 'WinEventLog:Microsoft-Windows-Kernel-ShimEngine/Diagnostic'
  service-ldap:
    product: windows
    service: ldap
    sources:
      - 'WinEventLog:Microsoft-Windows-LDAP-Client/Debug'
  service-lsa-server:
    product: windows
    service: lsa-server
    sources:
      - 'WinEventLog:Microsoft-Windows-LSA/Operational'
  service-microsoft-servicebus-client:
    product: windows
    service: microsoft-servicebus-client
    sources:
      - 'WinEventLog:Microsoft-ServiceBus-Client'
      - 'WinEventLog:Microsoft-ServiceBus-Client/Admin'
      - 'WinEventLog:Microsoft-ServiceBus-Client/Operational'
  service-msexchange-management:
    product: windows
    service: msexchange-management
    sources:
      - 'WinEventLog:MSExchange Management'
  service-ntfs:
    product: windows
    service: ntfs
    sources:
      - 'WinEventLog:Microsoft-Windows-Ntfs/Operational'
  service-ntlm:
    product: windows
    service: ntlm
    sources:
      - 'WinEventLog:Microsoft-Windows-NTLM/Operational'
  service-openssh:
    product: windows
    service: openssh
    sources:
      - 'WinEventLog:OpenSSH/Operational'
  service-printservice-admin:
    product: windows
    service: printservice-admin
    sources:
      - 'WinEventLog:Microsoft-Windows-PrintService/Admin'
  service-printservice-operational:
    product: windows
    service: printservice-operational
    sources:
      - 'WinEventLog:Microsoft-Windows-PrintService/Operational'
  service-security-mitigations:
    product: windows
    service: security-mitigations
    sources:
      - 'WinEventLog:Microsoft-Windows-Security-Mitigations/Kernel Mode'
      - 'WinEventLog:Microsoft-Windows-Security-Mitigations/User Mode'
  service-sense:
    product: windows
    service: sense
    sources:
      - 'WinEventLog:Microsoft-Windows-SENSE/Operational'
  service-servicebus-client:
    product: windows
    service: servicebus-client
    sources:
      - 'WinEventLog:Microsoft-ServiceBus-Client'
      - 'WinEventLog:Microsoft-ServiceBus-Client/Admin'
      - 'WinEventLog:Microsoft-ServiceBus-Client/Operational'
  service-shell-core:
    product: windows
    service: shell-core
    sources:
      - 'WinEventLog:Microsoft-Windows-Shell-Core/Operational'
  service-smbclient-connectivity:
    product: windows
    service: smbclient-connectivity
    sources:
      - 'WinEventLog:Microsoft-Windows-SmbClient/Connectivity'
  service-smbclient-operational:
    product: windows
    service: smbclient-operational
    sources:
      - 'WinEventLog:Microsoft-Windows-SmbClient/Operational'
  service-smbclient-security:
    product: windows
    service: smbclient-security
    sources:
      - 'WinEventLog:Microsoft-Windows-SmbClient/Security'
  service-smbserver-connectivity:
    product: windows
    service: smbserver-connectivity
    sources:
      - 'WinEventLog:Microsoft-Windows-SMBServer/Connectivity'
  service-smbserver-operational:
    product: windows
    service: smbserver-operational
    sources:
      - 'WinEventLog:Microsoft-Windows-SMBServer/Operational'
  service-smbserver-security:
    product: windows
    service: smbserver-security
    sources:
      - 'WinEventLog:Microsoft-Windows-SMBServer/Security'
  service-taskscheduler:
    product: windows
    service: taskscheduler
    sources:
      - 'WinEventLog:Microsoft-Windows-TaskScheduler/Operational'
  service-terminalservices-localsessionmanager:
    product: windows
    service: terminalservices-localsessionmanager
    sources:
      - 'WinEventLog:Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'
  service-vhdmp:
    product: windows
    service: vhdmp
    sources:
      - 'WinEventLog:Microsoft-Windows-VHDMP/Operational'
      - 'WinEventLog:Microsoft-Windows-VHDMP-Operational'
  service-wmi:
    product: windows
    service: wmi
    sources:
      - 'WinEventLog:Microsoft-Windows-WMI-Activity/Operational'
  service-windefend:
    product: windows
    service: windefend
    sources:
      - 'WinEventLog:Microsoft-Windows-Windows Defender/Operational'
)yaml";
}

}  // namespace exhibit::sigma
