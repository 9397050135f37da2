// What the logs of a case say of each other: who saw which, what statements are about, forks.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "casefile/check.h"
#include "casefile/cosign.h"
#include "casefile/files.h"
#include "casefile/layout.h"
#include "casefile/leaves.h"

namespace exhibit::casefile {
namespace {

constexpr std::uint64_t kTimeMax = 253'402'300'799;  // the end of the year 9999

const CheckedLog* find_log(const CheckContext& c, std::string_view party) {
  const auto found = std::ranges::find(c.logs, party, &CheckedLog::party);
  return found == c.logs.end() ? nullptr : &*found;
}

// ---- cosignatures

// The key that a cosigner's name belongs to, when his own log of this case vouches for it.
struct Cosigner {
  const CheckedLog* log = nullptr;
  const KeyHistory::Known* key = nullptr;
};

Cosigner cosigner_of(const CheckContext& c, const seal::NoteSignature& signature) {
  for (const CheckedLog& log : c.logs)
    if (log.is_signed && log.rooted)
      if (const KeyHistory::Known* key = log.keys.find_cosign(signature))
        return {.log = &log, .key = key};
  return {};
}

// Witnesses whom the verifier brought are judged by his policy (check_policy.cpp).
bool is_of_policy(const CheckContext& c, const seal::NoteSignature& signature) {
  return c.options.policy != nullptr &&
         std::ranges::any_of(c.options.policy->witnesses, [&](const verify::PolicyWitness& w) {
           return w.key.name == signature.name && w.key.key_id == signature.key_id;
         });
}

void check_cosigned(CheckContext& c, CheckedLog& log, std::uint64_t size) {
  const std::string subject = layout::cosigned_path(log.party, size);
  c.sealed.insert(subject);
  const auto text = files::read(c.path(subject), seal::kNoteSizeMax);
  if (!text) return c.failed("cosignature", subject, text.error());
  const auto note = read_cosigned(*text, size, log.leaves, log.open->log_key);
  if (!note) return c.invalid("cosignature", subject, note.error().what.c_str());
  std::vector<const KeyHistory::Known*> counted;
  for (const seal::NoteSignature& signature : note->signatures) {
    if (signature.name == log.open->log_key.name) continue;
    const auto [cosigner, key] = cosigner_of(c, signature);
    if (cosigner == nullptr) {
      if (is_of_policy(c, signature)) continue;
      c.report.unsealed_files.push_back(
          subject + " (a cosignature under an unknown key: " + signature.name + ")");
      continue;
    }
    if (std::ranges::find(counted, key) != counted.end()) continue;
    counted.push_back(key);
    const auto time = seal::verify_cosignature(*note, key->key);
    if (!time) {
      c.invalid("cosignature", subject, cosigner->party + ": " + time.error().what.c_str());
      continue;
    }
    if (key->revoked_from) {
      c.undecidable("cosignature", subject,
                    cosigner->party + " trusts the key that this was cosigned with no longer");
      continue;
    }
    c.valid("cosignature", subject,
            cosigner->party + " saw " + std::to_string(size) + " entries at " + time_text(*time));
    log.report.seen.push_back({.party = cosigner->party,
                               .time = time_text(*time),
                               .tree_size = size,
                               .trusted = cosigner->trusted});
  }
}

// ---- what statements are about

bool check_target(CheckContext& c, const std::string& subject, const EntryTarget& target,
                  const char* id = "saying") {
  const std::string name = target.entry.party + "/" + std::to_string(target.entry.index);
  const CheckedLog* log = find_log(c, target.entry.party);
  if (log == nullptr || !log->whole || target.entry.index >= log->leaves.size()) {
    c.undecidable(id, subject, "entry " + name + ", which it is about, is not here");
    return false;
  }
  if (log->leaves[target.entry.index] != target.leaf) {
    c.invalid(id, subject, "it is about another entry " + name + " than the one here");
    return false;
  }
  return true;
}

void check_sayings(CheckContext& c, const CheckedLog& log) {
  std::uint64_t right = 0;
  for (const auto& [index, facts] : log.sayings) {
    const std::string subject = layout::statement_path(log.party, index);
    const bool about = !facts.about || check_target(c, subject, *facts.about);
    const bool run = !facts.run || check_target(c, subject, *facts.run);
    if (about && run) ++right;
  }
  if (right != 0)
    c.valid("saying", "statements/" + log.party,
            std::to_string(right) + " of " + std::to_string(log.sayings.size()) +
                " statements are about what they name");
}

// ---- hand-overs

bool check_receipt(CheckContext& c, const CheckedLog& log, const std::string& subject,
                   const ReceiptFacts& receipt) {
  if (!check_target(c, subject, receipt.about, "custody")) return false;
  const CheckedLog* giver = find_log(c, receipt.from);
  const auto given = std::ranges::find(giver->transfers, receipt.about.entry.index,
                                       &std::pair<std::uint64_t, TransferFacts>::first);
  if (given == giver->transfers.end()) {
    c.invalid("custody", subject, "what was received is no transfer");
    return false;
  }
  const Transfer& transfer = given->second.transfer;
  if (transfer.to != log.party ||
      (!transfer.to_fingerprint.empty() && transfer.to_fingerprint != log.report.fingerprint)) {
    c.invalid("custody", subject, "what was received had been handed to somebody else");
    return false;
  }
  return true;
}

// A log that was handed over so far must be so far here, and the same.
bool check_states(CheckContext& c, const std::string& subject, const TransferFacts& transfer) {
  bool right = true;
  for (const LogState& state : transfer.states) {
    const CheckedLog* log = find_log(c, state.party);
    if (log == nullptr || !log->whole || state.size > log->leaves.size()) {
      c.undecidable("custody", subject,
                    "the log of " + state.party + " that was handed over is not here that far");
      right = false;
    } else if (seal::tree_root(std::span(log->leaves).first(state.size)) != state.root) {
      c.invalid("custody", subject, "another history of " + state.party + " was handed over");
      right = false;
    }
  }
  return right;
}

void check_hand_overs(CheckContext& c, const CheckedLog& log) {
  const std::size_t all = log.transfers.size() + log.receipts.size();
  std::size_t right = 0;
  for (const auto& [index, facts] : log.transfers)
    right += check_states(c, layout::statement_path(log.party, index), facts) ? 1U : 0U;
  for (const auto& [index, facts] : log.receipts)
    right += check_receipt(c, log, layout::statement_path(log.party, index), facts) ? 1U : 0U;
  if (right != 0)
    c.valid(
        "custody", "statements/" + log.party,
        std::to_string(right) + " of " + std::to_string(all) + " hand-overs are of what they name");
}

// ---- forks

void check_fork(CheckContext& c, const CheckedLog& log, const std::string& folder) {
  const auto text = files::read(c.path(folder + "checkpoint"), seal::kNoteSizeMax);
  const auto note =
      text ? seal::parse_note(*text) : Result<seal::Note>(std::unexpected(text.error()));
  const auto there = note ? seal::Checkpoint::parse(note->text)
                          : Result<seal::Checkpoint>(std::unexpected(note.error()));
  // What is not signed as this log proves nothing against it, and is listed as unsealed.
  if (!there || there->origin != log.open->origin || !seal::verify_note(*note, log.open->log_key) ||
      there->size > kLedgerEntriesMax)
    return;
  const auto leaves = read_leaves(c.path(folder + "leaves"), there->size);
  if (!leaves || seal::tree_root(*leaves) != there->root) return;
  const std::size_t common = std::min(leaves->size(), log.leaves.size());
  if (seal::tree_root(std::span(*leaves).first(common)) ==
      seal::tree_root(std::span(log.leaves).first(common)))
    return;
  c.sealed.insert(folder + "checkpoint");
  c.sealed.insert(folder + "leaves");
  const auto parted = std::ranges::mismatch(*leaves, log.leaves).in1 - leaves->begin();
  c.invalid("fork", folder,
            log.party + " signed two histories: they part at entry " + std::to_string(parted) +
                "; here " + std::to_string(log.leaves.size()) + " entries, there " +
                std::to_string(there->size));
}

void check_forks(CheckContext& c, const CheckedLog& log) {
  const std::string folder = layout::forks_folder(log.party);
  const auto items = files::list(c.path(folder));
  if (!items) return;
  for (const files::Item& item : *items)
    if (item.folder && layout::is_sha256(item.name)) check_fork(c, log, folder + item.name + "/");
}

}  // namespace

std::string time_text(std::uint64_t unix_s) {
  if (unix_s > kTimeMax) return "a time after the year 9999";
  return base::to_rfc3339(base::kUnixEpochTicks +
                          static_cast<event::Ticks>(unix_s) * base::kTicksPerSecond);
}

void check_parties(CheckContext& c) {
  for (CheckedLog& log : c.logs) {
    const std::size_t first = c.report.checks.size();
    if (log.is_signed && log.rooted) {
      if (const auto sizes = list_cosigned(c.directory, log.party))
        for (const std::uint64_t size : *sizes) check_cosigned(c, log, size);
      check_forks(c, log);
    }
    check_sayings(c, log);
    check_hand_overs(c, log);
    log.report.verdict =
        std::max(log.report.verdict, verify::overall(std::span(c.report.checks).subspan(first)));
  }
}

}  // namespace exhibit::casefile
