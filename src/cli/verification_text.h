// What a verification found, as people read it: a line for each check, the verdict, what it stands
// on.
#pragma once

#include <span>
#include <string>

#include "cli/console.h"
#include "exhibit/disclosure.h"

namespace exhibit::cli {

/// Of a case or handover.
void append_report(std::string& out, const Console& console, const casefile::Report& report);
/// Of a bundle, with what it discloses.
void append_report(std::string& out, const Console& console, const casefile::BundleReport& report);

}  // namespace exhibit::cli
