#include "evidence/json_framer.h"

#include <cstring>

#include "evidence/json_text.h"

namespace exhibit::evidence {
namespace {

using event::Damage;
using event::DamageKind;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::size_t skip_mark(std::string_view text, std::uint64_t offset) {
  return offset == 0 && text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

// Whether what follows a record leaves it alone on its line: a newline, the window's end, or
// garbage; not another record, nor what stands between the records of an array.
bool ends_its_line(std::string_view behind) {
  const std::size_t other = behind.find_first_not_of(" \t\r");
  return other == std::string_view::npos ||
         std::string_view(",[]{").find(behind[other]) == std::string_view::npos;
}

}  // namespace

std::size_t JsonFramer::frame(std::string_view window, bool at_end, event::Batch& batch) {
  if (mode_ == Mode::undetected) {
    mode_ = detect(window);
    scanned_ = skip_mark(window, offset_);
  }
  return mode_ == Mode::lines ? frame_lines(window, at_end, batch)
                              : frame_values(window, at_end, batch);
}

// Lines are the more robust framing (damage cannot reach past a newline), values the more general:
// lines only where every whole value of the first window has a line to itself. What is broken there
// says nothing.
JsonFramer::Mode JsonFramer::detect(std::string_view window) {
  const std::size_t mark = skip_mark(window, 0);
  const std::size_t first = window.find_first_not_of(" \t\r\n", mark);
  if (first == std::string_view::npos || window[first] == '[') return Mode::values;
  JsonFramer probe(Mode::values, 0);
  probe.scanned_ = mark;
  event::Batch found;
  static_cast<void>(probe.frame_values(window, false, found));
  for (const event::Event& e : found.events) {
    const std::string_view record = window.substr(e.offset, e.length);
    if (record.find('\n') != std::string_view::npos ||
        !ends_its_line(window.substr(e.offset + e.length)))
      return Mode::values;
  }
  return found.events.empty() ? Mode::values : Mode::lines;
}

// Hands out the first `size` bytes of the window; `scanned` bytes behind them need no second look.
std::size_t JsonFramer::settle(std::size_t size, std::size_t scanned) {
  offset_ += size;
  scanned_ = scanned;
  return size;
}

void JsonFramer::add_record(std::uint64_t start, std::uint64_t length, event::Batch& batch) const {
  if (oversized_ || length > kJsonRecordSizeBytesMax) {
    batch.damage.push_back({start, length, DamageKind::record_too_large});
    return;
  }
  event::Event record;
  record.offset = start;
  record.length = static_cast<std::uint32_t>(length);
  batch.events.push_back(record);
}

void JsonFramer::add_line(std::string_view window, std::size_t first, std::size_t last,
                          event::Batch& batch) {
  if (oversized_) {
    add_record(start_, offset_ + last - start_, batch);
    oversized_ = false;
    return;
  }
  std::string_view line = window.substr(first, last - first);
  line.remove_prefix(skip_mark(line, offset_ + first));
  line = trimmed(line);
  if (line.empty()) return;
  const auto at = static_cast<std::size_t>(line.data() - window.data());
  add_record(offset_ + at, line.size(), batch);
}

std::size_t JsonFramer::frame_lines(std::string_view window, bool at_end, event::Batch& batch) {
  std::size_t line = 0;
  std::size_t from = scanned_;
  while (from < window.size()) {
    const void* found = std::memchr(window.data() + from, '\n', window.size() - from);
    if (found == nullptr) break;
    const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - window.data());
    add_line(window, line, newline, batch);
    line = from = newline + 1;
    if (batch.events.size() == kJsonRecordsPerBatchMax) return settle(line, 0);
  }
  if (at_end) {
    if (line < window.size() || oversized_) add_line(window, line, window.size(), batch);
    return settle(window.size(), 0);
  }
  if (oversized_) return settle(window.size(), 0);
  if (line > 0) return settle(line, window.size() - line);
  if (window.size() <= kJsonRecordSizeBytesMax) {
    scanned_ = window.size();
    return 0;
  }
  oversized_ = true;
  start_ = offset_;
  return settle(window.size(), 0);
}

std::size_t JsonFramer::frame_values(std::string_view window, bool at_end, event::Batch& batch) {
  std::size_t at = scanned_;
  while (at < window.size()) {
    switch (place_) {
      case Place::between:
        if (batch.events.size() >= kJsonRecordsPerBatchMax) return settle(at, 0);
        at = step_between(window, at);
        break;
      case Place::in_garbage:
        at = step_garbage(window, at, batch);
        break;
      case Place::in_record:
        at = in_string_ ? step_string(window, at) : step_record(window, at, batch);
        break;
    }
  }
  if (at_end) {
    finish_values(window.size(), batch);
    return settle(window.size(), 0);
  }
  if (place_ != Place::in_record || oversized_) return settle(window.size(), 0);
  const std::size_t record = start_ - offset_;
  if (record > 0) return settle(record, window.size() - record);
  if (window.size() <= kJsonRecordSizeBytesMax) {
    scanned_ = window.size();
    return 0;
  }
  oversized_ = true;
  return settle(window.size(), 0);
}

// The source ends: whatever is open is damage.
void JsonFramer::finish_values(std::size_t size, event::Batch& batch) {
  const std::uint64_t end = offset_ + size;
  if (place_ == Place::in_record) {
    const bool too_large = oversized_ || end - start_ > kJsonRecordSizeBytesMax;
    batch.damage.push_back(
        {start_, end - start_, too_large ? DamageKind::record_too_large : DamageKind::truncated});
  } else if (place_ == Place::in_garbage) {
    batch.damage.push_back({start_, end - start_, DamageKind::bad_json});
  } else if (open_arrays_ > 0) {
    batch.damage.push_back({end, 0, DamageKind::truncated});
  }
  place_ = Place::between;
  open_arrays_ = 0;
}

std::size_t JsonFramer::step_between(std::string_view window, std::size_t at) {
  const char c = window[at];
  switch (c) {
    case '\n':
      line_start_ = true;
      indent_ = 0;
      return at + 1;
    case ' ':
    case '\t':
    case '\r':
      ++indent_;
      return at + 1;
    case '[':
      ++open_arrays_;
      break;
    case ']':
      if (open_arrays_ > 0) --open_arrays_;
      break;
    case ',':
      break;
    case '{':
      place_ = Place::in_record;
      start_ = offset_ + at;
      record_indent_ = line_start_ ? indent_ : kAnyIndent;
      depth_ = 1;
      after_value_ = false;
      break;
    default:
      place_ = Place::in_garbage;
      start_ = offset_ + at;
      record_indent_ = kAnyIndent;
      break;
  }
  line_start_ = false;
  return at + 1;
}

// Garbage between records ends with its line or where an object begins; the rest of a broken record
// ends where a line begins an object at the indentation at which that record began.
std::size_t JsonFramer::step_garbage(std::string_view window, std::size_t at, event::Batch& batch) {
  const char c = window[at];
  const bool any = record_indent_ == kAnyIndent;
  if (c == '\n') {
    if (any) end_record(offset_ + at, batch);
    line_start_ = true;
    indent_ = 0;
    return at + 1;
  }
  if (c == '{' && (any || (line_start_ && indent_ == record_indent_))) {
    end_record(offset_ + at - (any ? 0 : indent_), batch);
    return at;
  }
  if (is_blank(c)) {
    ++indent_;
  } else {
    line_start_ = false;
  }
  return at + 1;
}

std::size_t JsonFramer::step_string(std::string_view window, std::size_t at) {
  if (escaped_) {
    escaped_ = false;
    return at + 1;
  }
  at = find_string_special(window, at);
  if (at == window.size()) return at;
  if (window[at] == '"') {
    in_string_ = false;
    after_value_ = true;
  } else if (window[at] == '\\') {
    escaped_ = true;
  } else if (window[at] == '\n') {
    // No JSON string holds a newline: its closing quote is lost.
    break_record();
    return at;
  }
  return at + 1;
}

std::size_t JsonFramer::step_record(std::string_view window, std::size_t at, event::Batch& batch) {
  for (; at < window.size(); ++at) {
    switch (window[at]) {
      case '"':
        in_string_ = true;
        line_start_ = false;
        return at + 1;
      case '{':
        if (after_value_) {
          // An object right behind a value: this record was cut off before.
          break_record();
          return at;
        }
        [[fallthrough]];
      case '[':
        ++depth_;
        after_value_ = false;
        line_start_ = false;
        break;
      case '}':
      case ']':
        after_value_ = true;
        line_start_ = false;
        if (--depth_ == 0) {
          end_record(offset_ + at + 1, batch);
          return at + 1;
        }
        break;
      case ',':
      case ':':
        after_value_ = false;
        line_start_ = false;
        break;
      case '\n':
        line_start_ = true;
        indent_ = 0;
        break;
      case ' ':
      case '\t':
      case '\r':
        ++indent_;
        break;
      default:
        after_value_ = true;
        line_start_ = false;
        break;
    }
  }
  return at;
}

// The record under way cannot be read: it is garbage up to where the next one begins.
void JsonFramer::break_record() {
  place_ = Place::in_garbage;
  in_string_ = false;
}

void JsonFramer::end_record(std::uint64_t end, event::Batch& batch) {
  if (place_ == Place::in_record) {
    add_record(start_, end - start_, batch);
  } else {
    batch.damage.push_back(
        {start_, end - start_, oversized_ ? DamageKind::record_too_large : DamageKind::bad_json});
  }
  place_ = Place::between;
  oversized_ = false;
}

}  // namespace exhibit::evidence
