#include "casefile/disclosure/read_set.h"

#include <algorithm>

#include "base/text.h"

namespace exhibit::casefile {
namespace {

using Node = sigma::Expression::Node;
using Op = sigma::Predicate::Op;

void add_predicate(ReadSet& out, const sigma::Predicate& predicate) {
  if (predicate.field.empty()) {
    out.everything = true;
  } else {
    out.names.push_back(base::ascii_lower(predicate.field));
  }
  if (predicate.op == Op::field_text) out.names.push_back(base::ascii_lower(predicate.text));
  // Another value of the field, withheld, could undo these.
  out.needs_paths |= predicate.op == Op::is_null || predicate.op == Op::field_text ||
                     (predicate.op == Op::exists && predicate.number == 0);
}

void add_node(ReadSet& out, const sigma::RulePack& pack, const sigma::Expression& condition,
              std::uint32_t index) {
  const Node& node = condition.nodes[index];
  switch (node.kind) {
    case Node::Kind::leaf:
      add_predicate(out, pack.predicates[node.first]);
      break;
    case Node::Kind::not_:
      out.needs_paths = true;
      [[fallthrough]];
    case Node::Kind::and_:
    case Node::Kind::or_:
      for (std::uint32_t i = 0; i < node.count; ++i)
        add_node(out, pack, condition, condition.children[node.first + i]);
      break;
    case Node::Kind::always:
    case Node::Kind::never:
      break;
  }
}

}  // namespace

ReadSet read_set(const sigma::RulePack& pack, std::uint32_t rule, const event::Event& event) {
  ReadSet out;
  const std::string channel = event::to_text(event.channel);
  for (const sigma::Variant& variant : pack.variants) {
    if (variant.rule != rule ||
        !sigma::admits(variant.route, channel, event.event_id, event.product))
      continue;
    out.spoken_for = true;
    add_node(out, pack, variant.condition, variant.condition.root);
  }
  std::ranges::sort(out.names);
  const auto repeated = std::ranges::unique(out.names);
  out.names.erase(repeated.begin(), repeated.end());
  return out;
}

std::vector<std::string> lower_names(std::string_view path) {
  std::vector<std::string> out = event::sigma_names(path);
  for (std::string& name : out) name = base::ascii_lower(name);
  return out;
}

Needed needed_fields(const ReadSet& read, evidence::Format format,
                     const std::vector<std::string_view>& paths) {
  Needed out;
  out.fields.resize(paths.size(), read.everything);
  out.whole_list = read.everything || read.needs_paths;
  std::vector<bool> present(read.names.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (evidence::gives_route(format, paths[i])) out.fields[i] = true;
    for (const std::string& name : lower_names(paths[i])) {
      const auto asked = std::ranges::lower_bound(read.names, name);
      if (asked == read.names.end() || *asked != name) continue;
      present[static_cast<std::size_t>(asked - read.names.begin())] = true;
      out.fields[i] = true;
    }
  }
  out.whole_list |= std::ranges::find(present, false) != present.end();
  return out;
}

}  // namespace exhibit::casefile
