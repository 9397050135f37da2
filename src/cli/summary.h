// What the table shows of findings: totals, one line for each rule, days. Bounded, however many
// findings there are.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/time_argument.h"
#include "exhibit/hunt.h"
#include "exhibit/sigma.h"

namespace exhibit::cli {

using LevelCounts = std::array<std::uint64_t, 5>;  // by sigma::Level

class Summary {
 public:
  static constexpr std::size_t kHostsMax = 1'000;  // counted for one rule
  static constexpr std::size_t kDaysMax = 10'000;

  struct RuleLine {
    std::uint32_t rule = 0;
    std::uint64_t count = 0;
    std::set<std::string> hosts;
    bool more_hosts = false;
    base::Ticks first = base::kNoTime, last = base::kNoTime;
  };

  /// Both must outlive the summary.
  Summary(const sigma::RulePack& pack, const Zone& zone) : pack_(pack), zone_(zone) {}
  void add(const hunt::Finding& finding);

  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] const LevelCounts& by_level() const { return by_level_; }
  /// The worst first: by level, then count, then title and hash.
  [[nodiscard]] std::vector<const RuleLine*> lines() const;
  [[nodiscard]] const std::map<std::int64_t, LevelCounts>& days() const { return days_; }
  [[nodiscard]] std::uint64_t without_day() const { return without_day_; }
  [[nodiscard]] const sigma::RuleInfo& info(const RuleLine& line) const {
    return pack_.rules[line.rule];
  }
  [[nodiscard]] const Zone& zone() const { return zone_; }

 private:
  const sigma::RulePack& pack_;
  const Zone& zone_;
  std::uint64_t total_ = 0, without_day_ = 0;
  LevelCounts by_level_{};
  std::map<std::uint32_t, RuleLine> rules_;
  std::map<std::int64_t, LevelCounts> days_;
};

/// `T1003.001` of the tag `attack.t1003.001`, in the order of the rule's tags.
[[nodiscard]] std::vector<std::string> techniques(const sigma::RuleInfo& rule);

}  // namespace exhibit::cli
