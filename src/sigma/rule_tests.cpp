#include "exhibit/rule_tests.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "base/json_writer.h"
#include "base/text.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {

namespace {

namespace fs = std::filesystem;
using yaml::Document;
using yaml::Kind;
using yaml::Node;

constexpr std::size_t kFilesMax = 1'000'000;
constexpr std::uint64_t kAnyCount = std::numeric_limits<std::uint64_t>::max();

bool is_decimal(std::string_view text) {
  if (text.starts_with("-")) text.remove_prefix(1);
  if (text.empty() || text.size() > 18 || (text.size() > 1 && text[0] == '0')) return false;
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A node as JSON. The depth is bounded by the YAML reader.
void append_json(std::string& out, const Document& document, const Node& node) {
  base::JsonWriter json(out);
  switch (node.kind) {
    case Kind::null:
      json.null();
      return;
    case Kind::boolean:
      json.boolean(base::ascii_iequals(node.text, "true"));
      return;
    case Kind::integer:
      if (is_decimal(node.text)) {
        json.raw(node.text);
        return;
      }
      [[fallthrough]];
    case Kind::real:
    case Kind::text:
      json.string(node.text);
      return;
    case Kind::sequence:
    case Kind::mapping:
      break;
  }
  const bool mapping = node.kind == Kind::mapping;
  out += mapping ? '{' : '[';
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += mapping && i % 2 == 1 ? ':' : ',';
    const Node& child = document[node.children[i]];
    if (mapping && i % 2 == 0) {
      base::append_json_string(out, child.text);
    } else {
      append_json(out, document, child);
    }
  }
  out += mapping ? '}' : ']';
}

class Reader {
 public:
  Reader(std::string_view file, const Document& document, RuleTests& out)
      : file_(file), document_(document), out_(out) {}

  void ours() {
    const Node& root = document_[document_.root];
    const Node* rule = document_.find(root, "rule");
    if (rule == nullptr || !rule->is_scalar()) return problem(root, "`rule:` with a rule's id");
    std::size_t found = 0;
    for (const bool positive : {true, false}) {
      const Node* events = document_.find(root, positive ? "positive" : "negative");
      if (events == nullptr || events->kind != Kind::sequence) {
        problem(root, positive ? "`positive:` with a list of events"
                               : "`negative:` with a list of events");
        continue;
      }
      for (const auto id : events->children) {
        const Node& event = document_[id];
        if (event.kind != Kind::mapping) {
          problem(event, "an event as a mapping of fields");
          continue;
        }
        RuleTest test = start(event, rule->text);
        test.name = (positive ? "positive " : "negative ") + std::to_string(++found);
        test.matches_min = test.matches_max = positive ? 1 : 0;
        append_json(test.event_json, document_, event);
        out_.tests.push_back(std::move(test));
      }
      found = 0;
    }
  }

  void sigmahq() {
    const Node& root = document_[document_.root];
    const Node* rules = document_.find(root, "rule_metadata");
    const Node* tests = document_.find(root, "regression_tests_info");
    if (rules == nullptr || rules->kind != Kind::sequence || tests == nullptr ||
        tests->kind != Kind::sequence)
      return problem(root, "`rule_metadata:` and `regression_tests_info:`, both lists");
    for (const auto rule_at : rules->children) {
      const auto rule_id = text_of(document_[rule_at], "id");
      if (!rule_id) {
        problem(document_[rule_at], "`id:` of the rule");
        continue;
      }
      for (const auto test_at : tests->children) one_of_sigmahq(document_[test_at], *rule_id);
    }
  }

  void problem(const Node& node, std::string_view expected) {
    out_.problems.push_back(file_ + ":" + std::to_string(node.mark.line) + ": expected " +
                            std::string(expected));
  }

 private:
  std::optional<std::string> text_of(const Node& mapping, std::string_view key) const {
    if (mapping.kind != Kind::mapping) return std::nullopt;
    const Node* node = document_.find(mapping, key);
    if (node == nullptr || !node->is_scalar()) return std::nullopt;
    return std::string(node->text);
  }

  RuleTest start(const Node& node, std::string_view rule_id) const {
    RuleTest test;
    test.file = file_;
    test.line = node.mark.line;
    test.rule_id = base::ascii_lower(rule_id);
    return test;
  }

  void one_of_sigmahq(const Node& node, std::string_view rule_id) {
    const auto path = text_of(node, "path");
    if (!path || path->empty()) return problem(node, "`path:` of the test's log");
    RuleTest test = start(node, rule_id);
    test.name = text_of(node, "name").value_or("");
    // The path is from the root of SigmaHQ's tree; the file lies beside info.yml.
    test.evidence_path = fs::path(file_).parent_path() / fs::path(*path).filename();
    test.matches_min = 1;
    test.matches_max = kAnyCount;
    if (const auto count = text_of(node, "match_count")) {
      if (!is_decimal(*count) || count->starts_with("-"))
        return problem(node, "a number in `match_count:`");
      test.matches_min = std::stoull(*count);
    }
    out_.tests.push_back(std::move(test));
  }

  std::string file_;
  const Document& document_;
  RuleTests& out_;
};

bool holds_tests(const fs::path& path) {
  const std::string name = path.filename().string();
  return name == "info.yml" || name.ends_with(".test.yml");
}

Result<std::vector<std::string>> list_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      files.push_back(path);
      continue;
    }
    if (!fs::is_directory(path, error))
      return fail(ErrorCode::not_found, "a file or folder of rule tests is expected");
    for (auto at = fs::recursive_directory_iterator(
             path, fs::directory_options::skip_permission_denied, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      if (at->is_regular_file(error) && holds_tests(at->path())) files.push_back(at->path());
      if (files.size() > kFilesMax) return fail(ErrorCode::limit, "too many files of rule tests");
    }
    if (error)
      return fail(ErrorCode::io, "a folder of rule tests cannot be read", kNoOffset,
                  static_cast<std::uint32_t>(error.value()));
  }
  std::ranges::sort(files);
  files.erase(std::ranges::unique(files).begin(), files.end());
  return files;
}

}  // namespace

void parse_rule_tests(std::string_view file, std::string_view bytes, RuleTests& out) {
  if (!holds_tests(fs::path(file))) return;
  const auto parsed = yaml::parse(bytes);
  for (const auto& problem : parsed.problems)
    out.problems.push_back(std::string(file) + ":" + std::to_string(problem.mark.line) + ": " +
                           problem.reason);
  for (const auto& document : parsed.documents) {
    Reader reader(file, document, out);
    if (document[document.root].kind != Kind::mapping) {
      reader.problem(document[document.root], "a mapping");
    } else if (fs::path(file).filename() == "info.yml") {
      reader.sigmahq();
    } else {
      reader.ours();
    }
  }
}

Result<RuleTests> load_rule_tests(const std::vector<std::string>& paths) {
  EXHIBIT_TRY(const auto files, list_files(paths));
  RuleTests out;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    if (!in) {
      out.problems.push_back(file + ":1: cannot be read");
      continue;
    }
    parse_rule_tests(file, bytes, out);
  }
  return out;
}

}  // namespace exhibit::sigma
