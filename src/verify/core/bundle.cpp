#include "verify/core/bundle.h"

#include <algorithm>

namespace exhibit::verify {
namespace core {

bool counts_in_bundle(std::string_view check_id) {
  return check_id != "source.fields" && check_id != "source.complete";
}

std::string_view reason_name(std::uint8_t tag) {
  constexpr std::array<std::string_view, 6> kNames{
      "scope", "operational", "personal-data", "privilege", "source-protection", "other-law"};
  return tag < kReasonMin || tag > kReasonMax ? std::string_view{} : kNames[tag - kReasonMin];
}

std::optional<std::string_view> field_of(std::span<const OpenedField> fields,
                                         std::string_view name) {
  for (const OpenedField& field : fields)
    if (field.path == name && field.slot != 0) return field.value;
  return std::nullopt;
}

bool BundleEntry::hides(std::string_view name) const {
  return std::find(names.begin(), names.end(), name) != names.end() && !field_of(fields, name);
}

void BundleCheck::say(std::string_view id, std::string_view subject, Verdict verdict, Why why,
                      std::string_view detail, bool counts) {
  if (verdict == Verdict::invalid && arena_.exhausted()) {
    verdict = Verdict::undecidable;
    why = kNoMemory;
  }
  if (counts && counts_in_bundle(id) && verdict > worst_) worst_ = verdict;
  listener_.check({.id = id,
                   .subject = subject,
                   .verdict = verdict,
                   .why = why,
                   .detail = detail,
                   .counts = counts && counts_in_bundle(id)});
}

std::string_view BundleCheck::subject(std::string_view a, std::uint64_t b) {
  Writer out(arena_, a.size() + 21);
  return out.text(a).byte('/').number(b).view();
}

std::string_view BundleCheck::command() {
  Writer out(arena_, 32 + brought_.file_name.size());
  return out.text("exhibit verify ")
      .text(brought_.file_name.empty() ? "bundle.exhibit" : brought_.file_name)
      .view();
}

const BundleTree* BundleCheck::tree_of(const Pseudonym& source, std::uint8_t stream) const {
  for (const BundleTree& tree : trees_.items())
    if (tree.source == source && tree.stream == stream) return &tree;
  return nullptr;
}

std::span<const BundleRange> BundleCheck::ranges_of(const Pseudonym& source) const {
  const std::span<const BundleRange> all = ranges_.items();
  const auto first =
      std::lower_bound(all.begin(), all.end(), source,
                       [](const BundleRange& r, const Pseudonym& s) { return r.source < s; });
  auto last = first;
  while (last != all.end() && last->source == source) ++last;
  return {first, last};
}

std::span<BundleFinding> BundleCheck::findings_of(const Pseudonym& source) {
  const std::span<BundleFinding> all = findings_.items();
  const auto first =
      std::lower_bound(all.begin(), all.end(), source,
                       [](const BundleFinding& f, const Pseudonym& s) { return f.source < s; });
  auto last = first;
  while (last != all.end() && last->source == source) ++last;
  return {first, last};
}

Verdict BundleCheck::check() {
  worst_ = read_trust(arena_, brought_, listener_, trust_);
  Why why = read_files();
  if (why.empty()) why = read_layout();
  if (why.empty()) why = read_json();
  judge("bundle.form", "bundle", why);
  if (!why.empty()) return worst_;
  listener_.fact({.subject = "bundle", .name = "case", .value = case_});
  listener_.fact({.subject = "bundle", .name = "party", .value = party_});
  listener_.fact({.subject = "bundle", .name = "to", .value = to_});
  listener_.fact({.subject = "bundle", .name = "tlp", .value = tlp_});
  check_members();
  for (BundleLog& log : logs_.items()) check_log(log);
  for (const BundleLog& log : logs_.items())
    if (is_discloser(log)) check_disclosure(log);
  for (BundleLog& log : logs_.items()) check_seen(log);
  check_sources();
  check_findings();
  return worst_;
}

Verdict check_bundle(std::string_view bundle, const Brought& brought, Arena& arena,
                     Listener& listener) {
  const Scratch scratch(arena);
  return BundleCheck(bundle, brought, arena, listener).check();
}

}  // namespace core
}  // namespace exhibit::verify
