#include "base/time.h"

#include <array>

namespace exhibit::base {
namespace {

constexpr std::int64_t kDaysFrom1601To1970 = 134'774;
constexpr Ticks kTicksPerDay = 86'400 * kTicksPerSecond;

// Days since 1970-01-01 of a proleptic Gregorian date, and back: the era-based algorithm of
// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2 ? 1 : 0;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146'097 + static_cast<std::int64_t>(doe) - 719'468;
}

void civil_from_days(std::int64_t z, CivilTime& out) {
  z += 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const auto doe = static_cast<unsigned>(z - era * 146'097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  out.year =
      static_cast<std::int32_t>(static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2 ? 1 : 0));
  out.month = static_cast<std::uint8_t>(month);
  out.day = static_cast<std::uint8_t>(doy - (153 * mp + 2) / 5 + 1);
}

void append_digits(std::string& out, std::uint64_t value, int width) {
  std::array<char, 20> digits{};
  int n = 0;
  do {
    digits[static_cast<std::size_t>(n++)] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (int i = n; i < width; ++i) out += '0';
  while (n > 0) out += digits[static_cast<std::size_t>(--n)];
}

bool leap(std::int32_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

int days_in_month(std::int32_t year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Reads exactly `width` digits at the front of `text` and removes them; -1 when they are not there.
std::int64_t take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return -1;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

CivilTime civil_from_ticks(Ticks ticks) {
  std::int64_t days = ticks / kTicksPerDay;
  std::int64_t rest = ticks % kTicksPerDay;
  if (rest < 0) {
    rest += kTicksPerDay;
    --days;
  }
  CivilTime out{};
  civil_from_days(days - kDaysFrom1601To1970, out);
  const std::int64_t seconds = rest / kTicksPerSecond;
  out.tick = static_cast<std::uint32_t>(rest % kTicksPerSecond);
  out.hour = static_cast<std::uint8_t>(seconds / 3600);
  out.minute = static_cast<std::uint8_t>(seconds / 60 % 60);
  out.second = static_cast<std::uint8_t>(seconds % 60);
  return out;
}

Ticks ticks_from_civil(const CivilTime& c) {
  const std::int64_t days = days_from_civil(c.year, c.month, c.day) + kDaysFrom1601To1970;
  const std::int64_t seconds = c.hour * 3600 + c.minute * 60 + c.second;
  return days * kTicksPerDay + seconds * kTicksPerSecond + static_cast<Ticks>(c.tick);
}

int iso_week(const CivilTime& c) {
  const auto weeks_in = [](std::int32_t year) {
    const auto p = [](std::int32_t y) { return (y + y / 4 - y / 100 + y / 400) % 7; };
    return p(year) == 4 || p(year - 1) == 3 ? 53 : 52;
  };
  const std::int64_t day = days_from_civil(c.year, c.month, c.day);
  const std::int64_t first = days_from_civil(c.year, 1, 1);
  const auto ordinal = static_cast<int>(day - first) + 1;
  const auto weekday = static_cast<int>(((day + 3) % 7 + 7) % 7) + 1;  // Monday is 1
  const int week = (ordinal - weekday + 10) / 7;
  if (week < 1) return weeks_in(c.year - 1);
  if (week > weeks_in(c.year)) return 1;
  return week;
}

void append_rfc3339(std::string& out, Ticks ticks) {
  const CivilTime c = civil_from_ticks(ticks);
  append_digits(out, static_cast<std::uint64_t>(c.year < 0 ? 0 : c.year), 4);
  out += '-';
  append_digits(out, c.month, 2);
  out += '-';
  append_digits(out, c.day, 2);
  out += 'T';
  append_digits(out, c.hour, 2);
  out += ':';
  append_digits(out, c.minute, 2);
  out += ':';
  append_digits(out, c.second, 2);
  out += '.';
  append_digits(out, c.tick, 7);
  out += 'Z';
}

std::string to_rfc3339(Ticks ticks) {
  std::string out;
  append_rfc3339(out, ticks);
  return out;
}

std::optional<Ticks> parse_time(std::string_view text) {
  CivilTime c{};
  const std::int64_t year = take_digits(text, 4);
  if (year < 1601 || !take(text, '-')) return std::nullopt;
  const std::int64_t month = take_digits(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return std::nullopt;
  const std::int64_t day = take_digits(text, 2);
  c.year = static_cast<std::int32_t>(year);
  if (day < 1 || day > days_in_month(c.year, static_cast<int>(month))) return std::nullopt;
  c.month = static_cast<std::uint8_t>(month);
  c.day = static_cast<std::uint8_t>(day);
  if (text.empty()) return ticks_from_civil(c);
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const std::int64_t hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const std::int64_t minute = take_digits(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  std::int64_t second = 0;
  std::int64_t tick = 0;
  if (take(text, ':')) {
    second = take_digits(text, 2);
    if (second < 0 || second > 60)
      return std::nullopt;  // 60: a leap second, the next minute's start
    if (take(text, '.') || take(text, ',')) {
      std::int64_t scale = kTicksPerSecond / 10;
      std::size_t digits = 0;
      while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        tick += (text[digits] - '0') * scale;
        scale /= 10;
        ++digits;
      }
      if (digits == 0 || digits > 9) return std::nullopt;
      text.remove_prefix(digits);
    }
  }
  c.hour = static_cast<std::uint8_t>(hour);
  c.minute = static_cast<std::uint8_t>(minute);
  std::int64_t offset_minutes = 0;
  if (text.size() > 1) static_cast<void>(take(text, ' '));  // `… +00:00`, `… Z`: Hayabusa
  if (!text.empty() && !take(text, 'Z') && !take(text, 'z')) {
    const bool minus = text.front() == '-';
    if (!minus && text.front() != '+') return std::nullopt;
    text.remove_prefix(1);
    const std::int64_t zone_hours = take_digits(text, 2);
    if (zone_hours < 0 || zone_hours > 23) return std::nullopt;
    std::int64_t zone_minutes = 0;
    const bool colon = take(text, ':');
    if (colon || !text.empty()) {
      zone_minutes = take_digits(text, 2);
      if (zone_minutes < 0 || zone_minutes > 59) return std::nullopt;
    }
    offset_minutes = (zone_hours * 60 + zone_minutes) * (minus ? -1 : 1);
  }
  if (!text.empty()) return std::nullopt;
  return ticks_from_civil(c) + second * kTicksPerSecond + tick -
         offset_minutes * 60 * kTicksPerSecond;
}

}  // namespace exhibit::base
