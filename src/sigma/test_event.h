// Events and rules for tests, written in a few words.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/event.h"
#include "exhibit/sigma.h"

namespace exhibit::sigma::testing {

struct TestField {
  std::string name;  // under EventData, or a whole path when it holds a dot
  std::string bytes;
  event::ValueType type = event::ValueType::utf8;
};

inline TestField null(std::string name) { return {std::move(name), "", event::ValueType::null}; }
inline TestField number(std::string name, std::string token) {
  return {std::move(name), std::move(token), event::ValueType::json_number};
}

struct TestEvent {
  std::vector<TestField> fields;
  std::string channel = "Security";
  std::uint32_t event_id = 1;
  event::Product product = event::Product::windows;
};

/// The indices of the rules of `pack` that match; `explanation` is that of the first of them.
inline std::vector<std::uint32_t> matches(const RulePack& pack, const TestEvent& test,
                                          std::optional<Explanation>* explanation = nullptr) {
  event::PathTable paths(pack.fields);
  event::Batch batch;
  const auto store = [&](std::string_view text, event::ValueType type) {
    const std::string_view kept = batch.arena.store(text);
    return event::Value{.data = as_bytes(kept).data(),
                        .size = static_cast<std::uint32_t>(kept.size()),
                        .type = type};
  };
  event::Event e;
  for (const TestField& field : test.fields) {
    const bool whole = field.name.find('.') != std::string::npos;
    const std::string path = whole ? field.name : "Event.EventData." + field.name;
    batch.fields.push_back({paths.intern(path), store(field.bytes, field.type)});
  }
  e.field_count = static_cast<std::uint32_t>(batch.fields.size());
  e.channel = store(test.channel, event::ValueType::utf8);
  e.event_id = test.event_id;
  e.product = test.product;
  batch.events.push_back(e);
  std::vector<std::uint32_t> out;
  make_reference_engine(pack, paths)->match(batch, e, out);
  if (explanation != nullptr && !out.empty()) {
    MatchExplainer explainer(pack, paths);
    explainer.start(batch, e);
    *explanation = explainer.explain(e, out[0]);
  }
  return out;
}

/// A rule for every Windows event, with `detection` indented below `detection:`.
inline std::string rule_text(std::string_view detection,
                             std::string_view logsource = "product: windows") {
  const bool flow = logsource.starts_with('{');
  std::string out = flow ? "title: Test\nlogsource: " : "title: Test\nlogsource:\n    ";
  out += logsource;
  out += "\ndetection:\n";
  for (std::size_t at = 0; at < detection.size();) {
    const std::size_t end = std::min(detection.find('\n', at), detection.size());
    out += "    ";
    out += detection.substr(at, end - at);
    out += '\n';
    at = end + 1;
  }
  return out;
}

inline RulePack pack_of(const std::string& rule, const LoadOptions& options = {}) {
  return load_rules_from_memory({{"test.yml", rule}}, options);
}

/// A rule with one selection, `item` being its one line or more.
inline RulePack selection(const std::string& item, const LoadOptions& options = {}) {
  std::string indented = "sel:\n    ";
  for (const char c : item) {
    indented += c;
    if (c == '\n') indented += "    ";
  }
  return pack_of(rule_text(indented + "\ncondition: sel"), options);
}

/// The code of the first error, or "" when the rule was taken.
inline std::string refusal(const RulePack& pack) {
  for (const Diagnostic& d : pack.diagnostics)
    if (d.severity == Severity::error) return d.code;
  return "";
}

}  // namespace exhibit::sigma::testing
