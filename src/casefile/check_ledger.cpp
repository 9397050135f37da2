// The ledger of a case: checkpoint, signer, tree, entries, statements, last seen.
#include <algorithm>

#include "base/text.h"
#include "casefile/check.h"
#include "casefile/compare_acquired.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/ledger.h"
#include "casefile/party_log.h"
#include "casefile/tree.h"
#include "exhibit/disclosure.h"

namespace exhibit::casefile {
namespace {

bool read_checkpoint(CheckContext& c, CheckedLog& log) {
  const std::string subject = layout::ledger_folder(log.party) + "checkpoint";
  auto text = files::read(c.path(subject), seal::kNoteSizeMax);
  if (!text) {
    c.failed("checkpoint.form", subject, text.error());
    return false;
  }
  c.sealed.insert(subject);
  log.note_text = *std::move(text);
  auto note = seal::parse_note(log.note_text);
  if (!note) {
    c.failed("checkpoint.form", subject, note.error());
    return false;
  }
  log.note = *std::move(note);
  auto checkpoint = seal::Checkpoint::parse(log.note.text);
  if (!checkpoint) {
    c.failed("checkpoint.form", subject, checkpoint.error());
    return false;
  }
  log.checkpoint = *std::move(checkpoint);
  if (log.checkpoint.to_text() != log.note.text) {
    c.invalid("checkpoint.form", subject, "the checkpoint is not in its one form");
    return false;
  }
  if (log.checkpoint.size == 0 || log.checkpoint.size > kLedgerEntriesMax) {
    c.invalid("checkpoint.form", subject, "no log has this size");
    return false;
  }
  log.report.tree_size = log.checkpoint.size;
  log.report.root = base::to_base64(log.checkpoint.root);
  log.report.origin = log.checkpoint.origin;
  return true;
}

void read_entries(CheckContext& c, CheckedLog& log) {
  const std::string folder = layout::ledger_folder(log.party);
  for (std::uint64_t at = 0; at < log.checkpoint.size; at += seal::kTileWidth) {
    const auto width = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(seal::kTileWidth, log.checkpoint.size - at));
    const std::string subject = folder + seal::entry_bundle_path(at / seal::kTileWidth, width);
    const auto bytes = files::read(c.path(subject));
    auto entries = bytes ? verify::parse_entry_bundle(as_bytes(*bytes))
                         : Result<std::vector<std::string>>(std::unexpected(bytes.error()));
    if (!entries || entries->size() != width) {
      if (!entries) {
        c.failed("ledger.entries", subject, entries.error());
      } else {
        c.invalid("ledger.entries", subject, "the bundle holds another number of entries");
      }
      log.whole = false;
      return;
    }
    for (std::string& entry : *entries) {
      log.leaves.push_back(seal::leaf_hash(as_bytes(entry)));
      log.entries.push_back(std::move(entry));
    }
  }
}

// Root and tiles are recomputed from the entries. Where they differ, the tiles tell which side
// changed.
void check_tree(CheckContext& c, CheckedLog& log) {
  const std::string folder = layout::ledger_folder(log.party);
  c.ledgers.push_back({.folder = folder, .size = log.checkpoint.size});
  if (!log.whole) return;
  TreeChecker tiles(c.path(folder));
  tiles.append(log.leaves);
  tiles.finish();
  for (const std::string& tile : tiles.missing())
    c.undecidable("ledger.tiles", folder + tile, "the tile is missing");
  log.rooted = tiles.root() == log.checkpoint.root;
  if (log.rooted) {
    for (const std::string& tile : tiles.differing())
      c.invalid("ledger.tiles", folder + tile, "the tile is not that of the signed log");
    c.valid("ledger.root", folder,
            std::to_string(log.entries.size()) + " entries make the signed root");
    return;
  }
  const auto by_tiles = read_tiles(c.path(folder), log.checkpoint.size);
  if (by_tiles && seal::tree_root(*by_tiles) == log.checkpoint.root) {
    for (std::size_t i = 0; i < log.leaves.size(); ++i)
      if (log.leaves[i] != (*by_tiles)[i])
        c.invalid("ledger.root", folder,
                  "entry " + std::to_string(i) + " is not the one that was logged");
    return;
  }
  c.invalid("ledger.root", folder, "the entries do not make the signed root");
}

bool read_open_statement(CheckContext& c, CheckedLog& log, const verify::Statement& statement,
                         std::string_view case_id) {
  const std::string subject = layout::statement_path(log.party, 0);
  auto open = read_open(statement);
  if (!open) {
    c.failed("ledger.open", subject, open.error());
    return false;
  }
  if (open->party != log.party) {
    c.invalid("ledger.open", subject, "the ledger was opened for another party");
    return false;
  }
  if (!case_id.empty() && open->case_id != case_id)
    c.invalid("exhibit.toml", std::string(layout::kToml),
              "the log of " + log.party + " was opened for case " + open->case_id);
  log.open = *std::move(open);
  if (c.report.case_id.empty()) c.report.case_id = log.open->case_id;
  log.report.opened = statement.entry.time;
  log.report.fingerprint = verify::fingerprint(log.open->log_key.key);
  return true;
}

bool is_trusted(const std::vector<verify::TrustedKey>& keys, const OpenFacts& open) {
  return verify::trusts(keys, open.origin, open.log_key.key);
}

void check_signer(CheckContext& c, CheckedLog& log) {
  const std::string subject = layout::ledger_folder(log.party) + "checkpoint";
  if (log.checkpoint.origin != log.open->origin) {
    c.invalid("checkpoint.signature", subject, "the checkpoint is of another log");
    return;
  }
  if (!seal::verify_note(log.note, log.open->log_key)) {
    c.invalid("checkpoint.signature", subject,
              "not signed with the key that the log was opened with");
    return;
  }
  log.is_signed = true;
  c.valid("checkpoint.signature", subject, "signed with " + log.open->log_key.to_string());
  if (log.note.signatures.size() > 1)
    c.report.unsealed_files.push_back(subject + " (signatures beside the log's own)");
  const std::string& fingerprint = log.report.fingerprint;
  const bool named = is_trusted(c.options.trust, *log.open);
  log.trusted = named || is_trusted(c.own_keys, *log.open);
  if (named) {
    c.valid("signer", fingerprint, "a key that you trust");
  } else if (log.trusted) {
    c.valid("signer", fingerprint,
            c.options.trust.empty() ? "your own key"
                                    : "your own key, and none that you named as trusted");
  } else {
    c.undecidable("signer", fingerprint,
                  c.options.trust.empty() && c.own_keys.empty()
                      ? "whose key this is must be known from elsewhere: bring it"
                      : "none of the keys that you trust");
  }
}

void check_last_seen(CheckContext& c, const CheckedLog& log) {
  if (c.options.home == nullptr || !log.rooted || !log.is_signed) return;
  const std::string& origin = log.open->origin;
  const auto seen = last_seen(*c.options.home, origin, log.report.fingerprint);
  if (!seen) {
    c.undecidable("checkpoint.last_seen", origin, seen.error().what.c_str());
    return;
  }
  const auto describe = [](const seal::Checkpoint& cp) {
    return std::to_string(cp.size) + " entries, root " + base::to_base64(cp.root);
  };
  if (*seen) {
    const auto note = seal::parse_note(**seen);
    const auto newest = note ? seal::Checkpoint::parse(note->text)
                             : Result<seal::Checkpoint>(std::unexpected(note.error()));
    if (!newest || !seal::verify_note(*note, log.open->log_key)) {
      c.undecidable("checkpoint.last_seen", origin, "what was last seen here is not readable");
      return;
    }
    if (newest->size > log.checkpoint.size) {
      c.invalid(
          "checkpoint.last_seen", origin,
          "rolled back: seen here " + describe(*newest) + "; now " + describe(log.checkpoint));
      return;
    }
    if (seal::tree_root(std::span(log.leaves).first(newest->size)) != newest->root) {
      c.invalid("checkpoint.last_seen", origin,
                "forked: seen here " + describe(*newest) + "; now " + describe(log.checkpoint));
      return;
    }
  }
  if (const auto kept =
          set_last_seen(*c.options.home, origin, log.report.fingerprint, log.note_text);
      !kept) {
    c.undecidable("checkpoint.last_seen", origin, kept.error().what.c_str());
    return;
  }
  c.valid("checkpoint.last_seen", origin,
          *seen ? "continues what was last seen here" : "first seen here now");
}

void take_statement(CheckContext& c, CheckedLog& log, verify::Statement statement,
                    const std::string& subject) {
  const std::string& kind = statement.entry.kind;
  if (parse_saying_kind(kind)) {
    auto facts = read_saying(statement);
    if (!facts) return c.failed("statement", subject, facts.error());
    log.sayings.emplace_back(statement.index, *std::move(facts));
  } else if ((kind == "acquire" || kind == "run") && log.party != c.sealer) {
    c.undecidable("statement", subject,
                  c.sealer.empty() ? "which log seals the case's sources cannot be told"
                                   : "the case's sources are sealed in the log of " + c.sealer +
                                         "; what this one acquired or found is not looked at");
  } else if (kind == "acquire") {
    bool slack_only = false;
    auto facts = read_acquire(statement, slack_only);
    if (!facts) return c.failed("statement", subject, facts.error());
    const auto found = c.sources.find(facts->source.sha256);
    if (!slack_only) {
      if (found != c.sources.end())
        return c.invalid("statement", subject, "the source was acquired before");
      c.sources.emplace(facts->source.sha256, *std::move(facts));
    } else if (found == c.sources.end() || found->second.slack ||
               found->second.pseudonym != facts->pseudonym) {
      c.invalid("statement", subject, "slack of a source that has none to add");
    } else {
      found->second.slack = facts->slack;
    }
  } else if (kind == "run") {
    auto facts = read_run(statement);
    if (!facts) return c.failed("statement", subject, facts.error());
    if (facts->number != c.runs.size() + 1)
      return c.invalid("statement", subject, "runs are numbered one after the other");
    c.runs.emplace_back(*std::move(facts), std::move(statement));
  } else if (kind == "disclose") {
    if (!layout::is_sha256(statement.get("bundle_sha256")) || !parse_tlp(statement.get("tlp")) ||
        statement.get("to").empty())
      c.invalid("statement", subject, "a disclosure names the bundle, its marking and for whom");
  } else if (kind == "manifest") {
    if (const auto read = read_manifest_statement(statement); !read)
      c.failed("statement", subject, read.error());
  } else if (statement.index == 0 || kind == "open") {
    c.invalid("statement", subject, "a log has one open statement, its first");
  } else {
    c.undecidable("statement", subject, "a kind of statement that this version does not know");
  }
}

void check_entries(CheckContext& c, CheckedLog& log, std::string_view case_id) {
  std::uint64_t signatures = 0;
  std::uint64_t opened = 0;
  for (std::size_t i = 0; i < log.entries.size(); ++i) {
    const std::string entry_subject =
        layout::ledger_folder(log.party) + "entry " + std::to_string(i);
    const auto entry = verify::parse_entry(log.entries[i]);
    if (!entry) {
      c.failed("entry.form", entry_subject, entry.error());
      continue;
    }
    const std::string subject = layout::statement_path(log.party, i);
    c.sealed.insert(subject);
    const auto text = files::read(c.path(subject), verify::kStatementSizeBytesMax);
    auto statement = text ? verify::parse_statement(*text)
                          : Result<verify::Statement>(std::unexpected(text.error()));
    const auto opens = statement ? verify::verify_statement(*statement, entry->entry)
                                 : Result<void>(std::unexpected(statement.error()));
    if (!opens) {
      c.failed("statement", subject, opens.error());
    } else if (statement->index != i) {
      c.invalid("statement", subject, "the statement says another place in the log");
    } else {
      ++opened;
      if (i == 0) {
        if (!read_open_statement(c, log, *statement, case_id)) return;
        check_signer(c, log);
      } else {
        take_statement(c, log, *std::move(statement), subject);
      }
    }
    if (!log.open) {
      c.undecidable("entry.signature", entry_subject, "the open statement is missing");
      return;
    }
    const auto signed_by = seal::verify_envelope(entry->envelope, log.open->entry_key);
    if (!signed_by) {
      c.invalid("entry.signature", entry_subject, signed_by.error().what.c_str());
    } else if (entry->entry.log != log.open->origin || entry->entry.party != log.party) {
      c.invalid("entry.signature", entry_subject, "the entry was made for another log");
    } else {
      ++signatures;
    }
  }
  const std::string all = std::to_string(log.entries.size());
  if (signatures != 0)
    c.valid("entry.signature", layout::ledger_folder(log.party),
            std::to_string(signatures) + " of " + all + " entries are signed by the party");
  if (opened != 0)
    c.valid("statement", "statements/" + log.party,
            std::to_string(opened) + " of " + all + " entries open to what they committed to");
}

}  // namespace

std::string choose_sealer(const CheckContext& c, std::string_view case_id,
                          const std::vector<std::string>& parties) {
  if (parties.size() == 1) return parties.front();
  std::string first;
  for (const std::string& party : parties) {
    const auto log = read_party_log(c.directory, case_id, party);
    if (!log || !log->seals()) continue;
    if (is_trusted(c.options.trust, log->open) || is_trusted(c.own_keys, log->open)) return party;
    if (first.empty()) first = party;
  }
  return first;
}

void check_ledger(CheckContext& c, const std::string& party, std::string_view case_id) {
  CheckedLog log;
  log.party = log.report.party = party;
  const std::size_t first = c.report.checks.size();
  if (read_checkpoint(c, log)) {
    read_entries(c, log);
    check_tree(c, log);
    check_entries(c, log, case_id);
    if (log.open) check_last_seen(c, log);
  }
  log.report.verdict = verify::overall(std::span(c.report.checks).subspan(first));
  c.logs.push_back(std::move(log));
}

}  // namespace exhibit::casefile
