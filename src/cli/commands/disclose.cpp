// disclose, redact: chosen records given out, and a look at what that would show.
#include "exhibit/disclosure.h"

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/custody_options.h"
#include "cli/help.h"
#include "cli/hunt_request.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/rule_options.h"
#include "cli/safe_text.h"
#include "cli/when_and_where.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kRecordsShown = 5;
constexpr std::size_t kWordCells = 10;    // `withheld  `
constexpr std::size_t kValueShown = 200;  // bytes of a value

/// What is asked for, with the rules of the query.
struct Request {
  casefile::DiscloseOptions options;
  const LoadedRules* query = nullptr;
};

bool take_redactions(const Arguments& arguments, const Console& console,
                     casefile::DiscloseOptions& out) {
  for (const std::string& what : arguments.values("redact")) {
    if (what == "personal-data") {
      out.redact_personal_data = true;
      continue;
    }
    const std::size_t equals = what.rfind('=');
    casefile::Redaction redaction{.field = what.substr(0, equals)};
    if (equals != std::string::npos) {
      const auto reason = casefile::parse_withheld(what.substr(equals + 1));
      if (!reason) {
        console.error("--redact " + safe_text(what) +
                      ": the reason is scope, operational, personal-data, privilege, "
                      "source-protection or other-law");
        return false;
      }
      redaction.reason = *reason;
    }
    out.redactions.push_back(std::move(redaction));
  }
  return true;
}

// Errors are said on the console; then nullopt (exit status 2).
std::optional<Request> request_of(const Arguments& arguments, const Console& console) {
  Request out;
  casefile::DiscloseOptions& options = out.options;
  casefile::Selection& select = options.select;
  select.findings.assign(arguments.positional.begin() + 1, arguments.positional.end());
  select.all_findings = arguments.has("all-findings");
  select.sources = arguments.values("source");
  for (const std::string& text : arguments.values("record")) {
    const auto range = casefile::parse_record_range(text);
    if (!range) {
      console.error("--record " + safe_text(text) + ": " + describe(range.error()));
      return std::nullopt;
    }
    select.records.push_back(*range);
  }
  auto filters = filters_asked(arguments, console, "until");
  if (!filters) return std::nullopt;
  select.filters = *std::move(filters);
  if (arguments.has("rules")) {
    out.query = load_rules_asked(arguments, console, {});
    if (out.query == nullptr || !any_rule_left(*out.query, arguments, console)) return std::nullopt;
    report_rules(*out.query, console);
    select.query = &out.query->pack;
  }
  const std::string_view names = arguments.value("fields");
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t comma = std::min(names.find(',', at), names.size());
    if (comma > at) options.fields.emplace_back(names.substr(at, comma - at));
    at = comma + 1;
  }
  options.whole = arguments.has("whole");
  options.keep = arguments.values("keep");
  if (arguments.has("reason"))
    options.reason =
        *casefile::parse_withheld(arguments.value("reason"));  // the table admits these
  if (!take_redactions(arguments, console, options)) return std::nullopt;
  options.stop = &stop_flag();
  return out;
}

/// Shows records one after the other; only the first ones unless all are asked for.
class Preview {
 public:
  Preview(const Console& console, bool proposing) : console_(console), proposing_(proposing) {}

  void add(const casefile::DisclosedRecord& record) {
    ++records_;
    if (!record.undecidable.empty()) undecidable_ += record.undecidable.size();
    for (const auto& field : record.fields) personal_ += field.personal;
    if (records_ > kRecordsShown && !console_.verbose()) return;
    line("record " + std::to_string(record.index) + (record.slack ? " (deleted)" : "") + " of " +
             record.source.substr(0, 12) + "…" +
             (record.time == event::kNoTime ? "" : ", " + zone_.text(record.time)),
         0);
    for (const std::string& id : record.findings) line("finding " + id, 2);
    for (const auto& field : record.fields) {
      if (proposing_ && !field.personal) continue;
      const bool opened = !field.withheld;
      if (!opened && !proposing_ && !field.personal && !console_.verbose() &&
          *field.withheld == casefile::Withheld::scope) {
        ++hidden_;
        continue;
      }
      text_ +=
          "  " +
          console_.paint(opened ? Style::good : Style::doubtful, opened ? "opened  " : "withheld") +
          "  ";
      std::string rest =
          safe_text(field.path) + ": " + safe_text(field.text.substr(0, kValueShown));
      if (!opened) rest += "  (" + std::string(casefile::to_string(*field.withheld)) + ")";
      append_wrapped(text_, rest, kWordCells + 2, kWordCells + 2, console_.width());
      text_ += "\n";
    }
    if (record.whole) line("opened: its bytes and its place in the source", 2);
    if (record.paths) line("opened: the names of all its fields, to show which are absent", 2);
    for (const std::string& id : record.undecidable)
      line("finding " + id + " cannot be shown: its rule reads what is withheld", 2);
    if (hidden_ != 0) line("withheld: " + counted(hidden_, "other field"), 2);
    hidden_ = 0;
    text_ += "\n";
  }

