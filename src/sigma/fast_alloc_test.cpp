// After warm-up an event costs no allocation, whichever way its rules are decided.
#include <gtest/gtest.h>

#include <string>

#include "support/alloc_counter.h"
#include "support/engines.h"

namespace exhibit::sigma::fast {
namespace {

using testing::Events;
using testing::PackBuilder;
using Op = Predicate::Op;
using NodeKind = Expression::Node::Kind;

Predicate asks(std::string field, Op op, std::string text) {
  Predicate p;
  p.field = std::move(field);
  p.op = op;
  p.text = std::move(text);
  return p;
}

TEST(FastEngine, AllocatesNothingForWhatItHasMet) {
  PackBuilder builder;
  Predicate glob = asks("CommandLine", Op::text, "");
  glob.pattern = {{PatternToken::Kind::any_many, {}},
                  {PatternToken::Kind::literal, "power"},
                  {PatternToken::Kind::any_one, {}},
                  {PatternToken::Kind::literal, "hell"},
                  {PatternToken::Kind::any_many, {}}};
  Predicate keyword = asks("", Op::text, "");
  keyword.pattern = glob.pattern;
  Predicate less = asks("Size", Op::less, "");
  less.number = 7;
  for (const Predicate& p :
       {glob, keyword, less, asks("CommandLine", Op::regex, "(?i)powershell.*-enc"),
        asks("CommandLine", Op::regex, "[a-z]+\\s-e"), asks("User", Op::field_text, "Owner"),
        asks("Ip", Op::cidr, "10.0.0.0/8"), asks("Gone", Op::is_null, "")}) {
    Expression& e = builder.rule({});
    PackBuilder::leaf(e, builder.predicate(p));
    Expression& negated = builder.rule({});
    PackBuilder::join(negated, NodeKind::not_, {PackBuilder::leaf(negated, builder.predicate(p))});
  }
  Events events(builder.pack.fields);
  for (int i = 0; i < 20; ++i) {
    events.begin(i % 2 == 0 ? "Security" : "System", static_cast<std::uint32_t>(i % 3));
    const std::string n = std::to_string(i);
    events.add("Event.EventData.CommandLine", "PowerShell.exe -enc " + n);
    events.add("Event.EventData.CommandLine", "PowerShell -Enc \xc3\x89" + n);
    // Too long to be remembered: evaluated each time.
    events.add("Event.EventData.CommandLine", std::string(2 * kCachedValueSizeBytesMax, 'x') + n);
    events.add("Event.EventData.Size", n);
    events.add("Event.EventData.User", "somebody with a long name " + n);
    events.add("Event.EventData.Owner", "Somebody with a long name 3");
    events.add("Event.EventData.Ip", "10.1.2." + n);
    events.add("Event.EventData.Unasked", "x");
  }
  CompiledRules::Impl rules(builder.pack);
  FastEngine engine(rules, events.paths());
  std::vector<std::uint32_t> matches;
  std::size_t count = 0;
  const auto match_all = [&] {
    for (const event::Event& event : events.batch().events) {
      engine.match(events.batch(), event, matches);
      count += matches.size();
    }
  };
  match_all();
  match_all();
  EXPECT_GT(count, 100U);
  const std::uint64_t before = test::allocation_count();
  match_all();
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(AllocationCounter, Counts) {
  const std::uint64_t before = test::allocation_count();
  const auto memory = std::make_unique<int>(1);
  EXPECT_EQ(*memory, 1);
  EXPECT_EQ(test::allocation_count(), before + 1);
}

}  // namespace
}  // namespace exhibit::sigma::fast
