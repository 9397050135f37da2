// The result as a responder wants it first: what was found, when, what was looked at, what was not.
//
// Everything from evidence or rules passes through safe_text. Lines fit the console's width, wide
// characters counted as two cells.
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/summary.h"
#include "exhibit/casefile.h"
#include "exhibit/hunt.h"

namespace exhibit::cli {

/// Totals by level, a line or two for each rule, and a histogram of days.
void append_findings_table(std::string& out, const Console& console, const Summary& summary,
                           const hunt::HuntResult& result);
/// What was looked at, and what was not and why. With --verbose every source, damage and skipped
/// file, otherwise the first of them and counts.
void append_coverage_table(std::string& out, const Console& console, const Zone& zone,
                           const sigma::RulePack& pack, const hunt::HuntResult& result);
/// What seals this, and what to hand over by another way; or how to seal.
void append_seal(std::string& out, const Console& console, const casefile::SealSummary* seal);

}  // namespace exhibit::cli
