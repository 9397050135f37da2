#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "cli/arguments.h"

namespace exhibit::cli {

namespace {

void write_stderr(std::string text) {
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;  // nobody left to tell
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

int exit_status(const Error& error) {
  switch (error.code) {
    case ErrorCode::usage:
    case ErrorCode::not_found:
    case ErrorCode::exists:
    case ErrorCode::io:
    case ErrorCode::unsupported:
      return exit_usage;
    case ErrorCode::changed:
      return exit_damaged;
    case ErrorCode::undecidable:
      return exit_undecidable;
    case ErrorCode::refused:
      return exit_refused;
    case ErrorCode::interrupted:
      return exit_interrupted;
    case ErrorCode::truncated:
    case ErrorCode::bad_signature:
    case ErrorCode::malformed:
    case ErrorCode::proof_mismatch:
    case ErrorCode::limit:
      return exit_no;
  }
  return exit_internal;
}

Console::Console(const Arguments& arguments)
    : quiet_(arguments.has("quiet")), verbose_(arguments.has("verbose")) {
  stdout_terminal_ = ::isatty(STDOUT_FILENO) == 1;
  stderr_terminal_ = ::isatty(STDERR_FILENO) == 1;
  const auto when = arguments.value("color", "auto");
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
  color_ = when == "always" || (when == "auto" && stdout_terminal_ && !dumb &&
                                (no_color == nullptr || *no_color == '\0'));
  winsize size{};
  if (stdout_terminal_ && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    width_ = std::clamp<std::size_t>(size.ws_col, 40, 160);
}

void Console::error(std::string_view message) const {
  write_stderr("exhibit: " + std::string(message));
}
void Console::note(std::string_view message) const {
  if (!quiet_) write_stderr(std::string(message));
}
void Console::detail(std::string_view message) const {
  if (verbose_) write_stderr(std::string(message));
}

std::string Console::painted(std::string_view code, std::string_view text) const {
  if (!color_ || code.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string Console::paint(Style style, std::string_view text) const {
  switch (style) {
    case Style::plain:
      break;
    case Style::bold:
      return painted("1", text);
    case Style::dim:
      return painted("2", text);
    case Style::good:
      return painted("32", text);
    case Style::bad:
      return painted("1;31", text);
    case Style::doubtful:
      return painted("33", text);
  }
  return std::string(text);
}

std::string Console::paint(sigma::Level level, std::string_view text) const {
  static constexpr std::array<std::string_view, 5> kCodes{"2", "36", "33", "31", "1;97;41"};
  return painted(kCodes[static_cast<std::size_t>(level)], text);
}

std::string describe(const Error& error) {
  std::string out = error.what.c_str();
  if (error.code == ErrorCode::io && error.detail != 0) {
    out += ": ";
    out += std::strerror(static_cast<int>(error.detail));
  }
  if (error.offset != kNoOffset) out += " (at byte " + grouped(error.offset) + ")";
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view plural) {
  std::string out = grouped(number) + " ";
  if (number == 1) return out + std::string(one);
  return out + (plural.empty() ? std::string(one) + "s" : std::string(plural));
}

std::string readable_size(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 6> kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  std::uint64_t tenths = bytes;
  std::size_t unit = 0;
  std::uint64_t divisor = 1;
  while (tenths / divisor >= 1000 && unit + 1 < std::size(kUnits)) {
    divisor *= 1000;
    ++unit;
  }
  tenths = tenths / (divisor / 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " +
         std::string(kUnits[unit]);
}

}  // namespace exhibit::cli
