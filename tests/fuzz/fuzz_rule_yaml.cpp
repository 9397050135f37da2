// Any bytes as a rule file: must not crash, hang or blow up; what is taken must be well formed.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exhibit/event.h"
#include "exhibit/rule_tests.h"
#include "exhibit/sigma.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  sigma::LoadOptions options;
  options.placeholders["name"] = {"a", "b*"};
  const sigma::RulePack pack = sigma::load_rules_from_memory({{"fuzz.yml", text}}, options);
  require(pack.read_sets.size() == pack.rules.size());
  for (const sigma::Diagnostic& d : pack.diagnostics) require(!sigma::render(d).empty());
  for (const sigma::Predicate& p : pack.predicates) require(!sigma::describe(p).empty());
  for (const sigma::Variant& variant : pack.variants) {
    require(variant.rule < pack.rules.size());
    require(variant.condition.root < variant.condition.nodes.size());
    using Kind = sigma::Expression::Node::Kind;
    for (const auto& node : variant.condition.nodes) {
      if (node.kind == Kind::leaf) require(node.first < pack.predicates.size());
      if (node.kind == Kind::and_ || node.kind == Kind::or_ || node.kind == Kind::not_)
        require(node.count > 0 && node.first + node.count <= variant.condition.children.size());
    }
  }
  // One event that has the text itself in every field that the rules ask for.
  event::PathTable paths(pack.fields);
  event::Batch batch;
  const std::string_view kept = batch.arena.store(std::string_view(text).substr(0, 200));
  const event::Value value{.data = as_bytes(kept).data(),
                           .size = static_cast<std::uint32_t>(kept.size()),
                           .type = event::ValueType::utf8};
  for (std::uint32_t i = 0; i < pack.fields.size() && i < 50; ++i)
    batch.fields.push_back({paths.intern(pack.fields.name(i)), value});
  event::Event event;
  event.field_count = static_cast<std::uint32_t>(batch.fields.size());
  event.product = event::Product::windows;
  batch.events.push_back(event);
  std::vector<std::uint32_t> matches;
  sigma::make_reference_engine(pack, paths)->match(batch, event, matches);
  sigma::MatchExplainer explainer(pack, paths);
  explainer.start(batch, event);
  for (const std::uint32_t rule : matches) require(explainer.explain(event, rule).has_value());
  sigma::RuleTests tests;
  sigma::parse_rule_tests("fuzz.test.yml", text, tests);
  sigma::parse_rule_tests("info.yml", text, tests);
  return 0;
}
