// Handing over, and receiving.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "casefile/handing.h"
#include "casefile/home.h"
#include "casefile/impl.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kSourcePrefixMin = 8;
constexpr std::size_t kNotValidKept = 32;
constexpr std::size_t kNotValidSizeMax = 512;
constexpr std::size_t kMissingKept = 128;

Result<void> check_said(const std::string& text, const Circumstances& said) {
  EXHIBIT_CHECK(check_circumstances(said));
  if (text.size() > kSayingSizeBytesMax) return fail(ErrorCode::limit, "a text is at most 256 KiB");
  if (!base::is_utf8(text)) return fail(ErrorCode::usage, "a text must be UTF-8");
  return {};
}

Result<std::string> find_source(const Case::Impl& impl, const std::string& prefix) {
  const auto found = impl.facts.lower_bound(prefix);
  if (prefix.size() < kSourcePrefixMin || found == impl.facts.end() ||
      !found->first.starts_with(prefix))
    return fail(ErrorCode::not_found,
                "the case has no source whose SHA-256 begins so (at least 8 digits)");
  if (const auto next = std::next(found);
      next != impl.facts.end() && next->first.starts_with(prefix))
    return fail(ErrorCode::usage, "several sources begin with these digits: give more of them");
  return found->first;
}

std::vector<LogState> states_of(const Case::Impl& impl) {
  std::vector<LogState> out{{.party = impl.party,
                             .size = impl.ledger.checkpoint.size,
                             .root = impl.ledger.checkpoint.root}};
  for (const PartyLog& log : impl.others)
    out.push_back({.party = log.party,
                   .size = log.ledger.checkpoint.size,
                   .root = log.ledger.checkpoint.root});
  std::ranges::sort(out, {}, &LogState::party);
  return out;
}

const PartyLog* find_log(const Case::Impl& impl, std::string_view party) {
  const auto found = std::ranges::find(impl.others, party, &PartyLog::party);
  return found == impl.others.end() ? nullptr : &*found;
}

// Leaf hashes of the transfers that this party has received.
Result<std::set<seal::Digest>> received_before(const Case::Impl& impl) {
  std::set<seal::Digest> out;
  for (std::uint64_t i = 0; i < impl.ledger.entries.size(); ++i) {
    EXHIBIT_TRY(const verify::SignedEntry entry, verify::parse_entry(impl.ledger.entries[i]));
    if (entry.entry.kind != "receive") continue;
    EXHIBIT_TRY(const verify::Statement statement, read_statement(impl.directory, impl.party, i));
    EXHIBIT_TRY(const ReceiptFacts facts, read_receipt(statement));
    out.insert(facts.about.leaf);
  }
  return out;
}

struct FoundTransfer {
  EntryTarget target;
  TransferFacts facts;
};

Result<FoundTransfer> read_at(const Case::Impl& impl, const PartyLog& log, std::uint64_t index) {
  EXHIBIT_TRY(const verify::Statement statement, read_statement(impl.directory, log.party, index));
  EXHIBIT_TRY(const verify::SignedEntry entry, verify::parse_entry(log.ledger.entries[index]));
  EXHIBIT_CHECK(seal::verify_envelope(entry.envelope, log.keys.entry_key(index)));
  EXHIBIT_CHECK(verify::verify_statement(statement, entry.entry));
  FoundTransfer out{
      .target = {.entry = {.party = log.party, .index = index}, .leaf = log.ledger.leaves[index]},
      .facts = {}};
  EXHIBIT_TRY(out.facts, read_transfer(statement));
  return out;
}

Result<FoundTransfer> find_transfer(const Case::Impl& impl, const Receipt& receipt) {
  const PartyLog* log = find_log(impl, receipt.from);
  if (log == nullptr)
    return fail(ErrorCode::not_found, "the party that it comes from has no sound log in this case");
  EXHIBIT_TRY(const auto before, received_before(impl));
  for (std::uint64_t i = log->kinds.size(); i-- > 0;) {
    if (receipt.transfer && receipt.transfer->index != i) continue;
    if (log->kinds[i] != "transfer") continue;
    EXHIBIT_TRY(FoundTransfer found, read_at(impl, *log, i));
    const bool ours = found.facts.transfer.to == impl.party;
    const bool known = before.contains(found.target.leaf);
    if (receipt.transfer && !ours)
      return fail(ErrorCode::refused, "this transfer is to another party");
    if (receipt.transfer && known)
      return fail(ErrorCode::refused, "this transfer has been received already");
    if (ours && !known) return found;
  }
  return fail(ErrorCode::not_found,
              "there is no transfer of that party to this one that has not been received");
}

bool continues(const Case::Impl& impl, const LogState& state) {
  const PartyLog* other = find_log(impl, state.party);
  if (other == nullptr && state.party != impl.party) return false;
  const Ledger& log = other == nullptr ? impl.ledger : other->ledger;
  return state.size <= log.leaves.size() &&
         seal::tree_root(std::span(log.leaves).first(state.size)) == state.root;
}

