#include "casefile/saying.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "casefile/fields.h"
#include "casefile/find_finding.h"
#include "casefile/home.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kPackPrefixMin = 8;
constexpr auto kKinds = std::to_array<std::pair<std::string_view, Saying::Kind>>({
    {"statement", Saying::Kind::statement},
    {"challenge", Saying::Kind::challenge},
    {"answer", Saying::Kind::answer},
    {"note", Saying::Kind::note},
    {"agree", Saying::Kind::agree},
});

const Ledger* ledger_of(const Case::Impl& impl, std::string_view party) {
  if (party == impl.party) return &impl.ledger;
  const auto other = std::ranges::find(impl.others, party, &PartyLog::party);
  return other == impl.others.end() ? nullptr : &other->ledger;
}

Result<EntryTarget> target_of(const Case::Impl& impl, const EntryRef& entry) {
  const Ledger* ledger = ledger_of(impl, entry.party);
  if (ledger == nullptr || entry.index >= ledger->leaves.size())
    return fail(ErrorCode::not_found, "the case has no such entry");
  return EntryTarget{.entry = entry, .leaf = ledger->leaves[entry.index]};
}

Result<void> check_saying(const Saying& saying) {
  using Kind = Saying::Kind;
  if (saying.text.empty() && saying.kind != Kind::agree)
    return fail(ErrorCode::usage, "there is nothing said");
  if (saying.text.size() > kSayingSizeBytesMax || saying.files.size() > kSayingFilesMax)
    return fail(ErrorCode::limit, "a text is at most 256 KiB, with at most 256 files");
  if (!base::is_utf8(saying.text)) return fail(ErrorCode::usage, "a text must be UTF-8");
  if (saying.kind == Kind::challenge && !saying.about && saying.finding.empty())
    return fail(ErrorCode::usage, "a challenge names the entry or finding that it disputes");
  if (saying.kind == Kind::answer && !saying.about)
    return fail(ErrorCode::usage, "an answer names the challenge that it answers");
  if (!saying.field.empty() && saying.finding.empty())
    return fail(ErrorCode::usage, "a field is one of a finding: name that too");
  return {};
}

// The pack of a run by its hash, or the beginning of one.
Result<std::string> find_pack(const Case::Impl& impl, std::string_view prefix) {
  std::string found;
  for (const RunFacts& run : impl.run_facts) {
    if (!run.pack_sha256.starts_with(prefix) || run.pack_sha256 == found) continue;
    if (!found.empty())
      return fail(ErrorCode::usage, "several packs begin with this hash: give more of it");
    found = run.pack_sha256;
  }
  if (found.empty() || prefix.size() < kPackPrefixMin)
    return fail(ErrorCode::not_found, "no run of the case applied this pack");
  return found;
}

}  // namespace

void put_target(Fields& out, const std::string& name, const EntryTarget& target) {
  fields::text(out, name + ".party", target.entry.party);
  fields::number(out, name + ".entry", target.entry.index);
  fields::text(out, name + ".sha256", base::to_hex(target.leaf));
}

std::optional<EntryTarget> read_target(fields::Reader& in, const std::string& name) {
  if (!in.has(name + ".party")) return std::nullopt;
  EntryTarget out;
  out.entry.party = in.text(name + ".party");
  out.entry.index = in.number<std::uint64_t>(name + ".entry");
  out.leaf = in.bytes<sizeof(seal::Digest)>(name + ".sha256");
  in.fail_if(!is_plain_name(out.entry.party));
  return out;
}

std::string_view to_string(Saying::Kind kind) {
  return std::ranges::find(kKinds, kind, &std::pair<std::string_view, Saying::Kind>::second)->first;
}

std::optional<Saying::Kind> parse_saying_kind(std::string_view kind) {
  for (const auto& [name, value] : kKinds)
    if (name == kind) return value;
  return std::nullopt;
}

Result<EntryRef> parse_entry_ref(std::string_view text) {
  const std::size_t slash = text.find('/');
  EntryRef out;
  out.party = text.substr(0, slash);
  const std::string_view index =
      slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  const auto parsed = std::from_chars(index.data(), index.data() + index.size(), out.index);
  if (!is_plain_name(out.party) || index.empty() || parsed.ec != std::errc{} ||
      parsed.ptr != index.data() + index.size())
    return fail(ErrorCode::malformed, "an entry is PARTY/NUMBER, as `exhibit ledger` lists them");
  return out;
}

