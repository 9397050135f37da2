#include "casefile/handing.h"

#include "base/text.h"
#include "casefile/fields.h"
#include "casefile/home.h"

namespace exhibit::casefile {
namespace {

using fields::number;
using fields::Reader;
using fields::text;

void put_common(Fields& out, const Circumstances& said, const std::optional<Machine>& machine,
                const Custody& custody) {
  put_circumstances(out, said);
  if (machine) put_machine(out, *machine);
  fields::custody(out, custody);
}

void put_text(Fields& out, const std::string& value) {
  if (!value.empty()) text(out, "text", value);
}

std::string read_text(Reader& in) { return in.has("text") ? in.text("text") : std::string(); }

std::vector<LogState> read_states(Reader& in) {
  std::vector<LogState> out;
  const auto parties = in.texts("log.party");
  const auto sizes = in.numbers("log.size");
  const auto roots = in.texts("log.root");
  const bool whole = parties.size() == sizes.size() && parties.size() == roots.size();
  in.fail_if(!whole);
  for (std::size_t i = 0; whole && i < parties.size(); ++i) {
    LogState state{.party = parties[i], .size = sizes[i]};
    const auto root = base::from_hex(roots[i]);
    in.fail_if(!is_plain_name(parties[i]) || !root || root->size() != state.root.size());
    if (root && root->size() == state.root.size())
      std::ranges::copy(as_bytes(*root), state.root.begin());
    out.push_back(std::move(state));
  }
  return out;
}

std::vector<std::string> read_hashes(Reader& in, const char* name) {
  std::vector<std::string> out = in.texts(name);
  for (const std::string& hash : out) in.fail_if(!layout::is_sha256(hash));
  return out;
}

}  // namespace

Fields transfer_fields(const TransferFacts& facts, const Custody& custody) {
  Fields out;
  text(out, "to", facts.transfer.to);
  if (!facts.transfer.to_fingerprint.empty())
    text(out, "to_fingerprint", facts.transfer.to_fingerprint);
  put_text(out, facts.transfer.text);
  fields::flag(out, "whole", facts.whole);
  number(out, "sources", facts.sources_count);
  for (const std::string& sha256 : facts.transfer.sources) text(out, "source", sha256);
  for (const LogState& state : facts.states) {
    text(out, "log.party", state.party);
    number(out, "log.size", state.size);
    text(out, "log.root", base::to_hex(state.root));
  }
  put_common(out, facts.transfer.said, facts.machine, custody);
  return out;
}

Result<TransferFacts> read_transfer(const verify::Statement& statement) {
  Reader in(statement);
  TransferFacts out;
  out.transfer.to = in.text("to");
  in.fail_if(!is_plain_name(out.transfer.to));
  if (in.has("to_fingerprint")) out.transfer.to_fingerprint = in.sha256("to_fingerprint");
  out.transfer.text = read_text(in);
  out.whole = in.flag("whole");
  out.sources_count = in.number<std::uint64_t>("sources");
  out.transfer.sources = read_hashes(in, "source");
  in.fail_if(!out.whole && out.sources_count != out.transfer.sources.size());
  out.states = read_states(in);
  out.transfer.said = read_circumstances(in);
  out.machine = read_machine(in);
  EXHIBIT_CHECK(
      in.end("a transfer statement lacks a field, or has one that is not what it should be"));
  return out;
}

Fields receipt_fields(const ReceiptFacts& facts, const Custody& custody) {
  Fields out;
  text(out, "from", facts.from);
  put_target(out, "about", facts.about);
  put_text(out, facts.text);
  text(out, "verdict", facts.verdict);
  number(out, "checks.valid", facts.valid);
  number(out, "checks.undecidable", facts.undecidable);
  number(out, "checks.invalid", facts.invalid);
  for (const std::string& line : facts.not_valid) text(out, "checks.not_valid", line);
  fields::flag(out, "complete", facts.complete);
  for (const std::string& sha256 : facts.missing) text(out, "missing", sha256);
  put_common(out, facts.said, facts.machine, custody);
  return out;
}

Result<ReceiptFacts> read_receipt(const verify::Statement& statement) {
  Reader in(statement);
  ReceiptFacts out;
  out.from = in.text("from");
  const auto about = read_target(in, "about");
  in.fail_if(!is_plain_name(out.from) || !about || about->entry.party != out.from);
  if (about) out.about = *about;
  out.text = read_text(in);
  out.verdict = in.text("verdict");
  bool known = false;
  for (const auto verdict :
       {verify::Verdict::valid, verify::Verdict::undecidable, verify::Verdict::invalid})
    known |= verify::to_string(verdict) == out.verdict;
  in.fail_if(!known);
  out.valid = in.number<std::uint64_t>("checks.valid");
  out.undecidable = in.number<std::uint64_t>("checks.undecidable");
  out.invalid = in.number<std::uint64_t>("checks.invalid");
  out.not_valid = in.texts("checks.not_valid");
  out.complete = in.flag("complete");
  out.missing = read_hashes(in, "missing");
  out.said = read_circumstances(in);
  out.machine = read_machine(in);
  EXHIBIT_CHECK(
      in.end("a receive statement lacks a field, or has one that is not what it should be"));
  return out;
}

Fields destroy_fields(const DestroyFacts& facts, const Custody& custody) {
  Fields out;
  text(out, "reason", facts.reason);
  text(out, "case_key_sha256", facts.case_key_sha256);
  fields::flag(out, "signing_keys", facts.signing_keys);
  put_common(out, facts.said, facts.machine, custody);
  return out;
}

Result<DestroyFacts> read_destroy(const verify::Statement& statement) {
  Reader in(statement);
  DestroyFacts out;
  out.reason = in.text("reason");
  out.case_key_sha256 = in.sha256("case_key_sha256");
  out.signing_keys = in.flag("signing_keys");
  out.said = read_circumstances(in);
  out.machine = read_machine(in);
  EXHIBIT_CHECK(
      in.end("a destroy statement lacks a field, or has one that is not what it should be"));
  return out;
}

}  // namespace exhibit::casefile