// Sources that were handed over and whose bytes are not here, or not theirs.
std::vector<std::string> missing_sources(const Case::Impl& impl, const TransferFacts& transfer,
                                         const Report& report) {
  std::set<std::string> right;
  std::set<std::string> wrong;
  for (const verify::Check& check : report.checks)
    if (check.id == "source.bytes")
      (check.verdict == verify::Verdict::valid ? right : wrong).insert(check.subject);
  std::vector<std::string> out;
  const auto look = [&](const CaseSource& source) {
    const std::string data = layout::source_folder(source.sha256) + "data";
    const bool here = right.contains(data) || right.contains(source.info.path);
    if (!here || wrong.contains(data)) out.push_back(source.sha256);
  };
  for (const auto& [sha256, facts] : impl.facts)
    if (transfer.whole ||
        std::ranges::find(transfer.transfer.sources, sha256) != transfer.transfer.sources.end())
      look(facts.source);
  for (const std::string& sha256 : transfer.transfer.sources)
    if (!impl.facts.contains(sha256)) out.push_back(sha256);
  return out;
}

ReceiptFacts judged(const Case::Impl& impl, const Receipt& receipt, const FoundTransfer& found,
                    const Report& report) {
  ReceiptFacts out;
  out.from = receipt.from;
  out.text = receipt.text;
  out.about = found.target;
  out.said = receipt.said;
  out.machine = impl.machine();
  out.verdict = verify::to_string(report.overall);
  for (const verify::Check& check : report.checks) {
    if (check.verdict == verify::Verdict::valid) {
      ++out.valid;
      continue;
    }
    ++(check.verdict == verify::Verdict::invalid ? out.invalid : out.undecidable);
    if (out.not_valid.size() == kNotValidKept) continue;
    std::string line = std::string(verify::to_string(check.verdict)) + " " + check.id + " " +
                       check.subject + ": " + check.why;
    if (line.size() > kNotValidSizeMax || !base::is_utf8(line))
      line = std::string(verify::to_string(check.verdict)) + " " + check.id;
    out.not_valid.push_back(std::move(line));
  }
  out.missing = missing_sources(impl, found.facts, report);
  out.complete = out.missing.empty() &&
                 std::ranges::all_of(found.facts.states,
                                     [&](const LogState& state) { return continues(impl, state); });
  if (found.facts.whole && impl.facts.size() < found.facts.sources_count) out.complete = false;
  if (out.missing.size() > kMissingKept) out.missing.resize(kMissingKept);
  return out;
}

}  // namespace

Result<std::uint64_t> transfer(Case& into, const Transfer& given) {
  Case::Impl& impl = into.impl();
  if (!impl.case_key) return fail(ErrorCode::usage, "the case is open for reading only");
  EXHIBIT_CHECK(check_said(given.text, given.said));
  if (!is_plain_name(given.to))
    return fail(ErrorCode::usage,
                "a party's name is letters, digits, '.', '_' and '-', at most 64");
  if (given.to == impl.party) return fail(ErrorCode::usage, "nobody hands a case to himself");
  if (!given.to_fingerprint.empty() && !layout::is_sha256(given.to_fingerprint))
    return fail(ErrorCode::usage, "a fingerprint is 64 lower-case hexadecimal digits");
  if (given.sources.size() > kTransferSourcesMax)
    return fail(ErrorCode::limit, "at most 512 sources can be named; without any it is the whole");
  TransferFacts facts;
  facts.transfer = given;
  facts.whole = given.sources.empty();
  for (std::string& source : facts.transfer.sources) {
    EXHIBIT_TRY(source, find_source(impl, source));
  }
  std::ranges::sort(facts.transfer.sources);
  const auto twice = std::ranges::unique(facts.transfer.sources);
  facts.transfer.sources.erase(twice.begin(), twice.end());
  facts.sources_count = facts.whole ? impl.facts.size() : facts.transfer.sources.size();
  facts.states = states_of(impl);
  facts.machine = impl.machine();
  const std::uint64_t index = impl.ledger.entries.size();
  std::vector<verify::Statement> statements;
  statements.push_back(impl.statement(0, "transfer", transfer_fields(facts, impl.custody())));
  EXHIBIT_CHECK(impl.commit(std::move(statements)));
  return index;
}

Result<Received> receive(Case& into, const Receipt& receipt, const VerifyOptions& options) {
  Case::Impl& impl = into.impl();
  if (!impl.case_key) return fail(ErrorCode::usage, "the case is open for reading only");
  EXHIBIT_CHECK(check_said(receipt.text, receipt.said));
  if (receipt.transfer && receipt.transfer->party != receipt.from)
    return fail(ErrorCode::usage, "the transfer is an entry of the party that it comes from");
  EXHIBIT_TRY(const FoundTransfer found, find_transfer(impl, receipt));
  const std::string& wanted = found.facts.transfer.to_fingerprint;
  if (!wanted.empty() && wanted != verify::fingerprint(impl.keys->log.public_key()))
    return fail(ErrorCode::refused, "this transfer is to another key than yours");
  Received out;
  out.transfer = found.target.entry;
  EXHIBIT_TRY(out.report, verify_case(impl.directory, options));
  const ReceiptFacts facts = judged(impl, receipt, found, out.report);
  out.complete = facts.complete;
  out.index = impl.ledger.entries.size();
  std::vector<verify::Statement> statements;
  statements.push_back(impl.statement(0, "receive", receipt_fields(facts, impl.custody())));
  EXHIBIT_CHECK(impl.commit(std::move(statements)));
  return out;
}

}  // namespace exhibit::casefile
