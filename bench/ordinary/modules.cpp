// The libraries that programs load, and the hashes that Sysmon shows of files.
#include <array>

#include "generator/parts.h"
#include "ordinary/world.h"

namespace exhibit::ordinary {

std::string hashes_of(std::string_view path) {
  samples::Dice dice(samples::hash(path));
  const auto digits = [&](int count) {
    std::string out;
    for (; count > 0; count -= 8) out += samples::hexadecimal(dice.next() & 0xffffffff, 8);
    return out;
  };
  std::string out = "SHA1=" + digits(40);
  out += ",MD5=" + digits(32);
  out += ",SHA256=" + digits(64);
  return out + ",IMPHASH=" + digits(32);
}

const std::vector<Module>& all_modules() {
  static const std::vector<Module> modules = [] {
    std::vector<Module> out;
    constexpr std::array kNames = {"ntdll.dll",
                                   "kernel32.dll",
                                   "KernelBase.dll",
                                   "user32.dll",
                                   "gdi32.dll",
                                   "msvcrt.dll",
                                   "sechost.dll",
                                   "rpcrt4.dll",
                                   "combase.dll",
                                   "ole32.dll",
                                   "oleaut32.dll",
                                   "shlwapi.dll",
                                   "shell32.dll",
                                   "advapi32.dll",
                                   "ws2_32.dll",
                                   "crypt32.dll",
                                   "bcrypt.dll",
                                   "uxtheme.dll",
                                   "imm32.dll",
                                   "dwmapi.dll",
                                   "propsys.dll",
                                   "winhttp.dll",
                                   "wininet.dll",
                                   "iertutil.dll",
                                   "urlmon.dll",
                                   "mswsock.dll",
                                   "dnsapi.dll",
                                   "IPHLPAPI.DLL",
                                   "cryptbase.dll",
                                   "profapi.dll",
                                   "powrprof.dll",
                                   "umpdc.dll",
                                   "textinputframework.dll",
                                   "CoreMessaging.dll",
                                   "CoreUIComponents.dll",
                                   "wintypes.dll",
                                   "d3d11.dll",
                                   "dxgi.dll",
                                   "dcomp.dll",
                                   "windows.storage.dll",
                                   "wldp.dll",
                                   "netutils.dll",
                                   "clbcatq.dll",
                                   "secur32.dll"};
    out.reserve(kNames.size());
    for (const char* name : kNames) {
      out.push_back({std::string("C:\\Windows\\System32\\") + name, name,
                     "Microsoft Windows Component", "Microsoft Corporation",
                     "10.0.19041.3636 (WinBuild.160101.0800)", hashes_of(name)});
    }
    return out;
  }();
  return modules;
}

}  // namespace exhibit::ordinary
