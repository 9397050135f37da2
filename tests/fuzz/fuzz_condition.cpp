// Any text as a condition over four search identifiers.
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "sigma/condition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit::sigma;
  PredicateTable predicates;
  std::vector<SearchIdentifier> identifiers;
  for (const char* name : {"selection", "filter_a", "filter_b", "_hidden"}) {
    Predicate p;
    p.field = name;
    identifiers.push_back({name, {}, leaf(predicates.intern(std::move(p)))});
  }
  yaml::Node node;
  node.kind = yaml::Kind::text;
  node.plain = true;
  node.text = {reinterpret_cast<const char*>(data), size};
  std::vector<Diagnostic> said;
  Diagnostics diagnostics("fuzz", node.text, said);
  const auto formula = parse_condition(node, identifiers, diagnostics);
  // Either a formula or a reason, never both, never neither.
  if (formula.has_value() == !said.empty()) std::abort();
  if (formula && node_count(*formula) > 10'000'000) std::abort();
  for (const Diagnostic& d : said)
    if (render(d).empty()) std::abort();
  return 0;
}