  [[nodiscard]] std::string finish(const casefile::Disclosed& sum) {
    if (records_ > kRecordsShown && !console_.verbose())
      text_ += "and " + counted(records_ - kRecordsShown, "more record") + " (-v shows all)\n\n";
    text_ += "Would disclose " + counted(sum.records, "record") + " of " +
             grouped(sum.records_accounted) + ", " + counted(sum.findings, "finding") + "; " +
             counted(sum.fields_opened, "field") + " opened, " + grouped(sum.fields_withheld) +
             " withheld.\n";
    if (personal_ != 0)
      text_ += counted(personal_, "value") + " that " + (personal_ == 1 ? "looks" : "look") +
               " like a person's " + (personal_ == 1 ? "is" : "are") + " withheld.\n";
    if (undecidable_ != 0)
      text_ +=
          counted(undecidable_, "finding") +
          " could not be run again by the recipient: a field that the rule reads is withheld.\n";
    if (proposing_)
      text_ +=
          "Nothing was written. `exhibit disclose … --redact personal-data` withholds these.\n";
    else
      text_ += "Nothing was written, and nothing went on the ledger.\n";
    return std::move(text_);
  }

 private:
  void line(const std::string& what, std::size_t indent) {
    text_.append(indent, ' ');
    append_wrapped(text_, safe_text(what), indent, indent, console_.width());
    text_ += "\n";
  }

  const Console& console_;
  const bool proposing_;
  const Zone zone_;
  std::string text_;
  std::uint64_t records_ = 0, hidden_ = 0, personal_ = 0, undecidable_ = 0;
};

int preview(const Arguments& arguments, const Console& console, const Request& request,
            bool proposing) {
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  const auto from = casefile::Case::open_read_only(*home, arguments.positional[0]);
  if (!from) return say_failed(console, safe_text(arguments.positional[0]), from.error());
  Preview out(console, proposing);
  const auto sum =
      casefile::plan_disclosure(*home, *from, request.options,
                                [&](const casefile::DisclosedRecord& record) { out.add(record); });
  if (!sum) return say_failed(console, "the disclosure", sum.error());
  return print(console, out.finish(*sum));
}

}  // namespace

int run_redact(const Arguments& arguments, const Console& console) {
  auto request = request_of(arguments, console);
  if (!request) return exit_usage;
  request->options.to = "nobody yet";
  request->options.tlp = casefile::Tlp::red;     // of any marking: nothing goes out
  request->options.redact_personal_data = true;  // the one profile that there is
  return preview(arguments, console, *request, true);
}

int run_disclose(const Arguments& arguments, const Console& console) {
  auto request = request_of(arguments, console);
  if (!request) return exit_usage;
  const bool dry = arguments.has("dry-run");
  const auto tlp = casefile::parse_tlp(arguments.has("tlp") ? arguments.value("tlp") : "RED");
  if (!tlp) {
    return say_no_tlp(console, arguments.value("tlp"));
  }
  request->options.tlp = *tlp;
  request->options.to = dry && !arguments.has("to") ? "nobody yet" : arguments.value("to");
  if (dry) return preview(arguments, console, *request, false);
  for (const char* needed : {"output", "to", "tlp"})
    if (!arguments.has(needed)) {
      console.error("a disclosure needs --" + std::string(needed) +
                    ": where it is written (-o), for whom, and its marking (TLP)");
      return exit_usage;
    }
  int status = exit_internal;
  const auto home = open_home(console, status);
  if (!home) return status;
  auto into = open_case(arguments, console, *home, arguments.positional[0], false, status);
  if (!into) return status;
  const std::string out(arguments.value("output"));
  const auto done = casefile::disclose(*home, *into, out, request->options);
  if (!done) return say_failed(console, "the disclosure to " + safe_text(out), done.error());
  const auto summary = into->summary();
  return print(
      console,
      "Disclosed " + counted(done->records, "record") + " of " + grouped(done->records_accounted) +
          ", " + counted(done->findings, "finding") + ": " + safe_text(out) + ", " +
          grouped(done->size_bytes) + " bytes, TLP:" + std::string(to_string(*tlp)) + "\n  " +
          counted(done->fields_opened, "field") + " opened, " + grouped(done->fields_withheld) +
          " withheld\n  on record as " + done->entry.party + "/" +
          std::to_string(done->entry.index) + "\n  fingerprint  " + summary.fingerprint +
          "\nHand the fingerprint over by another way than the bundle.\n");
}

}  // namespace exhibit::cli
