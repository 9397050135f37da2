#include "cli/rule_options.h"

#include <deque>
#include <fstream>
#include <iterator>

#include "cli/hunt_request.h"
#include "cli/interrupt.h"
#include "cli/placeholders.h"
#include "cli/safe_text.h"
#include "cli/starter_pack.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kPlaceholderFileSizeMax = 16U << 20U;

bool load_placeholders(std::string_view path, const Console& console, Placeholders& out) {
  std::ifstream in{std::string(path), std::ios::binary};
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in || text.size() > kPlaceholderFileSizeMax) {
    console.error("--placeholders: cannot read " + safe_text(path));
    return false;
  }
  auto parsed = parse_placeholders(text);
  if (!parsed) {
    console.error("--placeholders " + safe_text(path) + ", " + parsed.error());
    return false;
  }
  out = *std::move(parsed);
  return true;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> starter_rules() {
  auto files = embedded_files();
  std::erase_if(files, [](const auto& file) { return file.first.ends_with(".test.yml"); });
  return files;
}

std::optional<sigma::LoadOptions> load_options(const Arguments& arguments, const Console& console) {
  sigma::LoadOptions options;
  options.stop = &stop_flag();
  const auto threads = threads_asked(arguments, console);
  if (!threads) return std::nullopt;
  options.threads = *threads;
  if (arguments.has("routing")) options.routing_file = arguments.value("routing");
  options.builtin_mapping = !arguments.has("no-builtin-mapping");
  // The table of flags admits only names of levels and statuses.
  if (arguments.has("min-level"))
    options.min_level = *sigma::parse_level(arguments.value("min-level"));
  if (arguments.has("status")) options.min_status = sigma::parse_status(arguments.value("status"));
  options.ids = arguments.values("rule");
  options.tags = arguments.values("tag");
  if (arguments.has("placeholders") &&
      !load_placeholders(arguments.value("placeholders"), console, options.placeholders))
    return std::nullopt;
  return options;
}

const LoadedRules* load_rules_asked(const Arguments& arguments, const Console& console,
                                    const std::vector<std::string>& paths) {
  static auto& kept = *new std::deque<LoadedRules>;
  auto options = load_options(arguments, console);
  if (!options) return nullptr;
  LoadedRules& rules = kept.emplace_back();
  rules.options = *std::move(options);
  std::vector<std::string> from = arguments.values("rules");
  from.insert(from.end(), paths.begin(), paths.end());
  if (from.empty()) {
    rules.starter = true;
    rules.pack = sigma::load_rules_from_memory(starter_rules(), rules.options);
    const std::size_t all = rules.pack.rules.size() + rules.pack.filtered_out;
    console.note(
        "No -r: using " +
        (rules.pack.filtered_out == 0 ? "" : grouped(rules.pack.rules.size()) + " rules of ") +
        "the built-in starter pack of " + counted(all, "rule") + ".\n" + kWhereRulesAre + ".");
    return &rules;
  }
  auto pack = sigma::load_rules(from, rules.options);
  if (!pack && pack.error().code == ErrorCode::interrupted) {
    console.note("INCOMPLETE: interrupted");
    return nullptr;
  }
  if (!pack) {
    std::string list;
    for (const auto& path : from) list += (list.empty() ? "" : ", ") + safe_text(path);
    console.error("cannot load rules from " + list + ": " + describe(pack.error()));
    return nullptr;
  }
  rules.pack = *std::move(pack);
  return &rules;
}

int status_without_rules() { return stop_flag().load() ? exit_interrupted : exit_usage; }

bool any_rule_left(const LoadedRules& rules, const Arguments& arguments, const Console& console) {
  if (!rules.pack.rules.empty()) return true;
  std::string from;
  for (const auto& path : arguments.values("rules"))
    from += (from.empty() ? " in " : ", ") + safe_text(path);
  if (rules.pack.filtered_out != 0) {
    std::string asked;
    for (const auto* flag : {"min-level", "status", "tag", "rule"}) {
      if (!arguments.has(flag)) continue;
      asked += (asked.empty() ? "" : " ") + std::string("--") + flag;
      for (const auto& value : arguments.values(flag)) asked += " " + safe_text(value);
    }
    console.error("none of the " + counted(rules.pack.filtered_out, "rule") + from + " fits " +
                  asked + "; `exhibit rules list --format csv` shows ids and tags");
  } else if (rules.pack.rejected != 0) {
    console.error("every rule" + from + " was rejected; `exhibit rules lint` says why");
  } else {
    console.error("there is no Sigma rule (*.yml)" + from);
  }
  return false;
}

void report_rules(const LoadedRules& rules, const Console& console) {
  if (rules.pack.rejected == 0) return;
  if (console.verbose()) {
    for (const auto& diagnostic : rules.pack.diagnostics) console.note(sigma::render(diagnostic));
  }
  console.note(counted(rules.pack.rejected, "rule") + " rejected" +
               (console.verbose() ? "" : " (-v or `exhibit rules lint` says why)"));
}

}  // namespace exhibit::cli
