// The form of a bundle: its files and their order, and its JSON.
#include <algorithm>
#include <tuple>

#include "verify/core/bundle.h"
#include "verify/core/sha2.h"
#include "verify/core/tar.h"

namespace exhibit::verify::core {
namespace {

constexpr std::string_view kFolder = "bundle/";
constexpr std::string_view kFormat = "exhibit/bundle/1";
constexpr std::size_t kTextMax = 1024;  // of a name, a recipient

constexpr Why kOtherMembers = "the files in the bundle are not those of the format, in their order";
constexpr Why kNoBundleJson = "bundle.json is not in its one form";
constexpr Why kNoEntries = "entries.jsonl is not in its one form";
constexpr Why kNoSeen = "seen.jsonl is not in its one form";

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!word && (i == 0 || (c != '.' && c != '_' && c != '-'))) return false;
  }
  return true;
}

// `name` up to the next '/', which is taken off too; empty where there is none.
std::string_view take_folder(std::string_view& name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view folder = name.substr(0, slash);
  name.remove_prefix(slash + 1);
  return folder;
}

Why read_digests(Arena& arena, const Json* json, std::size_t max, std::span<const Digest>& out,
                 Why no_form) {
  if (json == nullptr || !json->is(Json::Kind::array) || json->size > max) return no_form;
  List<Digest> digests;
  for (const Json* item = json->first; item != nullptr; item = item->next) {
    const auto digest = item->is(Json::Kind::string) ? hex_array<32>(item->text) : std::nullopt;
    if (!digest) return no_form;
    if (!digests.push(arena, *digest)) return kNoMemory;
  }
  out = digests.items();
  return kHolds;
}

// Text, or {"base64":…} where it is not UTF-8.
Why read_value(Arena& arena, const Json* json, std::string_view& out) {
  constexpr std::array<std::string_view, 1> kMembers{"base64"};
  if (json == nullptr) return kNoEntries;
  if (json->is(Json::Kind::string)) {
    out = json->text;
    return kHolds;
  }
  if (!json->has_exactly(kMembers) || !json->first->is(Json::Kind::string)) return kNoEntries;
  const auto bytes = from_base64(arena, json->first->text);
  if (!bytes) return kNoEntries;
  if (bytes->data() == nullptr) return kNoMemory;
  if (is_utf8(*bytes)) return kNoEntries;  // would stand as text
  out = *bytes;
  return kHolds;
}

// The hash that a rule's file is named by; empty for another file.
std::string_view rule_of(std::string_view name) {
  constexpr std::string_view kRules = "criteria/", kEnd = ".yml";
  if (!name.starts_with(kRules) || !name.ends_with(kEnd)) return {};
  const std::string_view hash =
      name.substr(kRules.size(), name.size() - kRules.size() - kEnd.size());
  return hex_array<32>(hash) ? hash : std::string_view{};
}

}  // namespace

Why BundleCheck::read_files() {
  TarReader tar(bytes_);
  for (;;) {
    TarReader::File file;
    bool more = false;
    EXHIBIT_WHY(tar.next(file, more));
    if (!more) return kHolds;
    if (!file.name.starts_with(kFolder)) return kOtherMembers;
    file.name.remove_prefix(kFolder.size());
    if (!files_.push(arena_, {.name = file.name, .content = file.content})) return kNoMemory;
  }
}

Why BundleCheck::read_layout() {
  std::size_t at = 0;
  const auto is_at = [&](std::string_view name) {
    return at < files_.size() && files_[at].name == name;
  };
  if (!is_at("bundle.json")) return kOtherMembers;
  bundle_json_ = files_[at++].content;
  while (at < files_.size() && files_[at].name.starts_with("logs/")) EXHIBIT_WHY(read_log(at));
  if (logs_.size() == 0) return kOtherMembers;
  sources_begin_ = at;
  std::string_view last;
  while (at < files_.size() && files_[at].name.starts_with("sources/")) {
    std::string_view rest = files_[at].name.substr(8);
    const std::string_view pseudonym = take_folder(rest);
    if (!hex_array<16>(pseudonym) || rest != "shapes" || pseudonym <= last) return kOtherMembers;
    last = pseudonym;
    if (at + 1 == files_.size()) return kOtherMembers;
    rest = files_[at + 1].name;
    if (take_folder(rest) != "sources" || take_folder(rest) != pseudonym || rest != "records")
      return kOtherMembers;
    at += 2;
  }
  last = {};
  for (; at < files_.size() && !rule_of(files_[at].name).empty(); ++at) {
    if (files_[at].name <= last) return kOtherMembers;
    last = files_[at].name;
  }
  if (!last.empty() && (at == files_.size() || files_[at++].name != "criteria/routing.yml"))
    return kOtherMembers;
  return at == files_.size() ? kHolds : kOtherMembers;
}