Fields saying_fields(const SayingFacts& facts, const Custody& custody) {
  const Saying& saying = facts.saying;
  Fields out;
  fields::text(out, "text", saying.text);
  if (facts.about) put_target(out, "about", *facts.about);
  if (facts.run) {
    put_target(out, "run", *facts.run);
    fields::text(out, "finding", saying.finding);
  }
  if (!saying.field.empty()) fields::text(out, "field", saying.field);
  if (!saying.pack_sha256.empty()) fields::text(out, "pack_sha256", saying.pack_sha256);
  for (const Saying::File& file : saying.files) {
    fields::text(out, "file.name", file.name);
    fields::text(out, "file.sha256", file.sha256);
    fields::number(out, "file.size_bytes", file.size_bytes);
  }
  fields::custody(out, custody);
  return out;
}

Result<SayingFacts> read_saying(const verify::Statement& statement) {
  const auto kind = parse_saying_kind(statement.entry.kind);
  if (!kind) return fail(ErrorCode::unsupported, "the entry is nothing that a party says");
  fields::Reader in(statement);
  SayingFacts out;
  out.saying.kind = *kind;
  out.saying.text = in.text("text");
  out.about = read_target(in, "about");
  out.run = read_target(in, "run");
  if (out.about) out.saying.about = out.about->entry;
  if (out.run) out.saying.finding = in.text("finding");
  if (in.has("field")) out.saying.field = in.text("field");
  if (in.has("pack_sha256")) out.saying.pack_sha256 = in.sha256("pack_sha256");
  const auto names = in.texts("file.name");
  const auto hashes = in.texts("file.sha256");
  const auto sizes = in.numbers("file.size_bytes");
  in.fail_if(names.size() != hashes.size() || names.size() != sizes.size());
  for (std::size_t i = 0; i < names.size() && i < hashes.size() && i < sizes.size(); ++i) {
    in.fail_if(!layout::is_sha256(hashes[i]));
    out.saying.files.push_back({.name = names[i], .sha256 = hashes[i], .size_bytes = sizes[i]});
  }
  EXHIBIT_CHECK(in.end("the statement lacks a field, or has one that is not what it should be"));
  return out;
}

Result<std::uint64_t> say(Case& into, const Saying& saying) {
  Case::Impl& impl = into.impl();
  if (!impl.case_key) return fail(ErrorCode::usage, "the case is open for reading only");
  EXHIBIT_CHECK(check_saying(saying));
  SayingFacts facts{.saying = saying, .about = {}, .run = {}};
  if (saying.about) {
    EXHIBIT_TRY(facts.about, target_of(impl, *saying.about));
  }
  if (saying.kind == Saying::Kind::answer) {
    EXHIBIT_TRY(
        const verify::SignedEntry asked,
        verify::parse_entry(ledger_of(impl, saying.about->party)->entries[saying.about->index]));
    if (asked.entry.kind != to_string(Saying::Kind::challenge))
      return fail(ErrorCode::usage, "what is answered is no challenge");
  }
  if (!saying.finding.empty()) {
    EXHIBIT_TRY(const FoundFinding found, find_finding(impl, saying.finding));
    facts.saying.finding = found.id;
    EXHIBIT_TRY(facts.run, target_of(impl, {.party = impl.sealer, .index = found.run->entry}));
  }
  if (saying.kind == Saying::Kind::agree) {
    EXHIBIT_TRY(facts.saying.pack_sha256, find_pack(impl, saying.pack_sha256));
  }
  const std::uint64_t index = impl.ledger.entries.size();
  std::vector<verify::Statement> statements;
  statements.push_back(
      impl.statement(0, to_string(saying.kind), saying_fields(facts, impl.custody())));
  EXHIBIT_CHECK(impl.commit(std::move(statements)));
  return index;
}

Result<void> for_each_entry(const Case& from, const std::function<void(const LedgerLine&)>& take) {
  const Case::Impl& impl = from.impl();
  std::vector<std::string> parties{impl.party};
  for (const PartyLog& log : impl.others) parties.push_back(log.party);
  std::ranges::sort(parties);
  for (const std::string& party : parties) {
    const Ledger& ledger = *ledger_of(impl, party);
    for (std::uint64_t i = 0; i < ledger.entries.size(); ++i) {
      EXHIBIT_TRY(const verify::SignedEntry entry, verify::parse_entry(ledger.entries[i]));
      LedgerLine line{.party = party,
                      .index = i,
                      .kind = entry.entry.kind,
                      .time = entry.entry.time,
                      .sha256 = base::to_hex(ledger.leaves[i]),
                      .opened = false,
                      .fields = {}};
      auto statement = read_statement(impl.directory, party, i);
      if (!statement && statement.error().code != ErrorCode::not_found)
        return std::unexpected(statement.error());
      line.opened = statement.has_value();
      if (statement) line.fields = statement->fields();
      take(line);
    }
  }
  return {};
}

}  // namespace exhibit::casefile
