#include <charconv>
#include <utility>

#include "base/json_writer.h"
#include "exhibit/sigma.h"
#include "sigma/diagnostics.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {
namespace {

using yaml::Document;
using yaml::Kind;
using yaml::Node;

// JSON's grammar of numbers is narrower than YAML's: `0x10`, `+1` and `007` stay text.
bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text[0] < '0' || text[0] > '9' || text.starts_with("0x")) return false;
  if (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false;
  const std::size_t dot = text.find('.');
  return dot == std::string_view::npos ||
         (dot + 1 < text.size() && text[dot + 1] >= '0' && text[dot + 1] <= '9');
}

void append_json(base::JsonWriter& out, const Document& d, const Node& node) {
  switch (node.kind) {
    case Kind::null:
      out.null();
      return;
    case Kind::boolean:
      out.boolean(node.text[0] == 't' || node.text[0] == 'T');
      return;
    case Kind::integer:
    case Kind::real:
      if (is_json_number(node.text))
        out.raw(node.text);
      else
        out.string(node.text);
      return;
    case Kind::text:
      out.string(node.text);
      return;
    case Kind::sequence:
      out.begin_array();
      for (const yaml::NodeId id : node.children) append_json(out, d, d[id]);
      out.end_array();
      return;
    case Kind::mapping:
      out.begin_object();
      for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
        out.key(d[node.children[i]].text);
        append_json(out, d, d[node.children[i + 1]]);
      }
      out.end_object();
      return;
  }
}

class TestReader {
 public:
  TestReader(const Document& document, std::string_view file, Diagnostics& diagnostics,
             std::vector<RuleTest>& tests)
      : d_(document),
        root_(document[document.root]),
        file_(file),
        out_(diagnostics),
        tests_(tests) {}

  void read() {
    if (d_.find(root_, "regression_tests_info") != nullptr) return regression();
    if (d_.find(root_, "rule") != nullptr) return own();
    out_.error("S301", root_.mark, "not a test of a rule",
               "give 'rule' with 'positive' and 'negative', or 'regression_tests_info'");
  }

 private:
  [[nodiscard]] std::string text(const Node& map, std::string_view key) const {
    const Node* node = d_.find(map, key);
    return node == nullptr || !node->is_scalar() || node->kind == Kind::null ? std::string()
                                                                             : node->text;
  }

  RuleTest start(const Node& node) {
    RuleTest test;
    test.file = file_;
    test.line = node.mark.line;
    return test;
  }

  void regression() {
    std::vector<std::string> rules;
    if (const Node* list = d_.find(root_, "rule_metadata"))
      for (const yaml::NodeId id : list->children)
        if (std::string rule = text(d_[id], "id"); !rule.empty()) rules.push_back(std::move(rule));
    const Node& tests = *d_.find(root_, "regression_tests_info");
    if (rules.empty() || tests.kind != Kind::sequence) {
      out_.error("S302", tests.mark, "the test names no rule, or its cases are no list");
      return;
    }
    for (const yaml::NodeId id : tests.children) {
      const Node& node = d_[id];
      RuleTest test = start(node);
      test.name = text(node, "name");
      test.evidence = text(node, "path");
      test.evidence_name = test.evidence.substr(test.evidence.find_last_of("/\\") + 1);
      if (test.evidence_name.empty()) {
        out_.error("S302", node.mark, "a case of the test has no 'path'");
        continue;
      }
      if (const std::string count = text(node, "match_count"); !count.empty()) {
        const auto [end, error] =
            std::from_chars(count.data(), count.data() + count.size(), test.match_count_min);
        if (error != std::errc{} || end != count.data() + count.size())
          out_.error("S303", d_.find(node, "match_count")->mark, "'match_count' must be a number");
      }
      for (const std::string& rule : rules) {
        test.rule_id = rule;
        tests_.push_back(test);
      }
    }
  }

  void own() {
    RuleTest test = start(root_);
    test.rule_id = text(root_, "rule");
    test.name = text(root_, "name");
    if (test.rule_id.empty()) {
      out_.error("S302", root_.mark, "the test names no rule");
      return;
    }
    if (!events("positive", test.positive) || !events("negative", test.negative)) return;
    if (test.positive.empty() && test.negative.empty()) {
      out_.error("S302", root_.mark, "the test gives neither 'positive' nor 'negative' events");
      return;
    }
    tests_.push_back(std::move(test));
  }

  bool events(std::string_view key, std::vector<std::string>& out) {
    const Node* list = d_.find(root_, key);
    if (list == nullptr) return true;
    for (const yaml::NodeId id : list->children) {
      if (list->kind != Kind::sequence || d_[id].kind != Kind::mapping) {
        out_.error("S304", list->mark,
                   "'" + std::string(key) + "' must be a list of events, each a map");
        return false;
      }
      base::JsonWriter json(out.emplace_back());
      append_json(json, d_, d_[id]);
    }
    return true;
  }

  const Document& d_;
  const Node& root_;
  std::string_view file_;
  Diagnostics& out_;
  std::vector<RuleTest>& tests_;
};

}  // namespace

std::vector<RuleTest> parse_rule_tests(std::string_view file, std::string_view bytes,
                                       std::vector<Diagnostic>& diagnostics) {
  std::vector<RuleTest> tests;
  Diagnostics out(file, bytes, diagnostics);
  const yaml::File parsed = yaml::parse(bytes);
  for (const yaml::Problem& problem : parsed.problems)
    out.error(problem.code, problem.mark, problem.reason, problem.hint);
  for (const Document& document : parsed.documents) TestReader(document, file, out, tests).read();
  return tests;
}

}  // namespace exhibit::sigma
