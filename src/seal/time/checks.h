// The lines of a report, as they are found. verdict(): the worst one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/timestamp.h"

namespace exhibit::timestamp {

/// A verdict with its reason, before it has a name.
struct Finding {
  Verdict verdict = Verdict::valid;
  std::string why;
};
[[nodiscard]] inline Finding valid(std::string why) {
  return {.verdict = Verdict::valid, .why = std::move(why)};
}
[[nodiscard]] inline Finding undecidable(std::string why) {
  return {.verdict = Verdict::undecidable, .why = std::move(why)};
}
[[nodiscard]] inline Finding invalid(std::string why) {
  return {.verdict = Verdict::invalid, .why = std::move(why)};
}

inline void add(std::vector<Check>& checks, std::string_view id, Finding finding) {
  checks.push_back(
      {.id = std::string(id), .verdict = finding.verdict, .why = std::move(finding.why)});
}

}  // namespace exhibit::timestamp
