// statement, challenge, answer, agree: what a party puts on record; ledger: what is on record.
#include <fstream>

#include "base/text.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/small_file.h"
#include "cli/summary.h"

namespace exhibit::cli {

namespace {

using casefile::Saying;

constexpr std::size_t kIndexCells = 7;

// The text itself, or what standard input has for `-`.
Result<std::string> text_asked(const std::string& argument) {
  if (argument != "-") return argument;
  EXHIBIT_TRY(std::string text, read_small_file("-", casefile::kSayingSizeBytesMax));
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

Result<Saying::File> hash_file(std::string_view path) {
  std::ifstream in{std::string(path), std::ios::binary};
  if (!in) return fail(ErrorCode::not_found, "the file cannot be read");
  Saying::File out{
      .name = std::string(path.substr(path.rfind('/') + 1)), .sha256 = {}, .size_bytes = 0};
  seal::Sha256 hash;
  std::string piece(std::size_t{1} << 20, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())).gcount() > 0) {
    const auto got = static_cast<std::size_t>(in.gcount());
    hash.update(as_bytes(piece).first(got));
    out.size_bytes += got;
  }
  if (in.bad()) return fail(ErrorCode::io, "the file cannot be read to its end");
  out.sha256 = base::to_hex(hash.finish());
  return out;
}

int wrong_entry(const Console& console, const std::string& what, const Error& error) {
  console.error(what + ": " + describe(error));
  return exit_usage;
}

int put(const Arguments& arguments, const Console& console, Saying saying,
        const std::string& said) {
  auto text = text_asked(said);
  if (!text) return say_failed(console, "the text", text.error());
  saying.text = *std::move(text);
  for (const auto& path : arguments.values("attach")) {
    auto file = hash_file(path);
    if (!file) return say_failed(console, "--attach " + safe_text(path), file.error());
    saying.files.push_back(*std::move(file));
  }
  saying.finding = arguments.value("finding");
  saying.field = arguments.value("field");
  if (arguments.has("about")) {
    const auto about = casefile::parse_entry_ref(arguments.value("about"));
    if (!about)
      return wrong_entry(console, "--about " + safe_text(arguments.value("about")), about.error());
    saying.about = *about;
  }
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  const auto done = casefile::say(*into, saying);
  if (!done)
    return say_failed(console, "the " + std::string(casefile::to_string(saying.kind)),
                      done.error());
  const auto summary = into->summary();
  const std::string party = summary.origin.substr(summary.origin.rfind('/') + 1);
  return print(console, "On record as " + party + "/" + std::to_string(*done) +
                            ".\n  root         " + base::to_base64(summary.root) +
                            "\n  fingerprint  " + summary.fingerprint + "\n");
}

// ---- ledger

std::string_view field(const casefile::LedgerLine& line, std::string_view name) {
  for (const auto& f : line.fields)
    if (f.name == name) return f.value;
  return {};
}

// What an entry says, in a line or a few.
std::string gist(const casefile::LedgerLine& line) {
  if (!line.opened) return "not opened here";
  std::string out;
  const auto put_target = [&](std::string_view word, const std::string& name) {
    if (!field(line, name + ".party").empty())
      out += std::string(word) + safe_text(field(line, name + ".party")) + "/" +
             safe_text(field(line, name + ".entry"));
  };
  if (line.kind == "open") return "the log, by " + safe_text(field(line, "operator"));
  if (line.kind == "acquire") {
    const bool slack = field(line, "part") == "slack";
    return safe_text(field(line, slack ? "sha256" : "path")) + ": " +
           safe_text(field(line, slack ? "slack_tree.size" : "record_tree.size")) +
           (slack ? " deleted records" : " records");
  }
  if (line.kind == "run")
    return "run " + safe_text(field(line, "run")) + ": " + safe_text(field(line, "findings.size")) +
           " findings in " + safe_text(field(line, "records")) + " records";
  if (line.kind == "disclose")
    return safe_text(field(line, "records")) + " records and " +
           safe_text(field(line, "findings")) + " findings to " + safe_text(field(line, "to")) +
           ", TLP:" + safe_text(field(line, "tlp")) + ", bundle " +
           safe_text(field(line, "bundle_sha256").substr(0, 12));
  if (line.kind == "manifest")
    return safe_text(field(line, "name")) + ": " + safe_text(field(line, "matched")) +
           " matched, " + safe_text(field(line, "differs")) + " differ, " +
           safe_text(field(line, "not_found")) + " not found";
  put_target("of ", "about");
  if (!field(line, "finding").empty()) {
    out += (out.empty() ? "of finding " : ", finding ") +
           safe_text(field(line, "finding").substr(0, 12));
    if (!field(line, "field").empty()) out += ", field " + safe_text(field(line, "field"));
  }
  if (!field(line, "pack_sha256").empty())
    out += "to the rules " + safe_text(field(line, "pack_sha256").substr(0, 12));
  if (!field(line, "text").empty())
    out += (out.empty() ? "" : ": ") + safe_text(field(line, "text"));
  for (const auto& f : line.fields)
    if (f.name == "file.name") out += " [" + safe_text(f.value) + "]";
  return out;
}

}  // namespace

int run_statement(const Arguments& arguments, const Console& console) {
  return put(arguments, console, {.kind = Saying::Kind::statement}, arguments.positional[1]);
}

int run_challenge(const Arguments& arguments, const Console& console) {
  return put(arguments, console, {.kind = Saying::Kind::challenge}, arguments.positional[1]);
}

int run_answer(const Arguments& arguments, const Console& console) {
  const auto about = casefile::parse_entry_ref(arguments.positional[1]);
  if (!about) return wrong_entry(console, safe_text(arguments.positional[1]), about.error());
  return put(arguments, console, {.kind = Saying::Kind::answer, .about = *about},
             arguments.positional[2]);
}

int run_agree(const Arguments& arguments, const Console& console) {
  return put(arguments, console,
             {.kind = Saying::Kind::agree, .pack_sha256 = arguments.positional[1]}, "");
}

int run_ledger(const Arguments& arguments, const Console& console) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto from = casefile::Case::open_read_only(*home, arguments.positional[0]);
  if (!from) return say_failed(console, safe_text(arguments.positional[0]), from.error());
  std::string text;
  std::string party;
  const auto done = casefile::for_each_entry(*from, [&](const casefile::LedgerLine& line) {
    if (line.party != party) text += (party.empty() ? "" : "\n") + safe_text(line.party) + "\n";
    party = line.party;
    std::string row = "  " + std::to_string(line.index);
    row.append(row.size() < kIndexCells ? kIndexCells - row.size() : 0, ' ');
    row += "  " + safe_text(line.time.substr(0, 10)) + " " +
           safe_text(line.time.size() > 19 ? line.time.substr(11, 8) : "") + "  ";
    const std::size_t said_at = row.size();
    text += row;
    append_wrapped(text, safe_text(line.kind) + " " + gist(line), kIndexCells + 2, said_at,
                   console.width());
    text += "\n";
    if (console.verbose()) text += std::string(kIndexCells + 2, ' ') + line.sha256 + "\n";
  });
  if (!done) return say_failed(console, safe_text(arguments.positional[0]), done.error());
  text += "\nTimes (UTC) are each party's own word. `exhibit verify` checks every entry.\n";
  return print(console, text);
}

}  // namespace exhibit::cli
