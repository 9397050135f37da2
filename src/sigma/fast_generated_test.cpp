// The fast engine against the reference, on packs and events that a seeded generator makes: every
// predicate, field shape and value type, with letters whose case is not ASCII, and few enough words
// that things match.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/engines.h"

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;
using testing::Events;
using testing::PackBuilder;
using Op = Predicate::Op;
using NodeKind = Expression::Node::Kind;

constexpr std::array<std::string_view, 34> kWords{
    "",     "a", "A",   "b",        "ab",      "abc",     "abcd",   "ABCDE", "bcdef",
    "é",    "É", "ß",   "straße",   "STRASSE", "ς",       "σ",      "Σ",     "K",
    "k",    "ſ", "s",   "İ",        "\\",      "c:\\a\\", ".exe",   "-",     " ",
    "4624", "4", "4.5", "10.0.0.1", "*",       "?",       "cmd.exe"};
constexpr std::array<std::string_view, 20> kRegexes{
    "ab+",  "(?i)ab+c", "^a.*d$", "(abc|bcd)ef", "(?i)straße", "k",          "(?i)k",   "(?i)s",
    "\\\\", ".{3}",     "",       "[0-9]+",      "(?i)ABCD",   "cmd\\.exe$", "(?s)a.b", "(?m)^b",
    "[^a]", "(?i)[é]",  "a|b|",   "\\bexe\\b"};
constexpr std::array<std::string_view, 6> kNetworks{"10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0",
                                                    "::1/128",    "fe80::/10",   "192.168.0.0/16"};
constexpr std::array<std::string_view, 12> kValues{
    "10.0.0.1", "::1",  "192.168.7.9",          "fe80::1", "4624", "-4", "4.5", "0x1234",
    "4624.0",   "true", "2026-11-22T12:34:56Z", "04624"};
