#include "generator/world.h"

#include <array>
#include <cstdio>

#include "base/time.h"
#include "generator/parts.h"

namespace exhibit::samples {

std::int64_t at(int day, int hour, int minute, int second) {
  static const std::int64_t start = *base::parse_time("2026-03-02");
  const std::int64_t seconds = ((day * 24 + hour) * 60 + minute) * 60 + second;
  // The part below a second: any, but the same each time.
  return start + seconds * base::kTicksPerSecond + (seconds * 7'368'787) % base::kTicksPerSecond;
}

std::uint64_t Dice::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

int Dice::between(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

std::int64_t Dice::moment(int day, int first_hour, int last_hour) {
  return at(day, first_hour, 0, between(0, (last_hour - first_hour + 1) * 3600 - 1));
}

std::string sid_of(std::string_view user) {
  if (user == "SYSTEM") return "S-1-5-18";
  if (user == "-") return "S-1-0-0";
  return std::string(kDomainSid) + "-" + std::to_string(1100 + hash(user) % 4000);
}

std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value;
}

std::string hexadecimal(std::uint64_t value, int digits) {
  std::array<char, 17> out{};
  std::snprintf(out.data(), out.size(), "%0*llX", digits, static_cast<unsigned long long>(value));
  return out.data();
}

// Process ids are multiples of four on Windows.
std::uint32_t process_id(std::string_view image, std::int64_t time) {
  Dice dice(hash(image) ^ static_cast<std::uint64_t>(time));
  return static_cast<std::uint32_t>(dice.between(300, 4000)) * 4;
}

std::string process_guid(const Host& host, std::string_view image, std::int64_t time) {
  const std::uint64_t h = hash(image);
  const std::uint64_t seconds = static_cast<std::uint64_t>(time) / 10'000'000 - 11'644'473'600;
  return hexadecimal(host.guid, 8) + "-" + hexadecimal(seconds >> 16 & 0xffff, 4) + "-" +
         hexadecimal(seconds & 0xffff, 4) + "-" + hexadecimal(h & 0xffff, 4) + "-" +
         hexadecimal(h >> 16 & 0xffffffffffff, 12);
}

EvtxValue sid(std::string_view user) { return test::evtx_sid(sid_of(user)); }

std::uint64_t logon_id(std::string_view user) { return 0x10000 + (hash(user) & 0xffffff); }

EvtxEvent manifest_event(const Host& host, std::int64_t time, std::uint16_t id, const char* name,
                         const char* guid, const char* channel, Data data) {
  EvtxEvent e;
  e.provider = name;
  e.guid = guid;
  e.event_id = id;
  e.ticks = time;
  e.process_id = 1180;
  e.thread_id = 2044;
  e.channel = channel;
  e.computer = host.full_name();
  e.user_sid = "S-1-5-18";
  e.data = std::move(data);
  return e;
}

}  // namespace exhibit::samples