Why BundleCheck::read_log(std::size_t& at) {
  std::string_view name = files_[at].name.substr(5);
  BundleLog log;
  log.party = take_folder(name);
  if (!is_plain_name(log.party) || name != "checkpoint" || logs_.size() == kBundleLogsMax)
    return kOtherMembers;
  if (logs_.size() != 0 && log.party <= logs_.back().party) return kOtherMembers;
  log.checkpoint_text = files_[at++].content;
  // What follows of the same log; null where `file` does not stand here.
  const auto name_here = [&]() -> std::string_view {
    if (at == files_.size()) return {};
    std::string_view rest = files_[at].name;
    return take_folder(rest) == "logs" && take_folder(rest) == log.party ? rest
                                                                         : std::string_view{};
  };
  if (name_here() != "entries.jsonl") return kOtherMembers;
  const std::string_view entries = files_[at++].content;
  std::string_view seen;
  if (name_here() == "seen.jsonl") {
    seen = files_[at++].content;
    if (seen.empty()) return kOtherMembers;
  }
  List<BundleFile> stamped;
  std::optional<std::uint64_t> size;
  std::string_view last;  // name in the folder of this size; empty before its checkpoint
  for (std::string_view rest = name_here(); rest.starts_with("stamped/"); rest = name_here()) {
    rest.remove_prefix(8);
    const std::string_view below = rest;
    const auto number = parse_decimal(take_folder(rest));
    if (!number) return kOtherMembers;
    if (rest == "checkpoint") {
      if (size && *number <= *size) return kOtherMembers;
      size = number;
      last = {};
    } else {
      if (!size || *number != *size || rest <= last || rest.find('/') != std::string_view::npos)
        return kOtherMembers;
      last = rest;
    }
    if (!stamped.push(arena_, {.name = below, .content = files_[at++].content})) return kNoMemory;
  }
  log.stamped = stamped.items();
  EXHIBIT_WHY(read_entries(entries, log));
  EXHIBIT_WHY(read_seen(seen, log));
  return logs_.push(arena_, log) ? kHolds : kNoMemory;
}

