#include "cli/summary.h"

#include <algorithm>
#include <functional>
#include <ranges>
#include <tuple>

#include "base/text.h"

namespace exhibit::cli {

void Summary::add(const hunt::Finding& finding) {
  const auto level = static_cast<std::size_t>(pack_.rules[finding.rule].level);
  ++total_;
  ++by_level_[level];
  RuleLine& line = rules_[finding.rule];
  line.rule = finding.rule;
  ++line.count;
  if (!finding.host.empty() && !line.hosts.contains(finding.host)) {
    if (line.hosts.size() < kHostsMax) {
      line.hosts.insert(finding.host);
    } else {
      line.more_hosts = true;
    }
  }
  if (!finding.host.empty()) {
    if (hosts_.size() < kHostsMax || hosts_.contains(finding.host)) {
      ++hosts_[finding.host][level];
    } else {
      ++on_more_hosts_;
    }
  }
  if (finding.time == event::kNoTime) {
    ++without_day_;
    return;
  }
  moments_.push_back(
      {.time = finding.time, .id = finding.id, .host = finding.host, .rule = finding.rule});
  if (moments_.size() == 2 * kMomentsMax) {
    std::ranges::nth_element(moments_, moments_.begin() + kMomentsMax, std::less{});
    moments_.resize(kMomentsMax);
  }
  if (line.first == base::kNoTime || finding.time < line.first) line.first = finding.time;
  if (line.last == base::kNoTime || finding.time > line.last) line.last = finding.time;
  const std::int64_t day = zone_.day(finding.time);
  if (days_.size() < kDaysMax || days_.contains(day)) {
    ++days_[day][level];
  } else {
    ++without_day_;
  }
}

std::vector<const Summary::RuleLine*> Summary::lines() const {
  std::vector<const RuleLine*> out;
  for (const auto& [rule, line] : rules_) out.push_back(&line);
  const auto key = [this](const RuleLine* line) {
    const sigma::RuleInfo& rule = info(*line);
    return std::tuple(-static_cast<int>(rule.level), ~line->count, std::string_view(rule.title),
                      std::string_view(rule.sha256));
  };
  std::ranges::sort(out, {}, key);
  return out;
}

std::vector<std::pair<std::string, LevelCounts>> Summary::hosts() const {
  std::vector<std::pair<std::string, LevelCounts>> out(hosts_.begin(), hosts_.end());
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) {
    return std::ranges::lexicographical_compare(b.second.rbegin(), b.second.rend(),
                                                a.second.rbegin(), a.second.rend());
  });
  return out;
}

std::vector<Summary::Moment> Summary::moments() const {
  std::vector<Moment> out = moments_;
  std::ranges::sort(out, std::less{});
  if (out.size() > kMomentsMax) out.resize(kMomentsMax);
  return out;
}

std::vector<std::string> techniques(const sigma::RuleInfo& rule) {
  std::vector<std::string> out;
  for (const auto& tag : rule.tags) {
    std::string lower = base::ascii_lower(tag);
    if (!lower.starts_with("attack.t") || lower.size() < 9 || lower[8] < '0' || lower[8] > '9')
      continue;
    lower[7] = 'T';
    out.push_back(lower.substr(7));
  }
  return out;
}

}  // namespace exhibit::cli
