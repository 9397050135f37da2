// For the tests of the engines: events and packs made by hand, and the comparison of every engine
// with the reference.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/event.h"
#include "exhibit/sigma.h"
#include "sigma/fast_engine.h"
#include "sigma/fast_rules.h"

namespace exhibit::sigma::fast::testing {

/// Events of one batch.
class Events {
 public:
  explicit Events(const event::FieldNames& names) : paths_(names) {}

  event::Event& begin(std::string_view channel, std::uint32_t event_id) {
    event::Event& event = batch_.events.emplace_back();
    event.field_first = static_cast<std::uint32_t>(batch_.fields.size());
    event.product = event::Product::windows;
    event.event_id = event_id;
    event.channel = value(channel, event::ValueType::utf8);
    return event;
  }
  void add(std::string_view path, const event::Value& value) {
    batch_.fields.push_back({.path = paths_.intern(path), .value = value});
    ++batch_.events.back().field_count;
  }
  void add(std::string_view path, std::string_view text) {
    add(path, value(text, event::ValueType::utf8));
  }
  /// A copy of `bytes` that lives as long as the batch.
  event::Value value(std::string_view bytes, event::ValueType type) {
    const std::string_view stored = batch_.arena.store(bytes);
    return {.data = as_bytes(stored).data(),
            .size = static_cast<std::uint32_t>(stored.size()),
            .type = type};
  }
  [[nodiscard]] const event::Batch& batch() const { return batch_; }
  [[nodiscard]] const event::PathTable& paths() const { return paths_; }

 private:
  event::PathTable paths_;
  event::Batch batch_;
};

/// A pack made of predicates and conditions.
class PackBuilder {
 public:
  using Kind = Expression::Node::Kind;

  std::uint32_t predicate(Predicate predicate) {
    if (!predicate.field.empty()) pack.fields.add(predicate.field);
    if (predicate.op == Predicate::Op::field_text) pack.fields.add(predicate.text);
    for (std::uint32_t i = 0; i < pack.predicates.size(); ++i)
      if (pack.predicates[i] == predicate) return i;
    pack.predicates.push_back(std::move(predicate));
    return static_cast<std::uint32_t>(pack.predicates.size() - 1);
  }
  /// Adds a rule with one variant and returns its condition, to be filled.
  Expression& rule(Route route) {
    pack.rules.emplace_back();
    return variant(std::move(route));
  }
  /// Adds a variant to the last rule.
  Expression& variant(Route route) {
    pack.variants.push_back({.rule = static_cast<std::uint32_t>(pack.rules.size() - 1),
                             .route = std::move(route),
                             .condition = {},
                             .builtin_mapping = false});
    return pack.variants.back().condition;
  }
  /// Adds a node and returns its number; the last one added is the root.
  static std::uint32_t leaf(Expression& e, std::uint32_t predicate) {
    return node(e, {.kind = Kind::leaf, .first = predicate, .count = 0});
  }
  static std::uint32_t join(Expression& e, Kind kind, const std::vector<std::uint32_t>& children) {
    const auto first = static_cast<std::uint32_t>(e.children.size());
    e.children.insert(e.children.end(), children.begin(), children.end());
    return node(
        e, {.kind = kind, .first = first, .count = static_cast<std::uint32_t>(children.size())});
  }

  RulePack pack;

 private:
  static std::uint32_t node(Expression& e, Expression::Node node) {
    e.nodes.push_back(node);
    return e.root = static_cast<std::uint32_t>(e.nodes.size() - 1);
  }
};

/// Puts every event of `batch` to the reference and to the fast engine in four settings: as it is,
/// with a value cache that is always full, without groups of its own, and once more when warm.
/// Returns how many matches the reference had.
inline std::size_t expect_engines_agree(const RulePack& pack, const event::Batch& batch,
                                        const event::PathTable& paths,
                                        std::string_view context = {}) {
  const auto reference = make_reference_engine(pack, paths);
  CompiledRules::Impl rules(pack);
  CompiledRules::Impl no_groups(pack, 0);
  FastEngine plain(rules, paths);
  FastEngine forgetful(rules, paths, ValueCache(16, 64));
  FastEngine generic(no_groups, paths);
  std::size_t count = 0;
  std::vector<std::vector<std::uint32_t>> all_wanted(batch.events.size());
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    reference->match(batch, batch.events[i], all_wanted[i]);
    count += all_wanted[i].size();
  }
  std::vector<std::uint32_t> got;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
      const event::Event& event = batch.events[i];
      const std::vector<std::uint32_t>& wanted = all_wanted[i];
      for (FastEngine* engine : {&plain, &forgetful, &generic}) {
        engine->match(batch, event, got);
        EXPECT_EQ(got, wanted) << context << ", event " << i << ", round " << round << ", engine "
                               << (engine == &plain       ? "plain"
                                   : engine == &forgetful ? "forgetful"
                                                          : "generic");
        if (got != wanted) return count;
      }
    }
  }
  return count;
}

}  // namespace exhibit::sigma::fast::testing
