// Every condition of up to two operators over three predicates, put to every event over three
// fields that are each missing, null, or one of two values.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/engines.h"

namespace exhibit::sigma::fast {
namespace {

using testing::Events;
using testing::PackBuilder;
using Op = Predicate::Op;
using NodeKind = Expression::Node::Kind;

struct Shape {
  NodeKind kind = NodeKind::leaf;
  std::size_t leaf = 0;
  std::vector<Shape> children;
};

std::vector<Shape> leaves() {
  std::vector<Shape> out;
  for (std::size_t i = 0; i < 3; ++i) {
    out.push_back({NodeKind::leaf, i, {}});
    out.push_back({NodeKind::not_, 0, {{NodeKind::leaf, i, {}}}});
  }
  return out;
}

// All conditions of one more operator than `smaller`.
std::vector<Shape> joined(const std::vector<Shape>& smaller) {
  std::vector<Shape> out = smaller;
  for (const Shape& a : smaller) {
    for (const Shape& b : leaves()) {
      for (const NodeKind kind : {NodeKind::and_, NodeKind::or_}) {
        out.push_back({kind, 0, {a, b}});
        out.push_back({NodeKind::not_, 0, {{kind, 0, {a, b}}}});
      }
    }
  }
  return out;
}

std::uint32_t write(Expression& e, const Shape& shape,
                    const std::vector<std::uint32_t>& predicates) {
  if (shape.kind == NodeKind::leaf) return PackBuilder::leaf(e, predicates[shape.leaf]);
  std::vector<std::uint32_t> children;
  for (const Shape& child : shape.children) children.push_back(write(e, child, predicates));
  return PackBuilder::join(e, shape.kind, children);
}

// Which three questions are asked: of three fields, or of one and the same.
std::vector<std::vector<Predicate>> worlds() {
  const auto ask = [](std::string field, Op op, std::string text, double number = 1) {
    Predicate p;
    p.field = std::move(field);
    p.op = op;
    p.number = number;
    if (op == Op::text)
      p.pattern = {{PatternToken::Kind::literal, std::move(text)}};
    else
      p.text = std::move(text);
    return p;
  };
  return {
      {ask("A", Op::text, "x"), ask("B", Op::text, "x"), ask("C", Op::text, "x")},
      {ask("A", Op::text, "x"), ask("A", Op::text, "y"), ask("B", Op::text, "x")},
      {ask("A", Op::text, "x"), ask("A", Op::is_null, ""), ask("A", Op::exists, "", 1)},
      {ask("A", Op::exists, "", 0), ask("B", Op::is_null, ""), ask("C", Op::regex, "x")},
      {ask("A", Op::field_text, "B"), ask("B", Op::text, "y"), ask("", Op::text, "x")},
      {ask("EventID", Op::text, "1"), ask("EventID", Op::text, "2"), ask("A", Op::text, "x")},
      {ask("EventID", Op::is_null, ""), ask("EventID", Op::exists, ""), ask("A", Op::text, "x")},
  };
}

class SmallWorld : public ::testing::TestWithParam<std::size_t> {};

TEST_P(SmallWorld, FastEngineAgreesWithTheReference) {
  PackBuilder builder;
  std::vector<std::uint32_t> predicates;
  const std::vector<std::vector<Predicate>> all = worlds();
  for (const Predicate& predicate : all[GetParam()])
    predicates.push_back(builder.predicate(predicate));
  for (const std::string_view name : {"A", "B", "C", "EventID"}) builder.pack.fields.add(name);
  for (const Shape& shape : joined(joined(leaves())))
    write(builder.rule({.product = event::Product::windows, .channels = {}, .event_ids = {}}),
          shape, predicates);

  Events events(builder.pack.fields);
  constexpr std::array<std::string_view, 3> kPaths{"Event.EventData.A", "Event.EventData.B",
                                                   "Event.EventData.C"};
  // Per field: missing, null, x, y, both.
  for (std::size_t world = 0; world < 125; ++world) {
    const auto id = static_cast<std::uint32_t>(1 + world % 3);
    events.begin("Security", id);
    if (world % 2 == 0) events.add("Event.System.EventID", std::to_string(id));
    for (std::size_t field = 0, rest = world; field < 3; ++field, rest /= 5) {
      const std::size_t state = rest % 5;
      if (state == 1) events.add(kPaths[field], event::Value{});
      if (state == 2 || state == 4) events.add(kPaths[field], "x");
      if (state == 3 || state == 4) events.add(kPaths[field], "y");
    }
  }
  EXPECT_GT(testing::expect_engines_agree(builder.pack, events.batch(), events.paths()), 1'000U);
}
INSTANTIATE_TEST_SUITE_P(All, SmallWorld, ::testing::Range(std::size_t{0}, worlds().size()));

}  // namespace
}  // namespace exhibit::sigma::fast
