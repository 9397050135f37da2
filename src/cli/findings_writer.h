// Findings in the machine formats: json, jsonl, csv. docs/formats/findings.md has the schemas.
#pragma once

#include "cli/output.h"
#include "exhibit/casefile.h"
#include "exhibit/hunt.h"
#include "exhibit/sigma.h"

namespace exhibit::cli {

/// One finding a line.
[[nodiscard]] Result<void> write_jsonl(Output& out, const sigma::RulePack& pack,
                                       const hunt::HuntResult& result);
/// One object: findings, coverage, seal.
[[nodiscard]] Result<void> write_json(Output& out, const sigma::RulePack& pack,
                                      const hunt::HuntResult& result,
                                      const casefile::SealSummary* seal);
/// A header row, then one finding a row.
[[nodiscard]] Result<void> write_csv(Output& out, const sigma::RulePack& pack,
                                     const hunt::HuntResult& result);

}  // namespace exhibit::cli
