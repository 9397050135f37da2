#include "sigma/value.h"

#include <charconv>
#include <cmath>
#include <string>

#include "base/text.h"
#include "base/time.h"

namespace exhibit::sigma {
namespace {

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int part_of(const base::CivilTime& civil, TimePart part) {
  switch (part) {
    case TimePart::minute:
      return civil.minute;
    case TimePart::hour:
      return civil.hour;
    case TimePart::day:
      return civil.day;
    case TimePart::week:
      return base::iso_week(civil);
    case TimePart::month:
      return civil.month;
    case TimePart::year:
      return civil.year;
  }
  return -1;
}

}  // namespace

std::optional<double> numeric(const event::Value& value) {
  if (value.is_null()) return std::nullopt;
  if (const auto integer = event::to_integer(value)) return static_cast<double>(*integer);
  const auto number = parse_whole<double>(event::to_text(value));
  if (!number || !std::isfinite(*number)) return std::nullopt;
  return number;
}

bool number_equals(const Predicate& predicate, const event::Value& value) {
  if (value.is_null()) return false;
  if (base::folded(event::to_text(value)) == base::folded(predicate.text)) return true;
  // Beyond 2^53 a double no longer tells integers apart; the text as written does.
  if (const auto wanted = parse_whole<std::int64_t>(predicate.text)) {
    if (const auto integer = event::to_integer(value)) return *integer == *wanted;
  }
  const auto number = numeric(value);
  return number && *number == predicate.number;
}

bool compares(const Predicate& predicate, const event::Value& value) {
  const auto number = numeric(value);
  if (!number) return false;
  switch (predicate.op) {
    case Predicate::Op::less:
      return *number < predicate.number;
    case Predicate::Op::less_equal:
      return *number <= predicate.number;
    case Predicate::Op::greater:
      return *number > predicate.number;
    case Predicate::Op::greater_equal:
      return *number >= predicate.number;
    default:
      return false;
  }
}

bool time_part_equals(const Predicate& predicate, const event::Value& value) {
  if (value.is_null()) return false;
  const event::Ticks time = event::to_time(value);
  if (time == event::kNoTime) return false;
  return part_of(base::civil_from_ticks(time), predicate.part) ==
         static_cast<int>(predicate.number);
}

}  // namespace exhibit::sigma