Why BundleCheck::read_json() {
  constexpr std::array<std::string_view, 9> kMembers{
      "case", "findings", "format", "members", "party", "ranges", "rules", "tlp", "to"};
  constexpr std::array<std::string_view, 5> kTlp{"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
  if (!bundle_json_.ends_with('\n')) return kNoBundleJson;
  const Json* json = nullptr;
  EXHIBIT_WHY(parse_canonical_json(arena_, bundle_json_.substr(0, bundle_json_.size() - 1), json));
  if (!json->has_exactly(kMembers)) return kNoBundleJson;
  if (json->string("format") != kFormat) return "the bundle is of another format or version";
  const auto case_id = json->string("case"), party = json->string("party"),
             tlp = json->string("tlp"), to = json->string("to");
  members_ = json->find("members");
  rules_ = json->find("rules");
  if (!case_id || !party || !tlp || !to || !is_plain_name(*case_id) || !is_plain_name(*party) ||
      to->size() > kTextMax || !members_->is(Json::Kind::array) ||
      std::find(kTlp.begin(), kTlp.end(), *tlp) == kTlp.end())
    return kNoBundleJson;
  case_ = *case_id;
  party_ = *party;
  tlp_ = *tlp;
  to_ = *to;
  if (std::none_of(logs_.items().begin(), logs_.items().end(),
                   [&](const BundleLog& log) { return is_discloser(log); }))
    return kOtherMembers;
  EXHIBIT_WHY(read_ranges(*json->find("ranges")));
  EXHIBIT_WHY(read_findings(*json->find("findings")));
  constexpr std::array<std::string_view, 5> kRules{
      "builtin_mapping", "mapping_sha256", "placeholders", "routing_sha256", "semantics_version"};
  const bool criteria = files_.back().name == "criteria/routing.yml";
  const bool named = !rules_->is(Json::Kind::null);
  if (named && !rules_->has_exactly(kRules)) return kNoBundleJson;
  if (named != (findings_.size() != 0) || named != criteria) return kNoBundleJson;
  // A rule for each finding, and none besides. They stand in order, before the routing.
  std::span<const BundleFile> rules = files_.items().subspan(sources_begin_);
  while (!rules.empty() && rule_of(rules.front().name).empty()) rules = rules.subspan(1);
  if (!rules.empty()) rules = rules.first(rules.size() - 1);
  List<bool> used;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (!used.push(arena_, false)) return kNoMemory;
  for (const BundleFinding& finding : findings_.items()) {
    const auto at = std::lower_bound(
        rules.begin(), rules.end(), finding.rule,
        [](const BundleFile& file, std::string_view rule) { return rule_of(file.name) < rule; });
    if (at == rules.end() || rule_of(at->name) != finding.rule) return kOtherMembers;
    used[static_cast<std::size_t>(at - rules.begin())] = true;
  }
  if (std::find(used.items().begin(), used.items().end(), false) != used.items().end())
    return kOtherMembers;
  return kHolds;
}

Why BundleCheck::read_ranges(const Json& json) {
  constexpr std::array<std::string_view, 5> kRange{"from", "source", "stream", "to", "withheld"};
  constexpr std::array<std::string_view, 3> kRun{"from", "reason", "to"};
  if (!json.is(Json::Kind::array)) return kNoBundleJson;
  for (const Json* item = json.first; item != nullptr; item = item->next) {
    if (!item->has_exactly(kRange)) return kNoBundleJson;
    const auto from = item->number("from"), to = item->number("to"),
               stream = item->number("stream");
    const auto source = item->string("source");
    const auto pseudonym = source ? hex_array<16>(*source) : std::nullopt;
    const Json* withheld = item->find("withheld");
    if (!from || !to || *from >= *to || !stream || *stream > 1 || !pseudonym ||
        !withheld->is(Json::Kind::array))
      return kNoBundleJson;
    List<BundleRun> runs;
    for (const Json* run = withheld->first; run != nullptr; run = run->next) {
      if (!run->has_exactly(kRun)) return kNoBundleJson;
      const auto run_from = run->number("from"), run_to = run->number("to");
      const auto reason = run->string("reason");
      std::uint8_t tag = kReasonMin;
      while (tag <= kReasonMax && reason != reason_name(tag)) ++tag;
      if (!run_from || !run_to || *run_from >= *run_to || *run_from < *from || *run_to > *to ||
          tag > kReasonMax)
        return kNoBundleJson;
      // In order, apart; two that touch have different reasons.
      if (runs.size() != 0 && (runs.back().to > *run_from ||
                               (runs.back().to == *run_from && runs.back().reason == tag)))
        return kNoBundleJson;
      if (!runs.push(arena_, {.from = *run_from, .to = *run_to, .reason = tag})) return kNoMemory;
    }
    const BundleRange range{.source = *pseudonym,
                            .stream = static_cast<std::uint8_t>(*stream),
                            .from = *from,
                            .to = *to,
                            .withheld = runs.items()};
    if (ranges_.size() == 0 || ranges_.back().source != range.source)
      if (++sources_ > kBundleSourcesMax) return "the bundle is about more sources than it may be";
    if (ranges_.size() != 0) {
      const BundleRange& last = ranges_.back();
      if (last.source > range.source ||
          (last.source == range.source &&
           (last.stream > range.stream || (last.stream == range.stream && last.to > range.from))))
        return kNoBundleJson;
    }
    if (!ranges_.push(arena_, range)) return kNoMemory;
  }
  return kHolds;
}

Why BundleCheck::read_findings(const Json& json) {
  constexpr std::array<std::string_view, 4> kFinding{"record", "rule", "source", "stream"};
  if (!json.is(Json::Kind::array)) return kNoBundleJson;
  for (const Json* item = json.first; item != nullptr; item = item->next) {
    if (!item->has_exactly(kFinding)) return kNoBundleJson;
    const auto record = item->number("record"), stream = item->number("stream");
    const auto rule = item->string("rule"), source = item->string("source");
    const auto pseudonym = source ? hex_array<16>(*source) : std::nullopt;
    if (!record || !stream || *stream > 1 || !rule || !hex_array<32>(*rule) || !pseudonym)
      return kNoBundleJson;
    const BundleFinding finding{.source = *pseudonym,
                                .stream = static_cast<std::uint8_t>(*stream),
                                .record = *record,
                                .rule = *rule};
    if (findings_.size() != 0) {  // in order, each once
      const BundleFinding& last = findings_.back();
      const auto key = [](const BundleFinding& f) {
        return std::tie(f.source, f.stream, f.record, f.rule);
      };
      if (!(key(last) < key(finding))) return kNoBundleJson;
    }
    if (!findings_.push(arena_, finding)) return kNoMemory;
  }
  return kHolds;
}

Why BundleCheck::read_entries(std::string_view text, BundleLog& log) {
  constexpr std::array<std::string_view, 5> kMembers{"entry", "index", "nonce", "path", "slots"};
  List<BundleEntry> entries;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line) return kNoEntries;
    const Json* json = nullptr;
    EXHIBIT_WHY(parse_canonical_json(arena_, *line, json));
    if (!json->has_exactly(kMembers)) return kNoEntries;
    const auto envelope = json->string("entry"), nonce = json->string("nonce");
    const auto index = json->number("index");
    const auto bytes = nonce ? hex_array<16>(*nonce) : std::nullopt;
    if (!envelope || !index || !bytes) return kNoEntries;
    if (entries.size() == 0 ? *index != 0 : *index <= entries.back().index) return kNoEntries;
    BundleEntry entry;
    entry.index = *index;
    entry.envelope = *envelope;
    entry.nonce = *bytes;
    EXHIBIT_WHY(read_digests(arena_, json->find("path"), kProofHashesMax, entry.path, kNoEntries));
    EXHIBIT_WHY(read_slots(*json->find("slots"), entry));
    if (!entries.push(arena_, entry)) return kNoMemory;
  }
  if (entries.size() == 0) return kNoEntries;
  log.entries = entries.items();
  return kHolds;
}

