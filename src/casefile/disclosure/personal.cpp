#include "casefile/disclosure/personal.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exhibit::casefile {
namespace {

// Names of fields that hold who somebody is, where from, or what he wrote.
constexpr std::array<std::string_view, 34> kNames{
    "accountname",       "clientaddress",       "clientname",     "commandline",     "contextinfo",
    "destinationip",     "destinationhostname", "homedirectory",  "homepath",        "ipaddress",
    "message",           "parentcommandline",   "parentuser",     "payload",         "recipient",
    "remoteaddress",     "remotename",          "samaccountname", "scriptblocktext", "sender",
    "sourceaddress",     "sourcehostname",      "sourceip",       "sourceuser",      "subject",
    "targetserver",      "targetuser",          "user",           "userid",          "username",
    "userprincipalname", "userworkstations",    "workstation",    "workstationname",
};
// And what such names end with: SubjectUserName, TargetUserSid, EmailAddress.
constexpr std::array<std::string_view, 9> kEndings{"username",    "usersid",     "userid",
                                                   "accountname", "displayname", "ipaddress",
                                                   "mail",        "mailaddress", "emailaddress"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Four numbers of up to three digits with dots between, standing alone.
bool has_ipv4(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789.", at), text.size());
    const std::string_view part = text.substr(at, end - at);
    int dots = 0;
    bool good = !part.empty() && is_digit(part.front()) && is_digit(part.back());
    std::size_t digits = 0;
    for (const char c : part) {
      dots += c == '.';
      digits = c == '.' ? 0 : digits + 1;
      good = good && digits <= 3 && (c != '.' || digits == 0);
    }
    if (good && dots == 3 && part.find("..") == std::string_view::npos) return true;
    at = end + 1;
  }
  return false;
}

bool is_ipv6(std::string_view text) {
  return std::ranges::count(text, ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string_view::npos;
}

bool has_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view behind = text.substr(at + 1);
  const std::size_t dot = behind.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < behind.size() &&
         text[at - 1] != ' ' && behind.find(' ') > dot;
}

}  // namespace

bool is_personal(std::span<const std::string> names, event::ValueType type, std::string_view text) {
  if (text.empty() || text == "-") return false;
  const std::string lower = base::ascii_lower(text);
  // Of accounts in a domain, on a machine or in a directory; all others are the same everywhere.
  if (type == event::ValueType::sid || lower.starts_with("s-1-"))
    return lower.starts_with("s-1-5-21-") || lower.starts_with("s-1-12-1-");
  for (const std::string& name : names)
    if (std::ranges::binary_search(kNames, std::string_view(name)) ||
        std::ranges::any_of(kEndings,
                            [&](std::string_view ending) { return name.ends_with(ending); }))
      return true;
  return has_ipv4(text) || is_ipv6(text) || has_mail_address(text) ||
         lower.find("\\users\\") != std::string::npos || lower.find("/home/") != std::string::npos;
}

}  // namespace exhibit::casefile
