#include "cli/csv.h"

#include <array>

namespace exhibit::cli {

namespace {

bool could_be_formula(std::string_view cell) {
  static constexpr std::array<std::string_view, 11> kStarts{"=",  "+",  "-",  "@",  "\t", "\r",
                                                            "\n", "＝", "＋", "－", "＠"};
  for (const auto start : kStarts) {
    if (cell.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

void append_csv_row(std::string& out, const std::vector<std::string>& cells) {
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) out += ',';
    first = false;
    const bool guard = could_be_formula(cell);
    if (!guard && cell.find_first_of(",\"\r\n") == std::string::npos) {
      out += cell;
      continue;
    }
    out += guard ? "\"'" : "\"";
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += "\r\n";
}

}  // namespace exhibit::cli