Why BundleCheck::read_slots(const Json& json, BundleEntry& entry) {
  constexpr std::array<std::string_view, 3> kSlot{"salt", "type", "value"};
  if (!json.is(Json::Kind::array) || json.size == 0 || json.size > kSlotsMax) return kNoEntries;
  List<StatementSlot> slots;
  for (const Json* item = json.first; item != nullptr; item = item->next) {
    StatementSlot slot;
    if (item->is(Json::Kind::string)) {
      if (!from_hex(item->text, slot.commitment)) return kNoEntries;
    } else {
      if (!item->has_exactly(kSlot)) return kNoEntries;
      const auto salt = item->string("salt");
      const auto type = item->number("type");
      if (!salt || !from_hex(*salt, slot.salt) || !type || *type > 0xff) return kNoEntries;
      slot.opened = true;
      slot.type = static_cast<std::uint8_t>(*type);
      EXHIBIT_WHY(read_value(arena_, item->find("value"), slot.value));
      slot.commitment = field_commitment(slot.salt, slot.type, slot.value);
    }
    if (!slots.push(arena_, slot)) return kNoMemory;
  }
  entry.slots = slots.items();
  return kHolds;
}

Why BundleCheck::read_seen(std::string_view text, BundleLog& log) {
  constexpr std::array<std::string_view, 2> kMembers{"note", "path"};
  List<BundleSeen> lines;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line) return kNoSeen;
    const Json* json = nullptr;
    EXHIBIT_WHY(parse_canonical_json(arena_, *line, json));
    if (!json->has_exactly(kMembers)) return kNoSeen;
    const auto note = json->string("note");
    if (!note) return kNoSeen;
    BundleSeen seen;
    seen.note_text = *note;
    EXHIBIT_WHY(read_digests(arena_, json->find("path"), kConsistencyMax, seen.path, kNoSeen));
    if (!lines.push(arena_, seen)) return kNoMemory;
  }
  log.seen = lines.items();
  return kHolds;
}

void BundleCheck::check_members() {
  constexpr std::array<std::string_view, 3> kMember{"name", "sha256", "size"};
  constexpr Why kDiffer = "the members are not those that bundle.json names, with their hashes";
  const auto differ = [&](std::string_view name) {
    say("bundle.members", "bundle", Verdict::invalid, kDiffer, name);
  };
  std::size_t at = sources_begin_;
  for (const Json* item = members_->first; item != nullptr; item = item->next, ++at) {
    if (at == files_.size() || !item->has_exactly(kMember)) return differ("bundle.json");
    const BundleFile& file = files_[at];
    const auto sha256_text = item->string("sha256");
    const auto digest = sha256_text ? hex_array<32>(*sha256_text) : std::nullopt;
    if (item->string("name") != file.name || item->number("size") != file.content.size() ||
        digest != sha256(file.content))
      return differ(file.name);
    if (const std::string_view rule = rule_of(file.name); !rule.empty() && rule != *sha256_text)
      return differ(file.name);
  }
  if (at != files_.size()) return differ(files_[at].name);
  if (!rules_->is(Json::Kind::null)) {
    const auto routing = rules_->string("routing_sha256");
    const auto digest = routing ? hex_array<32>(*routing) : std::nullopt;
    if (digest != sha256(files_.back().content)) return differ("criteria/routing.yml");
  }
  judge("bundle.members", "bundle", kHolds);
}

}  // namespace exhibit::verify::core
