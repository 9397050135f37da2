#include "sigma/fast_regexes.h"

#include "sigma/regex_literals.h"

namespace exhibit::sigma::fast {

const RegexPool::Entry& RegexPool::get(std::uint32_t predicate) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Entry>& entry = entries_[predicate];
  if (!entry) {
    entry = std::make_unique<Entry>();
    const std::string& pattern = pack_.predicates[predicate].text;
    std::string reason;
    entry->regex = Regex::compile(pattern, reason);
    if (entry->regex) entry->literals = required_literals(pattern);
  }
  return *entry;
}

}  // namespace exhibit::sigma::fast
