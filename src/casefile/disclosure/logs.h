// The logs' part of a bundle: checkpoints, the entries that matter with their way to them, opened
// as far as needed, and who else saw them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "casefile/impl.h"
#include "exhibit/disclosure.h"

namespace exhibit::casefile {

/// Files of a bundle, in the order in which they stand.
using BundleFiles = std::vector<std::pair<std::string, std::string>>;

/// That the party's log can stand in a bundle. Errors: not_found, unsupported (its keys were
/// rotated).
Result<void> check_log(const Case::Impl& impl, const std::string& party);
/// Appends what shows `entries` (of which the fields named are opened, and no others) of the
/// party's log, and its first. Errors: not_found, malformed, io.
Result<void> append_log(BundleFiles& out, const Case::Impl& impl, const std::string& party,
                        const std::map<std::uint64_t, std::vector<std::string_view>>& entries);

}  // namespace exhibit::casefile
