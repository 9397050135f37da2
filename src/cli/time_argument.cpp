#include "cli/time_argument.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "cli/arguments.h"

namespace exhibit::cli {

namespace {

constexpr base::Ticks kTicksPerDay = 86'400 * base::kTicksPerSecond;
constexpr std::uint64_t kSpanMax = 1'000'000;  // of any unit; a million weeks is before 1601

base::Ticks unit_ticks(char unit) {
  switch (unit) {
    case 'm':
      return 60 * base::kTicksPerSecond;
    case 'h':
      return 3600 * base::kTicksPerSecond;
    case 'd':
      return kTicksPerDay;
    case 'w':
      return 7 * kTicksPerDay;
    default:
      return 0;
  }
}

// Whether the system's database has a zone of this name. glibc takes an unknown one for UTC
// without a word.
bool zone_exists(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.front() == ':' ||
      name.find("..") != std::string_view::npos || name.find('\0') != std::string_view::npos)
    return false;
  const char* named = std::getenv("TZDIR");
  const std::filesystem::path folder = named != nullptr ? named : "/usr/share/zoneinfo";
  std::error_code ignored;
  const auto path = folder / name;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::ifstream in(path, std::ios::binary);
  std::string magic(4, '\0');
  in.read(magic.data(), 4);
  return magic == "TZif";  // RFC 8536 3.1
}

}  // namespace

std::optional<base::Ticks> parse_time_argument(std::string_view text, base::Ticks now) {
  if (!text.empty() && unit_ticks(text.back()) != 0) {
    const auto count = parse_number(text.substr(0, text.size() - 1), 0, kSpanMax);
    if (count) {
      const auto back = static_cast<base::Ticks>(*count) * unit_ticks(text.back());
      return back > now ? 0 : now - back;
    }
  }
  return base::parse_time(text);
}

base::Ticks clock_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return base::kUnixEpochTicks + now.tv_sec * base::kTicksPerSecond + now.tv_nsec / 100;
}

std::optional<Zone> Zone::load(std::string_view name) {
  Zone zone;
  if (name.empty() || name == "UTC" || name == "Z") return zone;
  zone.utc_ = false;
  zone.name_ = name;
  if (name != "local") {
    if (!zone_exists(name)) return std::nullopt;
    ::setenv("TZ", (":" + zone.name_).c_str(), 1);
  }
  ::tzset();
  return zone;
}

base::Ticks Zone::local(base::Ticks time) const {
  if (utc_ || time == base::kNoTime) return time;
  base::Ticks rest = (time - base::kUnixEpochTicks) % base::kTicksPerSecond;
  if (rest < 0) rest += base::kTicksPerSecond;
  const std::time_t seconds = (time - base::kUnixEpochTicks - rest) / base::kTicksPerSecond;
  std::tm parts{};
  if (::localtime_r(&seconds, &parts) == nullptr) return time;
  return time + parts.tm_gmtoff * base::kTicksPerSecond;
}

std::string Zone::text(base::Ticks time) const {
  if (time == base::kNoTime) return std::string(19, ' ');
  std::string out = base::to_rfc3339(local(time));
  const auto dot = out.find('.');
  if (dot != std::string::npos) out.resize(dot);
  const auto separator = out.find('T');
  if (separator != std::string::npos) out[separator] = ' ';
  return out;
}

std::int64_t Zone::day(base::Ticks time) const {
  const base::Ticks there = local(time);
  return there >= 0 ? there / kTicksPerDay : (there - kTicksPerDay + 1) / kTicksPerDay;
}

std::string day_text(std::int64_t day) {
  return base::to_rfc3339(day * kTicksPerDay).substr(0, 10);
}

}  // namespace exhibit::cli
