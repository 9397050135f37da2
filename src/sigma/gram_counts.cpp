#include "sigma/gram_counts.h"

#include <cstring>

namespace exhibit::sigma::fast {
namespace {

constexpr std::uint32_t kBackgroundWeight = 50;

// Folded, as values are when they are matched. Each line is a shape that fills ordinary logs.
constexpr std::string_view kBackground[] = {
    R"(c:\windows\system32\svchost.exe -k netsvcs -p -s schedule)",
    R"(c:\windows\system32\svchost.exe -k localservicenetworkrestricted -p)",
    R"(c:\windows\system32\services.exe c:\windows\system32\lsass.exe c:\windows\explorer.exe)",
    R"(c:\windows\syswow64\ c:\windows\winsxs\amd64_microsoft-windows-)",
    R"(c:\windows\system32\conhost.exe 0xffffffff -forcev1)",
    R"(\??\c:\windows\system32\conhost.exe \systemroot\system32\ \device\harddiskvolume2\)",
    R"("c:\windows\system32\cmd.exe" /c "c:\windows\system32\rundll32.exe" shell32.dll,)",
    R"("c:\windows\system32\windowspowershell\v1.0\powershell.exe" -noprofile -executionpolicy)",
    R"(powershell.exe -nop -noninteractive -windowstyle hidden -command invoke-expression)",
    R"(c:\windows\system32\windowspowershell\v1.0\modules\microsoft.powershell.management\)",
    R"(c:\program files\windows defender\msmpeng.exe c:\programdata\microsoft\windows defender\)",
    R"(c:\program files (x86)\microsoft\edge\application\msedge.exe --type=renderer --lang=en-us)",
    R"(c:\program files (x86)\google\chrome\application\chrome.exe --type=utility)",
    R"(c:\program files\common files\microsoft shared\ c:\program files\microsoft office\root\)",
    R"(c:\windows\microsoft.net\framework64\v4.0.30319\ c:\windows\assembly\nativeimages_)",
    R"(c:\users\administrator\appdata\local\temp\ c:\users\public\ c:\users\user\appdata\roaming\)",
    R"(c:\windows\temp\ c:\windows\system32\config\systemprofile\appdata\local\microsoft\)",
    R"(c:\windows\system32\wbem\wmiprvse.exe -embedding c:\windows\system32\taskhostw.exe)",
    R"(c:\windows\system32\ntdll.dll+9c524|c:\windows\system32\kernelbase.dll+2730e|)",
    R"(c:\windows\system32\kernel32.dll+17034|c:\windows\system32\rpcrt4.dll+unknown(0000))",
    R"(hklm\software\microsoft\windows\currentversion\explorer\ hkcr\clsid\{)",
    R"(hklm\system\currentcontrolset\services\ hklm\system\currentcontrolset\control\)",
    R"(hku\s-1-5-21-1234567890-1234567890-1234567890-1000\software\classes\local settings\)",
    R"(hklm\software\wow6432node\microsoft\windows nt\currentversion\ hkcu\software\policies\)",
    R"(\registry\machine\software\microsoft\ \registry\user\ binary data dword (0x00000000))",
    R"(nt authority\system nt authority\local service nt authority\network service)",
    R"(microsoft corporation microsoft windows operating system microsoft windows publisher)",
    R"(microsoft-windows-security-auditing microsoft-windows-sysmon/operational)",
    R"(sha1=0123456789abcdef0123456789abcdef01234567,md5=0123456789abcdef0123456789abcdef,)",
    R"(sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,imphash=)",
    R"({00000000-0000-0000-0000-000000000000} {12345678-1234-1234-1234-123456789012})",
    R"(0x1000 0x1410 0x1fffff 0x1f3fff 0x0 0x3e7 10.0.19041.1 (winbuild.160101.0800))",
    R"(http://www.microsoft.com https:// .com .local .exe .dll .sys .ps1 .tmp .log .dat .xml)",
    R"(function param ( [parameter(mandatory=$true)] [string] $ -eq "" ) { return } else { if ($)",
    R"(new-object system.collections. write-verbose get-item -path set-itemproperty -name -value)",
    R"(scriptblock text (1 of 1): commandinvocation(out-default): parameterbinding(out-default))",
    R"(true false unknown windows user name local domain computer group service session process)",
};

}  // namespace

GramCounts::GramCounts() : counts_(std::size_t{1} << 16) {
  for (const std::string_view line : kBackground) add(line, kBackgroundWeight);
}

void GramCounts::add(std::string_view text, std::uint32_t weight) {
  for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
    std::uint32_t gram = 0;
    std::memcpy(&gram, text.data() + at, sizeof gram);
    counts_[slot(gram)] += weight;
  }
}

}  // namespace exhibit::sigma::fast
