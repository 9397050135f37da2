#include <string>

#include "cli/help.h"
#include "cli/version.h"

namespace exhibit::cli {

namespace {

// man(7): a backslash is an escape, a leading dot or quote a request; a bare '-' would be a hyphen.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

void append_flag(std::string& out, const Flag& flag) {
  out += ".TP\n";
  if (flag.letter != 0) out += "\\fB\\-" + std::string(1, flag.letter) + "\\fR, ";
  out += "\\fB\\-\\-" + roff(flag.name) + "\\fR";
  if (!flag.value_name.empty()) out += " \\fI" + roff(flag.value_name) + "\\fR";
  out += "\n" + roff(flag.help) + ".\n";
}

}  // namespace

std::string manual_page(std::string_view date) {
  std::string out = ".TH EXHIBIT 1 \"" + std::string(date) + "\" \"exhibit " +
                    std::string(kVersion) + "\" \"User Commands\"\n";
  out +=
      ".SH NAME\nexhibit \\- sealed evidence of cyber attacks, judged by open rules\n"
      ".SH SYNOPSIS\n\\fBexhibit\\fR \\fIVERB\\fR [\\fIARGUMENT\\fR...] [\\fIFLAG\\fR...]\n"
      ".SH DESCRIPTION\nRaw records of an attack in, sealed findings out, checkable by anyone "
      "without trusting\nwhoever collected them. Standard output is data; the rest goes to "
      "standard "
      "error.\n"
      ".SH VERBS\n";
  for (const Verb& verb : all_verbs()) {
    out += ".SS exhibit " + roff(verb.name);
    if (!verb.arguments.empty()) out += " " + roff(verb.arguments);
    out += "\n" + roff(verb.summary) + ".\n";
    if (!verb.description.empty()) out += ".PP\n" + roff(verb.description) + "\n";
    out += ".PP\nFlags:";
    Words words(verb.flags);
    for (auto name = words.next(); !name.empty(); name = words.next())
      out += " \\fB\\-\\-" + roff(name) + "\\fR";
    out += "\n";
    for (const Flag& flag : all_flags()) {
      if (contains_word(verb.flags, flag.name) && help_of(verb, flag) != flag.help)
        out +=
            ".br\n\\fB\\-\\-" + roff(flag.name) + "\\fR here: " + roff(help_of(verb, flag)) + ".\n";
    }
    if (!verb.examples.empty()) out += ".PP\n.nf\n" + roff(verb.examples) + "\n.fi\n";
  }
  out += ".SH FLAGS\n";
  std::string_view group;
  for (const Flag& flag : all_flags()) {
    if (flag.group != group) {
      group = flag.group;
      out += ".SS " + roff(group) + "\n";
    }
    append_flag(out, flag);
  }
  out +=
      ".SH EXIT STATUS\n"
      ".TP\n0\ndone, valid\n"
      ".TP\n1\nthe answer is no: an invalid proof, a failed rule test, \\fB\\-\\-fail\\-on\\fR "
      "reached\n"
      ".TP\n2\nusage or configuration\n"
      ".TP\n3\ndone, but with damaged or unread input, which is counted\n"
      ".TP\n4\nundecidable: something needed to decide is missing\n"
      ".TP\n5\nrefused by policy\n"
      ".TP\n70\ninternal error\n"
      ".TP\n130\ninterrupted\n"
      ".SH ENVIRONMENT\n"
      ".TP\n\\fBEXHIBIT_HOME\\fR\nwhere keys are (default: exhibit in the XDG data folder)\n"
      ".TP\n\\fBEXHIBIT_SHA256\\fR\nforces a SHA\\-256 kernel: avx512, shani, avx2 or openssl\n"
      ".TP\n\\fBNO_COLOR\\fR\nno colours, whatever the terminal\n";
  return out;
}

}  // namespace exhibit::cli
