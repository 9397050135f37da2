// The findings of a run, as its file lists them.
#include "base/json.h"
#include "base/time.h"
#include "casefile/impl.h"
#include "casefile/layout.h"
#include "casefile/lines.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kLineSizeMax = 16 << 20;  // a finding's fields are cut long before

Result<ListedFinding> read_finding(std::string_view line) {
  EXHIBIT_TRY(const base::JsonValue value, base::parse_json(line));
  const base::JsonValue* rule = value.find("rule");
  const base::JsonValue* event = value.find("event");
  const std::string* id = value.find_string("id");
  if (id == nullptr || rule == nullptr || event == nullptr)
    return fail(ErrorCode::malformed, "a line of findings is none");
  ListedFinding out;
  out.id = *id;
  if (const auto* title = rule->find_string("title")) out.title = *title;
  if (const auto* host = event->find_string("host")) out.host = *host;
  if (const auto* level = rule->find_string("level"))
    out.level = sigma::parse_level(*level).value_or(sigma::Level::informational);
  if (const auto* time = event->find_string("time"))
    out.time = base::parse_time(*time).value_or(event::kNoTime);
  return out;
}

}  // namespace

Result<void> for_each_finding(const Case& from, std::uint32_t run,
                              const std::function<void(const ListedFinding&)>& take) {
  const std::string path = from.impl().path(layout::run_folder(run) + "findings.jsonl");
  const auto read = [&](std::string_view line) -> Result<void> {
    EXHIBIT_TRY(const ListedFinding finding, read_finding(line.substr(0, line.size() - 1)));
    take(finding);
    return {};
  };
  EXHIBIT_CHECK(for_each_line(path, read, kLineSizeMax));
  return {};
}

}  // namespace exhibit::casefile
