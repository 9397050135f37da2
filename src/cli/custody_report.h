// The chain of custody, for the eye and as JSON.
#pragma once

#include <string>

#include "cli/console.h"
#include "exhibit/custody.h"

namespace exhibit::cli {

void append_custody_table(std::string& out, const Console& console,
                          const casefile::CustodyReport& report);
/// One JSON object, without newline: docs/formats/case.md lists its members.
void append_custody_json(std::string& out, const casefile::CustodyReport& report);

}  // namespace exhibit::cli
