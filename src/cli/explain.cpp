#include "cli/explain.h"

#include <algorithm>

#include "cli/help.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kDepthMax = 64;  // of a condition as it is shown

void append_row(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += "  ";
  out += name;
  out.append(12 - name.size(), ' ');
  append_wrapped(out, safe_text(value), 14, 14);
  out += "\n";
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

std::string route_text(const sigma::Route& route) {
  std::string out = route.channels.empty() ? "any channel" : joined(route.channels);
  if (route.event_ids.empty()) return out + ", any event id";
  out += route.event_ids.size() == 1 ? ", event id " : ", event ids ";
  for (std::size_t i = 0; i < route.event_ids.size(); ++i)
    out += (i == 0 ? "" : ", ") + std::to_string(route.event_ids[i]);
  return out;
}

void append_node(std::string& out, const sigma::RulePack& pack, const sigma::Expression& expression,
                 std::uint32_t index, std::size_t depth) {
  out.append(2 * depth + 4, ' ');
  if (depth > kDepthMax) {
    out += "...\n";
    return;
  }
  using Kind = sigma::Expression::Node::Kind;
  const auto& node = expression.nodes[index];
  switch (node.kind) {
    case Kind::leaf:
      append_safe(out, sigma::describe(pack.predicates[node.first]));
      out += "\n";
      return;
    case Kind::always:
      out += "always\n";
      return;
    case Kind::never:
      out += "never\n";
      return;
    case Kind::not_:
      out += "not\n";
      append_node(out, pack, expression, expression.children[node.first], depth + 1);
      return;
    case Kind::and_:
    case Kind::or_:
      break;
  }
  out += node.kind == Kind::and_ ? "all of\n" : "any of\n";
  for (std::uint32_t i = 0; i < node.count; ++i)
    append_node(out, pack, expression, expression.children[node.first + i], depth + 1);
}

void append_gate(std::string& out, const sigma::RulePack& pack, const sigma::Variant& variant) {
  const auto gate = sigma::witness_predicates(pack, variant);
  if (!gate) {
    out += "  gate: none; it is put to every such event\n";
  } else if (gate->empty()) {
    out += "  gate: it can never hold\n";
  } else {
    out += "  gate: looked at only when one of these holds\n";
    for (const auto predicate : *gate) {
      out += "    ";
      append_safe(out, sigma::describe(pack.predicates[predicate]));
      out += "\n";
    }
  }
}

}  // namespace

void append_explanation(std::string& out, const Console& console, const sigma::RulePack& pack,
                        std::uint32_t rule) {
  const sigma::RuleInfo& info = pack.rules[rule];
  out += console.paint(Style::bold, safe_text(info.title)) + "\n";
  append_row(out, "level", sigma::to_string(info.level));
  append_row(out, "status", sigma::to_string(info.status));
  append_row(out, "id", info.id);
  append_row(out, "author", info.author);
  append_row(out, "license", info.license);
  append_row(out, "tags", joined(info.tags));
  append_row(out, "file", info.file + ":" + std::to_string(info.line));
  append_row(out, "sha256", info.sha256);
  append_row(out, "reads", joined(pack.read_sets[rule]));
  bool put = false;
  for (const auto& variant : pack.variants) {
    if (variant.rule != rule) continue;
    put = true;
    out += "\n";
    out += console.paint(Style::bold,
                         variant.builtin_mapping ? "Put, by the field mapping, to" : "Put to");
    out += " ";
    append_wrapped(out, safe_text(route_text(variant.route)), 2, 8);
    out += "\n";
    append_node(out, pack, variant.condition, variant.condition.root, 0);
    append_gate(out, pack, variant);
  }
  if (put) return;
  out += std::ranges::binary_search(pack.unrouted, rule)
             ? "\nUnrouted: no log source of the routing leads to this rule.\n"
             : "\nPut to nothing: the log that the field mapping leads to lacks a field that it "
               "needs.\n";
}

}  // namespace exhibit::cli
