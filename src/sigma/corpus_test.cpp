// The rules that the public writes, all of them: how many load, and why the rest do not.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "exhibit/sigma.h"
#include "support/support.h"

namespace exhibit::sigma {
namespace {

TEST(Corpus, LoadsThePublicRules) {
  const auto folder = test::real_data("sigma");
  if (!folder) GTEST_SKIP() << test::kNoRealData;
  std::vector<std::string> paths;
  for (const char* name :
       {"rules", "rules-emerging-threats", "rules-placeholder", "rules-threat-hunting"})
    paths.push_back((*folder / name).string());
  const auto pack = load_rules(paths);
  ASSERT_TRUE(pack.has_value()) << pack.error().what.c_str();
  std::map<std::string, int> codes, unrouted;
  for (const Diagnostic& d : pack->diagnostics) {
    if (codes[d.code]++ < 3) std::cerr << render(d);
  }
  for (const auto& [c, n] : codes) std::cerr << c << " " << n << "\n";
  for (const auto r : pack->unrouted) {
    const auto& l = pack->rules[r].logsource;
    unrouted[l.product + "/" + l.category + "/" + l.service]++;
  }
  for (const auto& [c, n] : unrouted) std::cerr << c << " " << n << "\n";
  std::map<std::string, int> vb;
  for (const auto& v : pack->variants) vb[(v.builtin_mapping ? "builtin " : "direct ")]++;
  for (const auto& [c, n] : vb) std::cerr << c << n << "\n";
  std::cerr << "rules " << pack->rules.size() << " rejected " << pack->rejected << " unrouted "
            << pack->unrouted.size() << " n/a " << pack->not_applicable << " preds "
            << pack->predicates.size() << " fields " << pack->fields.size() << "\n";
}

}  // namespace
}  // namespace exhibit::sigma
