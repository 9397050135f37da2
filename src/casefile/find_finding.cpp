#include "casefile/find_finding.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "casefile/layout.h"
#include "casefile/lines.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kPrefixMin = 4;
constexpr std::size_t kIdSize = 32;

// The one line whose id begins with `prefix`. Errors: usage when there are several.
Result<std::optional<FoundFinding>> find_in(const std::string& path, std::string_view prefix) {
  FoundFinding found;
  std::uint64_t matches = 0;
  EXHIBIT_CHECK(for_each_line(path, [&](std::string_view line) -> Result<void> {
    // The finding's own id is the first.
    const std::string_view id = text_after(line, "\"id\":\"");
    if (id.starts_with(prefix)) {
      ++matches;
      found.id = id.substr(0, kIdSize);
      found.line = line;
      found.index = found.leaves.size();
    }
    found.leaves.push_back(seal::leaf_hash(as_bytes(line)));
    return {};
  }));
  if (matches > 1)
    return fail(ErrorCode::usage, "several findings begin with this id: give more of it");
  if (matches == 0) return std::optional<FoundFinding>{};
  return std::optional<FoundFinding>(std::move(found));
}

bool number_after(std::string_view text, std::string_view key, std::uint64_t& out) {
  const std::string_view rest = text_after(text, key);
  return std::from_chars(rest.data(), rest.data() + rest.size(), out).ec == std::errc{};
}

}  // namespace

Result<FindingLine> read_finding_line(std::string_view line) {
  FindingLine out;
  out.id = text_after(line, "\"id\":\"").substr(0, kIdSize);
  const std::string_view rule = line.substr(0, line.find("\"},\"source\":{"));
  out.rule_sha256 = rule.size() < 64 ? std::string_view() : rule.substr(rule.size() - 64);
  out.source_sha256 = text_after(line, "},\"source\":{\"sha256\":\"").substr(0, 64);
  const std::string_view record = text_after(line, "\"record\":{");
  if (!number_after(record, "\"index\":", out.record_index) ||
      !number_after(record, "\"offset\":", out.offset) ||
      !number_after(record, "\"length\":", out.length) || !layout::is_sha256(out.rule_sha256))
    return fail(ErrorCode::malformed, "a finding lacks its rule, or where its record is");
  out.slack = record.substr(0, record.find('}')).find("\"slack\":true") != std::string::npos;
  return out;
}

std::string_view text_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + key.size());
}

Result<FoundFinding> find_finding(const Case::Impl& impl, std::string_view id) {
  const std::string prefix = base::ascii_lower(id);
  if (prefix.size() < kPrefixMin || prefix.size() > kIdSize ||
      !std::ranges::all_of(prefix,
                           [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }))
    return fail(ErrorCode::usage, "a finding's id is 4 to 32 hexadecimal digits");
  for (auto run = impl.run_facts.rbegin(); run != impl.run_facts.rend(); ++run) {
    EXHIBIT_TRY(std::optional<FoundFinding> found,
                find_in(impl.path(layout::run_folder(run->number) + "findings.jsonl"), prefix));
    if (!found) continue;
    found->run = &*run;
    return *std::move(found);
  }
  return fail(ErrorCode::not_found, "no run of the case has a finding of this id");
}

}  // namespace exhibit::casefile
