// Comma-separated values (RFC 4180) that a spreadsheet opens without running a formula.
//
// A text cell whose first character is = + - @ (also in their full-width forms), a tab, a carriage
// return or a line feed is written with an apostrophe before it.
// Source:  RFC 4180; OWASP "CSV Injection".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::cli {

/// One row, ended by CR LF.
void append_csv_row(std::string& out, const std::vector<std::string>& cells);

}  // namespace exhibit::cli
