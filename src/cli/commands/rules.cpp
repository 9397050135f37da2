// rules list, lint, explain.
#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/explain.h"
#include "cli/output.h"
#include "cli/rule_options.h"
#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

std::string logsource_text(const sigma::LogSource& source) {
  std::string out;
  for (const auto* part : {&source.product, &source.category, &source.service}) {
    if (part->empty()) continue;
    out += (out.empty() ? "" : "/") + *part;
  }
  return out;
}

void append_rule_json(std::string& out, const sigma::RuleInfo& rule, bool routed) {
  base::JsonWriter json(out);
  json.begin_object()
      .member("id", rule.id)
      .member("title", rule.title)
      .member("level", sigma::to_string(rule.level))
      .member("status", sigma::to_string(rule.status))
      .key("tags")
      .begin_array();
  for (const auto& tag : rule.tags) json.string(tag);
  json.end_array()
      .member("author", rule.author)
      .member("license", rule.license)
      .member("logsource", logsource_text(rule.logsource))
      .member("routed", routed)
      .member("file", rule.file)
      .member("sha256", rule.sha256)
      .end_object();
}

std::string list_text(const sigma::RulePack& pack, const Console& console,
                      std::string_view format) {
  std::string out = format == "json" ? "[" : "";
  if (format == "csv")
    append_csv_row(out, {"level", "status", "id", "title", "logsource", "routed", "tags", "author",
                         "file", "sha256"});
  for (std::size_t i = 0; i < pack.rules.size(); ++i) {
    const sigma::RuleInfo& rule = pack.rules[i];
    const bool routed = !std::ranges::binary_search(pack.unrouted, i);
    if (format == "json" || format == "jsonl") {
      if (format == "json" && i > 0) out += ",\n";
      append_rule_json(out, rule, routed);
      if (format == "jsonl") out += "\n";
    } else if (format == "csv") {
      std::string tags;
      for (const auto& tag : rule.tags) tags += (tags.empty() ? "" : " ") + tag;
      append_csv_row(out, {std::string(sigma::to_string(rule.level)),
                           std::string(sigma::to_string(rule.status)), rule.id, rule.title,
                           logsource_text(rule.logsource), routed ? "yes" : "no", tags, rule.author,
                           rule.file, rule.sha256});
    } else {
      std::string level(sigma::to_string(rule.level));
      level.resize(13, ' ');
      out += console.paint(rule.level, level) + " " + safe_text(rule.id.substr(0, 8)) + "  " +
             safe_cut(rule.title, console.width() - 24 - (routed ? 0 : 11)) +
             (routed ? "" : " (unrouted)") + "\n";
    }
  }
  if (format == "json") out += "]\n";
  return out;
}

// The rule that `id` means: a whole id, the beginning of one, or words of its title.
std::vector<std::uint32_t> rules_meant(const sigma::RulePack& pack, std::string_view id) {
  std::vector<std::uint32_t> exact, prefix, titled;
  const std::string folded = base::folded(id);
  for (std::uint32_t i = 0; i < pack.rules.size(); ++i) {
    const sigma::RuleInfo& rule = pack.rules[i];
    if (rule.id == id || rule.sha256 == id) exact.push_back(i);
    if (rule.id.starts_with(folded) || rule.sha256.starts_with(folded)) prefix.push_back(i);
    if (base::folded(rule.title).find(folded) != std::string::npos) titled.push_back(i);
  }
  if (!exact.empty()) return exact;
  return prefix.empty() ? titled : prefix;
}

}  // namespace

int run_rules_list(const Arguments& arguments, const Console& console) {
  const auto rules = load_rules_asked(arguments, console, {});
  if (!rules) return status_without_rules();
  report_rules(*rules, console);
  auto out = Output::open(arguments.value("output"), arguments.has("force"));
  if (!out) return say_failed(console, safe_text(arguments.value("output")), out.error());
  const auto format = arguments.value("format", "table");
  Console to_output = console;
  if (out->is_file() && arguments.value("color") != "always") to_output.plain();
  const std::string text = list_text(rules->pack, to_output, format);
  if (format == "json" || format == "jsonl") {
    out->write_json(text);
  } else if (format == "csv") {
    out->write_lines(text);
  } else {
    out->write(text);
  }
  const auto done = out->finish();
  return done ? exit_done : say_failed(console, "writing the list", done.error());
}

int run_rules_lint(const Arguments& arguments, const Console& console) {
  const auto rules = load_rules_asked(arguments, console, arguments.positional);
  if (!rules) return status_without_rules();
  std::string text;
  std::uint64_t warnings = 0;
  for (const auto& diagnostic : rules->pack.diagnostics) {
    if (diagnostic.severity == sigma::Severity::warning) ++warnings;
    text += sigma::render(diagnostic);
    if (!text.ends_with('\n')) text += '\n';
  }
  std::uint64_t unrouted = 0;
  for (const auto index : rules->pack.unrouted) {
    const sigma::RuleInfo& rule = rules->pack.rules[index];
    ++unrouted;
    if (console.verbose())
      text += safe_text(rule.file) + ": unrouted: " + safe_text(logsource_text(rule.logsource)) +
              " leads to no log\n";
  }
  text += counted(rules->pack.rules.size(), "rule") + " taken, " + grouped(rules->pack.rejected) +
          " rejected, " + counted(warnings, "warning") + ", " + grouped(unrouted) + " unrouted" +
          (console.verbose() || unrouted == 0 ? "" : " (-v lists them)") + "\n";
  return print(console, text, rules->pack.rejected == 0 ? exit_done : exit_no);
}

int run_rules_explain(const Arguments& arguments, const Console& console) {
  const auto rules = load_rules_asked(arguments, console, {});
  if (!rules) return status_without_rules();
  const auto meant = rules_meant(rules->pack, arguments.positional[0]);
  if (meant.empty()) {
    console.error("no rule has the id, or these words in its title: " +
                  safe_text(arguments.positional[0]));
    return exit_usage;
  }
  if (meant.size() > 1) {
    console.error("several rules are meant:");
    for (const auto index : meant) {
      const sigma::RuleInfo& rule = rules->pack.rules[index];
      console.note("  " + safe_text(rule.id) + "  " + safe_text(rule.title));
    }
    return exit_usage;
  }
  std::string text;
  append_explanation(text, console, rules->pack, meant.front());
  return print(console, text, exit_done);
}

}  // namespace exhibit::cli
