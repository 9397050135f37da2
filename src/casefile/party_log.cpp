#include "casefile/party_log.h"

#include <algorithm>

#include "casefile/files.h"
#include "casefile/home.h"
#include "casefile/layout.h"

namespace exhibit::casefile {

bool PartyLog::seals() const {
  return std::ranges::any_of(
      kinds, [](const std::string& kind) { return kind == "acquire" || kind == "run"; });
}

Result<std::vector<std::string>> list_parties(const std::string& directory) {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(directory + "/ledger"));
  std::vector<std::string> out;
  for (const files::Item& item : items)
    if (item.folder && is_plain_name(item.name) &&
        files::exists(directory + "/" + layout::ledger_folder(item.name) + "checkpoint"))
      out.push_back(item.name);
  return out;
}

Result<verify::Statement> read_statement(const std::string& directory, std::string_view party,
                                         std::uint64_t index) {
  EXHIBIT_TRY(const std::string text,
              files::read(directory + "/" + layout::statement_path(party, index),
                          verify::kStatementSizeBytesMax));
  return verify::parse_statement(text);
}

Result<PartyLog> read_party_log(const std::string& directory, std::string_view case_id,
                                std::string_view party) {
  PartyLog out;
  out.party = party;
  EXHIBIT_TRY(out.ledger, read_ledger(directory + "/" + layout::ledger_folder(party)));
  for (const std::string& text : out.ledger.entries) {
    EXHIBIT_TRY(const verify::SignedEntry entry, verify::parse_entry(text));
    out.kinds.push_back(entry.entry.kind);
  }
  if (out.kinds.empty() || out.kinds.front() != "open")
    return fail(ErrorCode::malformed, "the log has no open statement");
  EXHIBIT_TRY(const verify::Statement open, read_statement(directory, party, 0));
  EXHIBIT_TRY(const verify::SignedEntry first, verify::parse_entry(out.ledger.entries.front()));
  EXHIBIT_CHECK(verify::verify_statement(open, first.entry));
  EXHIBIT_TRY(out.open, read_open(open));
  if (out.open.party != party || out.open.case_id != case_id ||
      out.open.origin != out.ledger.checkpoint.origin)
    return fail(ErrorCode::malformed, "the log was opened for another case or party");
  EXHIBIT_TRY(const seal::Note note, seal::parse_note(out.ledger.note));
  EXHIBIT_CHECK(seal::verify_note(note, out.open.log_key));
  out.keys = KeyHistory(out.open);
  EXHIBIT_CHECK(read_key_history(out.keys, directory, party, out.ledger.entries));
  return out;
}

Result<void> check_entries_of(const PartyLog& log, const std::string& directory) {
  for (std::uint64_t i = 0; i < log.ledger.entries.size(); ++i) {
    EXHIBIT_TRY(const verify::SignedEntry entry, verify::parse_entry(log.ledger.entries[i]));
    EXHIBIT_CHECK(seal::verify_envelope(entry.envelope, log.keys.entry_key(i)));
    if (entry.entry.log != log.open.origin || entry.entry.party != log.party)
      return fail(ErrorCode::malformed, "an entry was made for another log");
    EXHIBIT_TRY(const verify::Statement statement, read_statement(directory, log.party, i));
    EXHIBIT_CHECK(verify::verify_statement(statement, entry.entry));
    if (statement.index != i)
      return fail(ErrorCode::malformed, "a statement says another place in the log");
  }
  return {};
}

bool is_consistent(const Ledger& a, const Ledger& b) {
  const std::size_t common = std::min(a.leaves.size(), b.leaves.size());
  return seal::tree_root(std::span(a.leaves).first(common)) ==
         seal::tree_root(std::span(b.leaves).first(common));
}

}  // namespace exhibit::casefile
