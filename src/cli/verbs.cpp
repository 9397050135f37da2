// The verbs, in the order in which help lists them.
#include <algorithm>
#include <array>

#include "cli/flags.h"

namespace exhibit::cli {

namespace {

#define RULE_SELECTION "rules min-level status tag rule routing placeholders no-builtin-mapping"
#define ACQUIRING                                                                              \
  "role authority place medium write-blocker exhibit-number source-clock tlp digest manifest " \
  "hash-after"
#define GENERAL "quiet verbose color help"

constexpr std::string_view kFind = "Find", kCase = "Keep and show", kCheck = "Check",
                           kParties = "Parties", kRuleVerbs = "Rules", kProgram = "The program";

constexpr auto kVerbs = std::to_array<Verb>({
    {"hunt", "[PATH...]", 0, kAnyNumber, Completes::path, "", kFind,
     "put Sigma rules to logs, and seal both with --case",
     "Reads Windows event logs (EVTX) and JSON logs: files, folders (recursively), zip, gzip and "
     "tar "
     "archives, or standard input (-). Sources are known by content, not by name. Without --case "
     "nothing is written but the output. With --case the sources are sealed while they are hunted; "
     "without a PATH the sources of the case are hunted again. The findings are the same bytes for "
     "any number of threads and any order of the arguments.",
     RULE_SELECTION
     " channel event-id from to host slack format full output force coverage tz fail-on case "
     "by-reference as operator " ACQUIRING " threads engine progress " GENERAL,
     "exhibit hunt logs/\n"
     "exhibit hunt Security.evtx -r sigma/rules --min-level high\n"
     "exhibit hunt logs/ -r sigma/rules --case incident-42\n"
     "exhibit hunt logs.zip --format jsonl -o findings.jsonl"},

    {"open", "DIR", 1, 1, Completes::folder, "", kCase, "make a new, empty case",
     "Makes a case and its ledger, signs the first checkpoint and prints root and fingerprint: "
     "hand those over by another way than the case itself.",
     "case-id as operator " GENERAL, "exhibit open incident-42"},
    {"add", "CASE PATH...", 2, kAnyNumber, Completes::path, "", kCase,
     "take sources into a case and seal them, without rules",
     "Hashes, copies (or refers to) and seals every source, record by record, and signs an "
     "acquisition for it.",
     "slack by-reference as operator " ACQUIRING " threads progress " GENERAL,
     "exhibit add incident-42 /mnt/image/Windows/System32/winevt/Logs\n"
     "exhibit add incident-42 /mnt/image --manifest image.hashdeep --hash-after \\\n"
     "  --authority 'warrant 7 Gs 42/26' --write-blocker 'T35u 01A3'"},
    {"show", "[ID]", 0, 1, Completes::nothing, "", kCase,
     "show a case, or one finding: its event, bytes, reasons or proof",
     "Without ID: what the case holds; with -v also every finding. With the id of a finding (its "
     "first characters are enough where they are unambiguous): the rule and the event.",
     "case raw hex json xml why proof tz " GENERAL,
     "exhibit show --case incident-42\n"
     "exhibit show 5a0c93 --case incident-42 --why",
     "case=the case to look into: a folder, or a handover's .tar (default: the current folder)\n"
     "verbose=without ID: every finding of every run, in order of time"},
    {"handover", "CASE", 1, 1, Completes::folder, "", kCase,
     "write what the other side needs to check a case, and no secret",
     "Writes sources with their keys, ledger, packs and runs to a folder or a .tar file. Signing "
     "keys and the case key stay where they are.",
     "output force tlp " GENERAL, "exhibit handover incident-42 -o incident-42.tar",
     "output=where to: a name that ends in .tar is a file, any other a folder\n"
     "force=let -o overwrite a .tar"},
    {"destroy", "CASE", 1, 1, Completes::folder, "", kCase,
     "close a case for ever by destroying its keys",
     "Signs a last entry in the logs of your parties, then overwrites and removes the case key, "
     "and "
     "signing keys that no other case of yours needs. The ledger stays and verifies; nothing can "
     "be "
     "added to those logs, and what was withheld can never be opened again. Sources in the case "
     "are "
     "not encrypted and stay as they are. It does not reach copies, backups, or old blocks of a "
     "flash disk. Asks for the case's id.",
     "yes note authority operator " GENERAL,
     "exhibit destroy incident-42 --note 'retention ended' --authority 'order 12/26'"},

    {"disclose", "CASE [FINDING...]", 1, kAnyNumber, Completes::folder, "", kCase,
     "give out chosen records and fields, proven, and account for the rest",
     "Opens what the chosen findings' rules read, and nothing else of their records; of records "
     "that are chosen by number, source, time, host or rule, the fields named, or all. Everything "
     "else is withheld, with a reason; the bundle counts every record of each source. That it "
     "went out, and to whom, goes on your party's log first. `exhibit verify` checks a bundle.",
     "all-findings record source from until host channel event-id rules fields whole redact keep "
     "reason tlp to output dry-run as operator " GENERAL,
     "exhibit disclose incident-42 5a0c93 --to 'CERT-XY' --tlp AMBER -o a.exhibit\n"
     "exhibit disclose incident-42 --source 9f2a11c0 --host DC01 --dry-run",
     "to:WHOM=to whom, in words: sealed with the bundle\n"
     "from=only records at or after: 2026-03-01, 2026-03-01T08:00:00Z, or 7d before now\n"
     "rules=records on which one of these rules speaks: a file, a folder or a zip; may be "
     "repeated\n"
     "output=the bundle to write; an existing file is left alone\n"
     "verbose=with --dry-run: every record, not the first ones"},
    {"redact", "CASE [FINDING...]", 1, kAnyNumber, Completes::folder, "", kCase,
     "propose what to withhold of a disclosure, before it is made",
     "Looks at what `disclose` would open and shows which fields look like a person's: user "
     "names, SIDs, network and mail addresses, home folders, free text. It only proposes; "
     "`disclose --redact personal-data` does it.",
     "profile keep all-findings record source from until host channel event-id rules fields whole "
     "reason " GENERAL,
     "exhibit redact incident-42 5a0c93 --profile personal-data",
     "from=only records at or after: 2026-03-01, 2026-03-01T08:00:00Z, or 7d before now\n"
     "rules=records on which one of these rules speaks: a file, a folder or a zip; may be "
     "repeated\n"
     "verbose=every record, not the first ones"},

    {"verify", "CASE", 1, 1, Completes::path, "", kCheck, "check a case, a handover or a bundle",
     "One line for each check: valid, invalid, or undecidable and what is missing. Trust comes "
     "only "
     "from the keys that you bring: without --trust the signer is undecidable. Exit status: 0 "
     "valid, 1 invalid, 4 undecidable.",
     "replay trust policy tsa-ca tsa-policy strict threads progress " GENERAL,
     "exhibit verify incident-42.tar --trust collector.key --replay\n"
     "exhibit verify a.exhibit --trust collector.key",
     "quiet=only what is not valid, and the verdict\n"
     "verbose=hashes whole"},
    {"custody", "CASE", 1, 1, Completes::path, "", kCheck,
     "show the chain of custody, and its gaps",
     "Who acquired what, when, with which clock and tool; hand-overs with both signatures; runs, "
     "time stamps, cosignatures, destruction. Below it what is missing, each with a stable name.",
     "format fail-on-gaps trust policy tsa-ca tsa-policy output force " GENERAL,
     "exhibit custody incident-42 --fail-on-gaps",
     "format=table (default) or json\n"
     "verbose=all times of every file, and command lines"},

    {"ledger", "CASE", 1, 1, Completes::path, "", kParties,
     "list what is on record in every party's log",
     "One line for each entry: its name, the time on the party's own word, its kind and what it "
     "says.",
     "" GENERAL, "exhibit ledger incident-42", "verbose=with each entry's hash"},
    {"statement", "CASE TEXT", 2, 2, Completes::path, "", kParties, "put something on record",
     "Appends TEXT (- reads standard input) to your party's log, signed, under a new checkpoint.",
     "about finding field attach as operator " GENERAL,
     "exhibit statement incident-42 'It was ours until 3 March.' --as accused"},
    {"challenge", "CASE TEXT", 2, 2, Completes::path, "", kParties,
     "dispute an entry, a finding or a field of it",
     "Names exactly what is disputed, by hash, so that it cannot come to mean something else.",
     "finding field about attach as operator " GENERAL,
     "exhibit challenge incident-42 'Slow clock.' --finding 5a0c93 --field UtcTime\n"
     "exhibit challenge incident-42 'Our rules are missing.' --about collector/12"},
    {"answer", "CASE ENTRY TEXT", 3, 3, Completes::path, "", kParties, "answer a challenge",
     "ENTRY is the challenge: PARTY/NUMBER, as `exhibit ledger` lists them.",
     "attach as operator " GENERAL,
     "exhibit answer incident-42 accused/1 'NTP had set it.' --attach ntp.log"},
    {"agree", "CASE PACK", 2, 2, Completes::path, "", kParties,
     "agree to the rules that a run applied",
     "PACK is the SHA-256 of the rules, the name of their folder below criteria/; its first "
     "characters are enough.",
     "as operator " GENERAL, "exhibit agree incident-42 d7ca9794d258"},
    {"cosign", "CASE", 1, 1, Completes::path, "", kParties,
     "say, signed and dated, that you saw the others' logs",
     "Reads each of the other parties' logs whole and checks it first. A log that is older than "
     "or another than what you saw before is refused, with exit status 1. From then on nobody can "
     "exchange what you saw.",
     "as operator " GENERAL, "exhibit cosign incident-42 --as accused"},
    {"merge", "CASE FROM...", 2, kAnyNumber, Completes::path, "", kParties,
     "take in what other parties have sent",
     "FROM is a copy of the case, a folder or a handover's .tar. Logs are taken when they are "
     "signed, "
     "whole, and go on where those here end. Two signed histories of one log are a fork: both are "
     "kept as evidence. Exit status 1 when a log was refused or forked.",
     "" GENERAL, "exhibit merge incident-42 from-the-accused.tar"},
    {"transfer", "CASE", 1, 1, Completes::folder, "", kParties,
     "put on record that the case, or sources of it, go to somebody",
     "A signed entry in your log: what, with the state of every log, and to whom. `handover` "
     "writes "
     "the bytes; the receiver answers with `receive`, in a log of his own.",
     "to to-key what note role authority place medium exhibit-number as operator " GENERAL,
     "exhibit transfer incident-42 --to examiner --medium 'disk S/N 8'",
     "to:PARTY=to whom: the name of his log"},
    {"receive", "CASE", 1, 1, Completes::folder, "", kParties,
     "put on record what was handed to you, and how it verified",
     "Verifies the case first, then signs that you received that transfer, with the verdict and "
     "what "
     "was missing. Opens your log where you have none. Send your log back, so that the giver can "
     "`merge` it. Exit status as for `verify`.",
     "from about note role authority place medium exhibit-number trust as operator "
     "threads " GENERAL,
     "exhibit receive incident-42 --from collector --as examiner --trust c.key",
     "from:PARTY=from whom: the name of his log\n"
     "about=which of his transfers (default: the latest to you that you have not received)"},
    {"timestamp request", "CASE", 1, 1, Completes::path, "", kParties,
     "write the question to a time-stamping authority",
     "A request (RFC 3161) over the present checkpoint, in a file that can be carried from an "
     "offline "
     "machine. The exact bytes are kept with the case.",
     "output force log tsa-policy " GENERAL, "exhibit timestamp request incident-42 -o ask.tsq"},
    {"timestamp ask", "CASE URL", 2, 2, Completes::folder, "", kParties,
     "ask a time-stamping authority over HTTP, and keep its answer",
     "`timestamp request`, the exchange and `timestamp add` in one. Nothing but a hash and a nonce "
     "goes out. Exit status 6 when the authority cannot be reached or makes no sense.",
     "log tsa-policy tsa-chain crl ocsp " GENERAL,
     "exhibit timestamp ask incident-42 https://tsa.example --tsa-chain tsa.pem"},
    {"timestamp add", "CASE ANSWER", 2, 2, Completes::path, "", kParties,
     "keep an authority's answer with what it stamps",
     "Give what it takes to judge it in thirty years as well: certificates, and a revocation list "
     "or "
     "OCSP response from about now. `verify --tsa-ca` judges it.",
     "tsa-chain crl ocsp " GENERAL, "exhibit timestamp add incident-42 answer.tsr --crl tsa.crl"},
    {"timestamp verify", "FILE TOKEN", 2, 2, Completes::path, "", kParties,
     "judge a time stamp over any file",
     "One line for each check of RFC 3161 and 5816. What a case holds, `exhibit verify --tsa-ca` "
     "judges with "
     "the rest. Exit status: 0 valid, 1 invalid, 4 undecidable.",
     "request tsa-ca tsa-policy tsa-chain crl ocsp " GENERAL,
     "exhibit timestamp verify report.pdf report.tsr --tsa-ca ca.pem --crl tsa.crl"},
    {"witness serve", "", 0, 0, Completes::nothing, "", kParties,
     "be a witness of others' logs, over HTTP",
     "Cosigns each log's newest checkpoint when it is proven to continue the one before, and "
     "nothing else (C2SP tlog-witness): POST /add-checkpoint. Two trees of one size under a log's "
     "signature are kept as the evidence that they are. Prints its verifier key and its URL; one "
     "line for each request goes to standard error. Plain HTTP: what it hands out is signed. "
     "Ctrl-C "
     "ends it.",
     "listen logs as state " GENERAL,
     "exhibit witness serve --listen 127.0.0.1:8080 --logs known-logs --as neutral",
     "as=the witness's name and keys (default: witness); made where there are none. Not those of a "
     "party that writes cases"},
    {"witness ask", "CASE URL", 2, 2, Completes::folder, "", kParties,
     "ask a witness to cosign a case's logs",
     "Sends the checkpoint with a proof that it continues what the witness saw last, checks what "
     "comes back under the key that you bring, and keeps it in the case. Exit status 1 when the "
     "witness saw a longer or another log, or does not know it; 6 when it cannot be reached or "
     "makes "
     "no sense.",
     "as witness-key policy " GENERAL,
     "exhibit witness ask incident-42 https://witness.example --policy policy",
     "as=only the log of this party (default: those of yours, or all when you have none)\n"
     "policy=a trust policy whose witnesses' keys are believed"},
    {"party new", "NAME", 1, 1, Completes::nothing, "", kParties, "make a party's signing keys",
     "Keys for its logs, its entries and its cosignatures. The secret halves stay in this user's "
     "key "
     "folder ($EXHIBIT_HOME, else the XDG data folder).",
     "" GENERAL, "exhibit party new soc.example.org"},
    {"party list", "", 0, 0, Completes::nothing, "", kParties,
     "list the verifier keys of this user's parties",
     "In C2SP form, name+hash+key: what --trust takes.", "" GENERAL,
     "exhibit party list > collector.key"},
    {"party add", "CASE", 1, 1, Completes::folder, "", kParties,
     "open a party's own log in a case that others began",
     "Needs nobody's leave: each party writes its own log, and no other.", "as operator " GENERAL,
     "exhibit party add incident-42 --as accused",
     "as=the party whose log is opened; its keys are made where there are none"},
    {"party rotate", "CASE", 1, 1, Completes::folder, "", kParties,
     "sign a case's entries and cosignatures with new keys",
     "Names new keys in your log, signed with the old ones; they hold from the next entry on. The "
     "log "
     "key, which others know you by, stays.",
     "note as operator " GENERAL, "exhibit party rotate incident-42 --as collector"},
    {"party revoke", "CASE KEY", 2, 2, Completes::folder, "", kParties,
     "say that a key that was replaced is not to be trusted",
     "KEY is the verifier key as the log names it, or its id of 8 digits. What it signed from that "
     "entry on, and every cosignature under it, is undecidable to whoever verifies. Cosign again "
     "with the new one.",
     "from note as operator " GENERAL,
     "exhibit party revoke incident-42 1f2e3d4c --from 17 --note 'laptop stolen'",
     "from:NUMBER=the first entry that is not to be trusted (default: 0, all of them)"},

    {"rules list", "", 0, 0, Completes::nothing, "", kRuleVerbs, "list rules and where they go",
     "One line for each rule that is taken: level, id, title.",
     RULE_SELECTION " format output force " GENERAL,
     "exhibit rules list -r sigma/rules --tag attack.credential-access"},
    {"rules lint", "[PATH...]", 0, kAnyNumber, Completes::path, "", kRuleVerbs,
     "say what is wrong with rules",
     "Every rejected rule and oddity with file, line, column and a hint. Exit status 1 when a rule "
     "was rejected.",
     RULE_SELECTION " " GENERAL, "exhibit rules lint my-rules/"},
    {"rules test", "[PATH...]", 0, kAnyNumber, Completes::path, "", kRuleVerbs,
     "run the tests that come with rules",
     "Takes SigmaHQ's regression folders (info.yml beside .evtx or .json) and our own *.test.yml "
     "files; without PATH, those of the starter pack. Exit status 1 when a test fails.",
     RULE_SELECTION " " GENERAL, "exhibit rules test sigma/regression_data -r sigma/rules"},
    {"rules explain", "ID", 1, 1, Completes::nothing, "", kRuleVerbs,
     "show the compiled form of a rule",
     "Which logs it is routed to, its predicates, its condition and the fields that it reads. ID "
     "is "
     "a rule's id, the beginning of one, or words of its title.",
     RULE_SELECTION " " GENERAL, "exhibit rules explain 7efd2c8d -r sigma/rules"},

    {"completion", "SHELL", 1, 1, Completes::choice, "bash zsh fish", kProgram,
     "print the completion script of a shell", "", "" GENERAL,
     "exhibit completion bash > ~/.local/share/bash-completion/completions/exhibit"},
    {"doctor", "", 0, 0, Completes::nothing, "", kProgram,
     "look at what this machine offers and what is set up", "", "" GENERAL, "exhibit doctor"},
    {"version", "", 0, 0, Completes::nothing, "", kProgram, "print the version", "", "" GENERAL,
     ""},
    {"help", "[VERB]", 0, 2, Completes::choice,
     "hunt open add show handover destroy verify custody ledger statement challenge answer agree "
     "cosign merge transfer receive timestamp witness party rules completion doctor version",
     kProgram, "show this list, or the help of a verb", "", "" GENERAL, "exhibit help hunt"},
});

#undef RULE_SELECTION
#undef ACQUIRING
#undef GENERAL

}  // namespace

std::span<const Verb> all_verbs() { return kVerbs; }

const Verb* find_verb(std::string_view name) {
  const auto* at = std::ranges::find(kVerbs, name, &Verb::name);
  return at == kVerbs.end() ? nullptr : at;
}

}  // namespace exhibit::cli
