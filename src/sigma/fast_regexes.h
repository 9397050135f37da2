// The regular expressions of a pack, compiled when a group first needs them and shared by all.
//
// Threads:  safe from any thread; what get() returns is const and lives as long as the pool.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exhibit/sigma.h"
#include "sigma/regex.h"

namespace exhibit::sigma::fast {

class RegexPool {
 public:
  struct Entry {
    std::optional<Regex> regex;         // nullopt: RE2 refuses the pattern, which never matches
    std::vector<std::string> literals;  // folded, one of which must be in the folded text; or none
  };
  explicit RegexPool(const RulePack& pack) : pack_(pack) {}
  /// `predicate` is a regex predicate of the pack.
  [[nodiscard]] const Entry& get(std::uint32_t predicate);

 private:
  const RulePack& pack_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::unique_ptr<Entry>> entries_;
};

}  // namespace exhibit::sigma::fast
