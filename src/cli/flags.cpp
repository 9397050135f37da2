#include "cli/flags.h"

#include <algorithm>
#include <array>

namespace exhibit::cli {

namespace {

constexpr std::string_view kRules = "Rules", kWhat = "What is looked at", kOutput = "Output",
                           kSeal = "Seal", kRun = "Run", kSaid = "What is said", kTrust = "Trust",
                           kServe = "Serve", kDisclosure = "Disclosure", kCustody = "Custody",
                           kView = "View", kGeneral = "General";
constexpr std::string_view kLevels = "informational low medium high critical";

constexpr auto kFlags = std::to_array<Flag>({
    {"rules", 'r', "PATH", true, "", Completes::path, kRules,
     "Sigma rules: a file, a folder or a zip; may be repeated (default: the built-in starter "
     "pack)"},
    {"min-level", 0, "LEVEL", false, kLevels, Completes::choice, kRules,
     "only rules of this level or above"},
    {"status", 0, "STATUS", false, "unsupported deprecated experimental test stable",
     Completes::choice, kRules, "only rules of this status or a better one"},
    {"tag", 0, "TAG", true, "", Completes::nothing, kRules,
     "only rules with a tag that begins so: attack.t1003, or T1003 for short; may be repeated"},
    {"rule", 0, "ID", true, "", Completes::nothing, kRules,
     "only the rule with this id, or with one that begins so (at least 8 characters); may be "
     "repeated"},
    {"routing", 0, "FILE", false, "", Completes::path, kRules,
     "routing of log sources to channels, in the form of SigmaHQ's thor.yml (default: built in)"},
    {"placeholders", 0, "FILE", false, "", Completes::path, kRules,
     "values of %name% placeholders: `name:` and below it `- value` lines"},
    {"no-builtin-mapping", 0, "", false, "", Completes::nothing, kRules,
     "do not put Sysmon rules to built-in Windows events (4688, 4657, 5156, ...)"},

    {"channel", 0, "NAME", true, "", Completes::nothing, kWhat,
     "only records of this channel; may be repeated"},
    {"event-id", 0, "ID", true, "", Completes::nothing, kWhat,
     "only records with this event id; may be repeated, or a list: 4624,4625"},
    {"from", 0, "TIME", false, "", Completes::nothing, kWhat,
     "only records at or after: 2026-03-01, 2026-03-01T08:00:00Z, or 7d (days; also h and m) "
     "before now"},
    {"to", 0, "TIME", false, "", Completes::nothing, kWhat, "only records before"},
    {"host", 0, "NAME", true, "", Completes::nothing, kWhat,
     "only records of this computer: its full name or the first part; may be repeated"},
    {"slack", 0, "", false, "", Completes::nothing, kWhat,
     "also recover deleted records from the slack of EVTX chunks"},

    {"format", 'f', "FORMAT", false, "table json jsonl csv", Completes::choice, kOutput,
     "table (default), json, jsonl or csv"},
    {"full", 0, "", false, "", Completes::nothing, kOutput,
     "with jsonl: add the whole event in evtx_dump's form"},
    {"output", 'o', "FILE", false, "", Completes::path, kOutput,
     "write there instead of standard output; an existing file is left alone"},
    {"force", 0, "", false, "", Completes::nothing, kOutput, "let -o overwrite"},
    {"coverage", 0, "FILE", false, "", Completes::path, kOutput,
     "write what was looked at, and what could not be, as JSON"},
    {"tz", 0, "ZONE", false, "", Completes::nothing, kOutput,
     "time zone of tables, such as Asia/Shanghai; other formats are always in UTC (default: UTC)"},
    {"fail-on", 0, "LEVEL", false, kLevels, Completes::choice, kOutput,
     "exit with 1 when there is a finding of this level or above"},

    {"about", 0, "ENTRY", false, "", Completes::nothing, kSaid,
     "the entry that it is about: PARTY/NUMBER, as `exhibit ledger` lists them"},
    {"finding", 0, "ID", false, "", Completes::nothing, kSaid,
     "the finding that it is about; the first characters are enough"},
    {"field", 0, "NAME", false, "", Completes::nothing, kSaid,
     "the field of that finding's record"},
    {"attach", 0, "FILE", true, "", Completes::path, kSaid,
     "a file that belongs to it: its name, size and hash go on record, the file stays where it is; "
     "may be repeated"},

    {"case", 'c', "DIR", false, "", Completes::folder, kSeal,
     "the case to seal into; made where there is none"},
    {"case-id", 0, "ID", false, "", Completes::nothing, kSeal,
     "the case's id (default: the folder's name and a random part)"},
    {"by-reference", 0, "", false, "", Completes::nothing, kSeal,
     "seal sources where they lie instead of copying them into the case"},
    {"as", 0, "NAME", false, "", Completes::nothing, kSeal,
     "sign as this party (default: whichever of yours writes the case; collector in a new one); "
     "its "
     "keys are made where there are none"},
    {"operator", 0, "NAME", false, "", Completes::nothing, kSeal,
     "who does this, as the case records it (default: the login name)"},

    {"role", 0, "TEXT", false, "", Completes::nothing, kCustody,
     "in what role the operator acts, such as first responder"},
    {"authority", 0, "TEXT", false, "", Completes::nothing, kCustody,
     "by what right: warrant, mandate, order"},
    {"place", 0, "TEXT", false, "", Completes::nothing, kCustody, "where it is done"},
    {"medium", 0, "TEXT", false, "", Completes::nothing, kCustody,
     "what it lies on: maker, model, serial number"},
    {"write-blocker", 0, "TEXT", false, "", Completes::nothing, kCustody,
     "what stands between the medium and this machine"},
    {"exhibit-number", 0, "TEXT", false, "", Completes::nothing, kCustody,
     "the number under which it is filed"},
    {"source-clock", 0, "TEXT", false, "", Completes::nothing, kCustody,
     "how the clock of the machine that the logs come from stood to true time"},
    {"what", 0, "SHA256", true, "", Completes::nothing, kCustody,
     "only this source; the first 8 digits are enough; may be repeated (default: the whole case)"},
    {"to-key", 0, "FINGERPRINT", false, "", Completes::nothing, kCustody,
     "of the receiver's key: then nobody else of his name can receive it"},
    {"note", 0, "TEXT", false, "", Completes::nothing, kCustody, "what else is to be on record"},
    {"yes", 0, "CASE-ID", false, "", Completes::nothing, kCustody,
     "do not ask: this is the id of the case whose keys are to be destroyed"},
    {"fail-on-gaps", 0, "", false, "", Completes::nothing, kCustody,
     "exit with 1 when the chain has a gap"},
    {"digest", 0, "HASH", true, "md5 sha1 sha512 sm3", Completes::choice, kCustody,
     "seal this hash of every source too, beside SHA-256; may be repeated"},
    {"manifest", 0, "FILE", true, "", Completes::path, kCustody,
     "compare with what another tool wrote down: hashdeep, md5sum and its like, Velociraptor's "
     "listings; exit status 1 where they differ; may be repeated"},
    {"hash-after", 0, "", false, "", Completes::nothing, kCustody,
     "hash every file once more when all are acquired; exit status 1 where one has changed"},

    {"threads", 'j', "N", false, "", Completes::nothing, kRun,
     "worker threads (default: one for each processor); results do not depend on it"},
    {"engine", 0, "ENGINE", false, "fast reference", Completes::choice, kRun,
     "fast (default), or reference: the slow, obvious one, for anyone who doubts"},
    {"progress", 0, "HOW", false, "auto bar jsonl none", Completes::choice, kRun,
     "progress on standard error: auto (default: a bar on a terminal), bar, jsonl or none"},

    {"replay", 0, "", false, "", Completes::nothing, kTrust,
     "run every hunt again and compare every byte of the findings"},
    {"strict", 0, "", false, "", Completes::nothing, kTrust,
     "of a bundle: what no bundle can decide counts for the verdict too"},
    {"trust", 0, "KEY", true, "", Completes::path, kTrust,
     "the signer that you trust: a fingerprint, a verifier key (name+hash+key), or a file of them; "
     "may "
     "be repeated"},

    {"tsa-ca", 0, "FILE", true, "", Completes::path, kTrust,
     "certificates (PEM) of the time-stamping authorities that you believe; may be repeated"},
    {"tsa-policy", 0, "OID", true, "", Completes::nothing, kTrust,
     "the authority's policy: asked for, or the only ones that you accept; may be repeated"},
    {"tsa-chain", 0, "FILE", true, "", Completes::path, kTrust,
     "certificates (PEM) between the authority's and its root; may be repeated"},
    {"request", 0, "FILE", false, "", Completes::path, kTrust,
     "the question (.tsq) that the token answers: its nonce is compared"},
    {"crl", 0, "FILE", true, "", Completes::path, kTrust,
     "a certificate revocation list (DER or PEM); may be repeated"},
    {"ocsp", 0, "FILE", true, "", Completes::path, kTrust,
     "an OCSP response (DER); may be repeated"},
    {"log", 0, "PARTY", false, "", Completes::nothing, kTrust,
     "whose log (default: the one that seals the sources)"},
    {"policy", 0, "FILE", false, "", Completes::path, kTrust,
     "a trust policy (C2SP tlog-policy): the logs that you trust, and the witnesses of whom enough "
     "must have seen them"},
    {"witness-key", 0, "KEY", true, "", Completes::nothing, kTrust,
     "the witness's verifier key (name+hash+key), which it prints when it starts; may be repeated"},

    {"listen", 0, "ADDR:PORT", false, "", Completes::nothing, kServe,
     "where to take requests; port 0 is any that is free, and is printed"},
    {"logs", 0, "FILE", false, "", Completes::path, kServe,
     "the logs to cosign: their verifier keys, one a line, or a policy that names them"},
    {"state", 0, "DIR", false, "", Completes::folder, kServe,
     "what was cosigned (default: in the key folder). One key has one state, for ever: never put "
     "back an older copy"},

    {"all-findings", 0, "", false, "", Completes::nothing, kDisclosure,
     "every finding of the latest run"},
    {"record", 0, "SOURCE/N", true, "", Completes::nothing, kDisclosure,
     "records by number: SOURCE/12 or SOURCE/12-40, SOURCE by the beginning of its SHA-256; "
     "SOURCE/slack/3 for deleted ones; may be repeated"},
    {"source", 0, "SOURCE", true, "", Completes::nothing, kDisclosure,
     "records of this source, by its SHA-256, the beginning of it or its path; may be repeated"},
    {"until", 0, "TIME", false, "", Completes::nothing, kDisclosure, "only records before"},
    {"fields", 0, "NAMES", false, "", Completes::nothing, kDisclosure,
     "of records that no finding chose, only these fields: Image,CommandLine (default: all)"},
    {"whole", 0, "", false, "", Completes::nothing, kDisclosure,
     "every field of every chosen record, its bytes as they stand and its place in the source"},
    {"redact", 0, "WHAT", true, "", Completes::nothing, kDisclosure,
     "withhold what would be opened: a field, a field and the reason (User=privilege), or "
     "personal-data for all that looks like a person's; may be repeated"},
    {"keep", 0, "NAME", true, "", Completes::nothing, kDisclosure,
     "open this field although it looks like a person's; may be repeated"},
    {"profile", 0, "PROFILE", true, "personal-data", Completes::choice, kDisclosure,
     "what to look for (default: personal-data)"},
    {"reason", 0, "REASON", false,
     "scope operational personal-data privilege source-protection other-law", Completes::choice,
     kDisclosure, "why all else is withheld (default: scope, what it is not about)"},
    {"tlp", 0, "LEVEL", false, "", Completes::nothing, kDisclosure,
     "marking, TLP 2.0: CLEAR, GREEN, AMBER, AMBER+STRICT or RED. What was received under one goes "
     "out under no wider one (exit status 5)"},
    {"dry-run", 0, "", false, "", Completes::nothing, kDisclosure,
     "show what would be opened and withheld, and write nothing"},

    {"raw", 0, "", false, "", Completes::nothing, kView, "the record's bytes as they are"},
    {"hex", 0, "", false, "", Completes::nothing, kView, "the record's bytes in hexadecimal"},
    {"json", 0, "", false, "", Completes::nothing, kView, "the event in evtx_dump's JSON form"},
    {"xml", 0, "", false, "", Completes::nothing, kView, "the event as XML"},
    {"why", 0, "", false, "", Completes::nothing, kView,
     "the rule, which of its conditions which field met, and the way to the signed checkpoint"},
    {"proof", 0, "", false, "", Completes::nothing, kView,
     "the record's inclusion proof, step by step"},

    {"quiet", 'q', "", false, "", Completes::nothing, kGeneral, "only the result and errors"},
    {"verbose", 'v', "", false, "", Completes::nothing, kGeneral,
     "more: every finding in order of time, every source, rejected rule, skipped file and damage"},
    {"color", 0, "WHEN", false, "auto always never", Completes::choice, kGeneral,
     "auto (default: on a terminal, unless NO_COLOR is set), always or never"},
    {"help", 'h', "", false, "", Completes::nothing, kGeneral, "show this"},
});

}  // namespace

std::span<const Flag> all_flags() { return kFlags; }

const Flag* find_flag(std::string_view name) {
  const auto* at = std::ranges::find(kFlags, name, &Flag::name);
  return at == kFlags.end() ? nullptr : at;
}

const Flag* find_flag(char letter) {
  if (letter == 0) return nullptr;
  const auto* at = std::ranges::find(kFlags, letter, &Flag::letter);
  return at == kFlags.end() ? nullptr : at;
}

namespace {
struct Note {
  std::string_view value_name, help;  // empty: the table's
};

Note note_of(const Verb& verb, const Flag& flag) {
  for (std::string_view rest = verb.flag_notes; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    const auto equals = line.find('=');
    const auto left = line.substr(0, equals);
    const auto colon = std::min(left.find(':'), left.size());
    if (left.substr(0, colon) == flag.name)
      return {.value_name = left.substr(std::min(colon + 1, left.size())),
              .help = line.substr(equals + 1)};
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return {};
}
}  // namespace

std::string_view help_of(const Verb& verb, const Flag& flag) {
  const auto own = note_of(verb, flag).help;
  return own.empty() ? flag.help : own;
}

std::string_view value_name_of(const Verb& verb, const Flag& flag) {
  const auto own = note_of(verb, flag).value_name;
  return own.empty() ? flag.value_name : own;
}

std::string_view Words::next() {
  const auto start = rest_.find_first_not_of(' ');
  if (start == std::string_view::npos) return {};
  const auto end = std::min(rest_.find(' ', start), rest_.size());
  const auto word = rest_.substr(start, end - start);
  rest_.remove_prefix(end);
  return word;
}

bool contains_word(std::string_view list, std::string_view word) {
  Words words(list);
  for (auto w = words.next(); !w.empty(); w = words.next()) {
    if (w == word) return true;
  }
  return false;
}

}  // namespace exhibit::cli
