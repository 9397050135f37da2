// The chain of custody as it is read from the logs, and what is missing in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "casefile/check.h"
#include "exhibit/custody.h"

namespace exhibit::casefile {

/// What is needed to find gaps, beside the report.
struct Chain {
  CustodyReport report;
  /// Kind and time of every entry, by party and place.
  struct Entry {
    std::string kind, time;
  };
  std::map<std::string, std::vector<Entry>, std::less<>> entries;
  /// Receipts that name no transfer that is here: place, and why.
  std::vector<std::pair<EntryRef, std::string>> stray_receipts;
  std::vector<std::string> unsound;  // parties whose log is not as it should be
};

void find_gaps(Chain& chain);

}  // namespace exhibit::casefile
