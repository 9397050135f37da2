// A pattern, a newline, a text: whenever RE2 matches, the gate of required literals lets the text
// through, and the fast engine says of one `re` rule and of its opposite what the reference says.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "exhibit/event.h"
#include "exhibit/sigma.h"
#include "sigma/regex.h"
#include "sigma/regex_literals.h"

namespace {

using namespace exhibit;
using Kind = sigma::Expression::Node::Kind;

// What RE2 makes of longer patterns is a matter of its own limits, and slow.
constexpr std::size_t kPatternSizeBytesMax = 128;
constexpr std::size_t kTextSizeBytesMax = 2048;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_gate(std::string_view pattern, std::string_view text) {
  std::string reason;
  const auto regex = sigma::Regex::compile(pattern, reason);
  require(regex.has_value() == reason.empty());
  if (!regex) return;
  const std::vector<std::string> literals = sigma::required_literals(pattern);
  require(literals.size() <= sigma::kMaxRegexLiterals);
  for (const std::string& literal : literals) {
    require(literal.size() >= sigma::kMinRegexLiteralSizeBytes);
    require(literal == base::folded(literal));
  }
  if (literals.empty() || !regex->matches(text)) return;
  const std::string folded = base::folded(text);
  require(std::ranges::any_of(literals, [&](const std::string& literal) {
    return folded.find(literal) != std::string::npos;
  }));
}

// Rule 0 holds where the pattern matches, rule 1 where it does not.
sigma::RulePack pack_of(std::string_view pattern) {
  sigma::RulePack pack;
  sigma::Predicate predicate;
  predicate.field = "F";
  predicate.op = sigma::Predicate::Op::regex;
  predicate.text = pattern;
  pack.fields.add(predicate.field);
  pack.predicates.push_back(std::move(predicate));
  pack.rules.resize(2);
  for (std::uint32_t rule = 0; rule < 2; ++rule) {
    sigma::Variant& variant = pack.variants.emplace_back();
    variant.rule = rule;
    variant.condition.nodes.push_back({.kind = Kind::leaf, .first = 0, .count = 0});
    if (rule == 0) continue;
    variant.condition.children.push_back(0);
    variant.condition.nodes.push_back({.kind = Kind::not_, .first = 0, .count = 1});
    variant.condition.root = 1;
  }
  return pack;
}

void check_engines(std::string_view pattern, std::string_view text) {
  const sigma::RulePack pack = pack_of(pattern);
  const sigma::CompiledRules compiled(pack);
  event::PathTable paths(pack.fields);
  event::Batch batch;
  const std::string_view stored = batch.arena.store(text);
  batch.fields.push_back({.path = paths.intern("F"),
                          .value = {.data = as_bytes(stored).data(),
                                    .size = static_cast<std::uint32_t>(stored.size()),
                                    .type = event::ValueType::utf8}});
  event::Event& event = batch.events.emplace_back();
  event.field_count = 1;
  event.product = event::Product::windows;
  const auto reference = sigma::make_reference_engine(pack, paths);
  const auto fast = compiled.make_engine(paths);
  std::vector<std::uint32_t> expected;
  reference->match(batch, event, expected);
  require(expected.size() == 1);
  for (int round = 0; round < 2; ++round) {  // the second from the cache of values
    std::vector<std::uint32_t> got;
    fast->match(batch, event, got);
    require(got == expected);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos || end > kPatternSizeBytesMax) return 0;
  const std::string_view pattern = input.substr(0, end);
  const std::string_view text = input.substr(end + 1, kTextSizeBytesMax);
  check_gate(pattern, text);
  check_engines(pattern, text);
  return 0;
}
