#include "sigma/regex_literals.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <numeric>

#include "sigma/regex.h"

namespace exhibit::sigma {
namespace {

// RE2 gives its literals in lower case by its own tables, we fold texts by CaseFolding.txt. For
// ASCII literals both agree (the long s and the Kelvin sign fold to s and k in both). A pattern
// that may name other characters gets no gate, so that no table can make the gate wrong.
bool names_only_ascii(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if ((static_cast<unsigned char>(pattern[i]) & 0x80U) != 0) return false;
    if (pattern[i] != '\\') continue;
    if (++i == pattern.size()) return false;
    const char escaped = pattern[i];
    if (escaped == 'x' || escaped == 'p' || escaped == 'P' || escaped == 'Q' ||
        (escaped >= '0' && escaped <= '9'))
      return false;
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; });
}

}  // namespace

std::vector<std::string> required_literals(std::string_view pattern) {
  if (pattern.size() > kMaxRegexSizeBytes || !names_only_ascii(pattern)) return {};
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(kMaxRegexMemoryBytes));
  re2::FilteredRE2 filter(static_cast<int>(kMinRegexLiteralSizeBytes));
  int id = 0;
  if (filter.Add(re2::StringPiece(pattern.data(), pattern.size()), options, &id) !=
      re2::RE2::NoError)
    return {};
  std::vector<std::string> atoms;
  filter.Compile(&atoms);
  if (atoms.empty()) return {};
  // A set of atoms is required when the pattern cannot match while all of them are absent. Starting
  // from all, the least telling ones (the shortest) are dropped as long as that stays true.
  std::vector<char> required(atoms.size(), 1);
  const auto still_required = [&] {
    std::vector<int> present;
    for (std::size_t i = 0; i < atoms.size(); ++i)
      if (required[i] == 0) present.push_back(static_cast<int>(i));
    std::vector<int> possible;
    filter.AllPotentials(present, &possible);
    return possible.empty();
  };
  for (std::size_t i = 0; i < atoms.size(); ++i)
    if (!is_ascii(atoms[i])) required[i] = 0;
  if (!still_required()) return {};
  std::vector<std::size_t> by_size(atoms.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](std::size_t a, std::size_t b) { return atoms[a].size() < atoms[b].size(); });
  for (const std::size_t i : by_size) {
    if (required[i] == 0) continue;
    required[i] = 0;
    if (!still_required()) required[i] = 1;
  }
  std::vector<std::string> literals;
  for (std::size_t i = 0; i < atoms.size(); ++i)
    if (required[i] != 0) literals.push_back(atoms[i]);
  if (literals.size() > kMaxRegexLiterals) return {};
  return literals;
}

}  // namespace exhibit::sigma
