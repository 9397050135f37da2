// What the table shows of findings: totals, one line for each rule, hosts, days, and the findings
// in order of time. Bounded, however many findings there are.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/time_argument.h"
#include "exhibit/hunt.h"
#include "exhibit/sigma.h"

namespace exhibit::cli {

using LevelCounts = std::array<std::uint64_t, 5>;  // by sigma::Level

class Summary {
 public:
  static constexpr std::size_t kHostsMax = 1'000;  // counted for one rule, and for all
  static constexpr std::size_t kDaysMax = 10'000;
  static constexpr std::size_t kMomentsMax = 10'000;  // the earliest ones

  struct RuleLine {
    std::uint32_t rule = 0;
    std::uint64_t count = 0;
    std::set<std::string> hosts;
    bool more_hosts = false;
    base::Ticks first = base::kNoTime, last = base::kNoTime;
  };

  /// One finding on the time line.
  struct Moment {
    base::Ticks time = base::kNoTime;
    std::string id, host;
    std::uint32_t rule = 0;
    friend bool operator<(const Moment& a, const Moment& b) {
      return std::tie(a.time, a.id) < std::tie(b.time, b.id);
    }
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
  /// The worst first: by critical findings, then high ones, and so on; then by name.
  [[nodiscard]] std::vector<std::pair<std::string, LevelCounts>> hosts() const;
  /// Findings on hosts beyond the first kHostsMax.
  [[nodiscard]] std::uint64_t on_more_hosts() const { return on_more_hosts_; }
  /// The earliest findings that have a time, by time and id.
  [[nodiscard]] std::vector<Moment> moments() const;
  [[nodiscard]] const sigma::RuleInfo& info(const RuleLine& line) const {
    return pack_.rules[line.rule];
  }
  [[nodiscard]] const sigma::RuleInfo& info(const Moment& moment) const {
    return pack_.rules[moment.rule];
  }
  [[nodiscard]] const Zone& zone() const { return zone_; }

 private:
  const sigma::RulePack& pack_;
  const Zone& zone_;
  std::uint64_t total_ = 0, without_day_ = 0, on_more_hosts_ = 0;
  LevelCounts by_level_{};
  std::map<std::uint32_t, RuleLine> rules_;
  std::map<std::int64_t, LevelCounts> days_;
  std::map<std::string, LevelCounts> hosts_;
  std::vector<Moment> moments_;  // at most twice kMomentsMax
};

/// `T1003.001` of the tag `attack.t1003.001`, in the order of the rule's tags.
[[nodiscard]] std::vector<std::string> techniques(const sigma::RuleInfo& rule);

}  // namespace exhibit::cli
