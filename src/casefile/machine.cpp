// The machine that evidence is acquired on. The only place of the library that asks for its clock's
// state, zone and names: they go into statements and nowhere else.
#include <pwd.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "casefile/files.h"
#include "exhibit/acquisition.h"

namespace exhibit::casefile {
namespace {

constexpr const char* kClockSource =
    "/sys/devices/system/clocksource/clocksource0/current_clocksource";
constexpr std::uint64_t kClockSourceSizeMax = 4096;
constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;

std::string read_clock_source() {
  std::string text = files::read(kClockSource, kClockSourceSizeMax).value_or(std::string());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

void ask_kernel(Machine& machine) {
  timex now{};  // modes 0: asks, and sets nothing
  const int state = ::adjtimex(&now);
  if (state < 0) return;
  const bool unsynchronised = state == TIME_ERROR || (now.status & STA_UNSYNC) != 0;
  machine.ntp = unsynchronised ? Machine::Ntp::unsynchronised : Machine::Ntp::synchronised;
  machine.offset_ns =
      (now.status & STA_NANO) != 0 ? now.offset : now.offset * kNanosecondsPerMicrosecond;
  machine.estimated_error_ns = now.esterror * kNanosecondsPerMicrosecond;
  machine.maximum_error_ns = now.maxerror * kNanosecondsPerMicrosecond;
}

}  // namespace

std::string_view to_string(Machine::Ntp ntp) {
  switch (ntp) {
    case Machine::Ntp::synchronised:
      return "synchronised";
    case Machine::Ntp::unsynchronised:
      return "unsynchronised";
    case Machine::Ntp::unknown:
      break;
  }
  return "unknown";
}

Machine this_machine() {
  Machine out;
  utsname names{};
  if (::uname(&names) == 0) {
    out.name = names.nodename;
    out.system = std::string(names.sysname) + " " + names.release + " " + names.machine;
  }
  const passwd* user = ::getpwuid(::geteuid());
  out.account = user != nullptr ? std::string(user->pw_name) : std::to_string(::geteuid());
  if (char* const here = ::getcwd(nullptr, 0); here != nullptr) {
    out.folder = here;
    std::free(here);  // NOLINT: getcwd allocates with malloc
  }
  out.clock_source = read_clock_source();
  ask_kernel(out);
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (::localtime_r(&now, &local) != nullptr) out.zone_offset_s = local.tm_gmtoff;
  return out;
}

}  // namespace exhibit::casefile