// Paths with the names that rules know them by.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFields{{
    {"Event.EventData.A", "A"},
    {"Event.EventData.B", "B"},
    {"Event.EventData.C", "c"},
    {"Event.EventData.Data", "Data"},
    {"Event.System.EventID", "EventID"},
    {"Event.System.Provider.#attributes.Name", "Provider_Name"},
}};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  void run(std::uint32_t seed) {
    PackBuilder builder;
    for (const auto& [path, name] : kFields) builder.pack.fields.add(name);
    std::vector<std::uint32_t> predicates;
    for (std::size_t i = 0, n = 1 + below(40); i < n; ++i)
      predicates.push_back(builder.predicate(predicate()));
    for (std::size_t i = 0, n = 1 + below(12); i < n; ++i) {
      condition(builder.rule(route()), predicates, 3);
      while (below(4) == 0) condition(builder.variant(route()), predicates, 3);
    }
    Events events(builder.pack.fields);
    for (int i = 0; i < 25; ++i) add_event(events);
    matches_ += testing::expect_engines_agree(builder.pack, events.batch(), events.paths(),
                                              "seed " + std::to_string(seed));
  }
  [[nodiscard]] std::size_t matches() const { return matches_; }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  template <class Array>
  typename Array::value_type pick(const Array& array) {
    return array[below(array.size())];
  }
  std::string word() {
    std::string out(pick(kWords));
    while (below(3) == 0) out += pick(kWords);
    return out;
  }

  Pattern pattern(bool cased) {
    Pattern out;
    for (std::size_t i = 0, n = below(5); i < n; ++i) {
      const std::size_t kind = below(5);
      if (kind == 0)
        out.push_back({PatternToken::Kind::any_one, {}});
      else if (kind <= 2)
        out.push_back({PatternToken::Kind::any_many, {}});
      else
        out.push_back({PatternToken::Kind::literal, cased ? word() : base::folded(word())});
    }
    return out;
  }
  Pattern edged(bool cased) {  // what contains, startswith and endswith make
    Pattern out{{PatternToken::Kind::literal, cased ? word() : base::folded(word())}};
    const std::size_t edges = below(4);
    if ((edges & 1) != 0) out.insert(out.begin(), {PatternToken::Kind::any_many, {}});
    if ((edges & 2) != 0) out.push_back({PatternToken::Kind::any_many, {}});
    return out;
  }

  Predicate predicate() {
    Predicate p;
    const std::size_t field = below(kFields.size() + 2);
    if (field < kFields.size()) p.field = kFields[field].second;
    if (field == kFields.size()) p.field = "Missing";
    switch (below(16)) {
      case 0:
        p.op = Op::regex;
        p.text = pick(kRegexes);
        break;
      case 1:
        p.op = Op::cidr;
        p.text = pick(kNetworks);
        break;
      case 2:
        p.op = static_cast<Op>(static_cast<std::size_t>(Op::less) + below(4));
        p.number = static_cast<double>(below(10'000)) / 2 - 10;
        break;
      case 3:
        p.op = Op::number;
        p.text = below(2) == 0 ? "4624" : below(2) == 0 ? "4.5" : "-4";
        p.number = std::stod(p.text);
        break;
      case 4:
        p.op = Op::is_null;
        break;
      case 5:
        p.op = Op::exists;
        p.number = static_cast<double>(below(2));
        break;
      case 6:
        p.op = Op::field_text;
        p.text = kFields[below(kFields.size())].second;
        p.cased = below(4) == 0;
        p.reference = static_cast<Predicate::Reference>(below(4));
        if (p.field.empty()) p.field = "A";
        break;
      case 7:
        p.op = Op::time_part;
        p.part = static_cast<TimePart>(below(6));
        p.number = p.part == TimePart::year    ? 2026
                   : p.part == TimePart::week  ? 47
                   : p.part == TimePart::month ? 11
                   : p.part == TimePart::day   ? 22
                   : p.part == TimePart::hour  ? 12
                                               : 34;
        break;
      case 8:
        p.op = Op::text;  // an event id, as rules write it
        p.field = "EventID";
        p.pattern = {{PatternToken::Kind::literal, below(2) == 0 ? "4624" : "1"}};
        break;
      default:
        p.op = Op::text;
        p.cased = below(6) == 0;
        p.pattern = below(3) == 0 ? pattern(p.cased) : edged(p.cased);
        break;
    }
    return p;
  }

  Route route() {
    Route out;
    if (below(3) != 0) out.channels.emplace_back(below(2) == 0 ? "Security" : "Application");
    if (below(4) == 0) out.channels.emplace_back("System");
    if (below(3) == 0) out.event_ids.push_back(below(2) == 0 ? 4624 : 1);
    if (below(10) == 0) out.product = event::Product::unknown;
    return out;
  }

  std::uint32_t condition(Expression& e, const std::vector<std::uint32_t>& predicates, int depth) {
    const std::size_t kind = depth == 0 ? 0 : below(9);
    if (kind <= 2) return PackBuilder::leaf(e, predicates[below(predicates.size())]);
    if (kind == 3) {
      const std::uint32_t child = condition(e, predicates, depth - 1);
      return PackBuilder::join(e, NodeKind::not_, {child});
    }
    if (kind == 4 && below(4) == 0)
      return PackBuilder::join(e, below(2) == 0 ? NodeKind::always : NodeKind::never, {});
    std::vector<std::uint32_t> children;
    for (std::size_t i = 0, n = 1 + below(4); i < n; ++i)
      children.push_back(condition(e, predicates, depth - 1));
    return PackBuilder::join(e, below(2) == 0 ? NodeKind::and_ : NodeKind::or_, children);
  }

  event::Value value(Events& events) {
    std::string text = below(4) == 0 ? std::string(pick(kValues)) : word();
    if (below(30) == 0) text += std::string(kCachedValueSizeBytesMax, 'x') + word();
    switch (below(14)) {
      case 0:
        return events.value("", below(2) == 0 ? ValueType::null : ValueType::json_null);
      case 1:
        return events.value(text, ValueType::ansi);
      case 2:
        return events.value(pick(kValues), ValueType::json_number);
      case 3:
        return events.value(below(2) == 0 ? "true" : "false", ValueType::json_boolean);
      case 4: {  // any type over any bytes
        std::string bytes(below(18), '\0');
        for (char& c : bytes) c = static_cast<char>(below(3) == 0 ? random_() : below(3));
        return events.value(bytes, static_cast<ValueType>(below(0x16)));
      }
      case 5: {
        const auto number = static_cast<std::uint16_t>(below(2) == 0 ? 4624 : below(70'000));
        std::string bytes(2, '\0');
        std::memcpy(bytes.data(), &number, 2);
        return events.value(bytes, ValueType::uint16);
      }
      case 6:
        text += static_cast<char>(0x80 + below(0x80));  // no longer UTF-8
        return events.value(text, ValueType::utf8);
      case 7:
      case 8:
      case 9: {
        std::string wide;
        for (std::size_t at = 0; at < text.size();) {
          const auto decoded = base::decode_utf8(text, at);
          at += decoded.size_bytes;
          wide += static_cast<char>(decoded.codepoint & 0xff);
          wide += static_cast<char>(decoded.codepoint >> 8 & 0xff);
        }
        return events.value(wide, ValueType::utf16);
      }
      default:
        return events.value(text, ValueType::utf8);
    }
  }

  void add_event(Events& events) {
    constexpr std::array<std::string_view, 5> kChannels{"Security", "SECURITY", "application",
                                                        "System", "other"};
    constexpr std::array<std::uint32_t, 5> kIds{4624, 4624, 1, 99, event::kNoEventId};
    event::Event& event = events.begin(pick(kChannels), pick(kIds));
    if (below(10) == 0) event.channel = events.value("", ValueType::null);
    if (below(10) == 0) event.product = event::Product::unknown;
    // The field EventID mostly says what the event's id is, as in logs; but not always.
    const std::size_t how = below(8);
    if (how < 5 && event.event_id != event::kNoEventId) {
      const std::string digits = std::to_string(event.event_id);
      const auto id = static_cast<std::uint16_t>(event.event_id);
      std::string bytes(2, '\0');
      std::memcpy(bytes.data(), &id, 2);
      if (how < 2)
        events.add("Event.System.EventID", events.value(bytes, ValueType::uint16));
      else
        events.add("Event.System.EventID", events.value(digits, ValueType::json_number));
    }
    for (std::size_t i = 0, n = below(7); i < n; ++i) {
      const std::size_t field = below(kFields.size() + 1);
      if (field == 4 && how < 6) continue;
      const std::string_view path =
          field < kFields.size() ? kFields[field].first : "Event.EventData.Unasked";
      events.add(path, value(events));
    }
  }

  std::mt19937 random_;
  std::size_t matches_ = 0;
};

TEST(FastEngine, AgreesWithTheReferenceOnGeneratedPacksAndEvents) {
  std::size_t matches = 0;
  for (std::uint32_t seed = 1; seed <= 600 && !HasFailure(); ++seed) {
    Generator generator(seed);
    generator.run(seed);
    matches += generator.matches();
  }
  // A generator whose rules never match would prove nothing.
  EXPECT_GT(matches, 5'000U);
}

}  // namespace
}  // namespace exhibit::sigma::fast
