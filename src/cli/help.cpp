#include "cli/help.h"

#include <vector>

#include "base/text.h"
#include "cli/version.h"

namespace exhibit::cli {

namespace {

constexpr std::size_t kHelpColumn = 29;

void pad_to(std::string& out, std::size_t line_start, std::size_t column) {
  const std::size_t at = base::display_width(std::string_view(out).substr(line_start));
  if (at < column) out.append(column - at, ' ');
}

void append_row(std::string& out, std::string_view left, std::string_view help) {
  const std::size_t start = out.size();
  out += "  ";
  out += left;
  if (base::display_width(left) + 4 > kHelpColumn) {
    out += "\n";
    out.append(kHelpColumn, ' ');
  } else {
    pad_to(out, start, kHelpColumn);
  }
  append_wrapped(out, help, kHelpColumn, kHelpColumn);
  out += "\n";
}

std::string flag_left(const Flag& flag, std::string_view value_name) {
  std::string left = flag.letter != 0 ? std::string{'-', flag.letter, ',', ' '} : "    ";
  left += "--";
  left += flag.name;
  if (!value_name.empty()) {
    left += " ";
    left += value_name;
  }
  return left;
}

void append_flags(std::string& out, const Verb& verb) {
  std::string_view group;
  for (const Flag& flag : all_flags()) {
    if (!contains_word(verb.flags, flag.name)) continue;
    if (flag.group != group) {
      group = flag.group;
      out += "\n";
      out += group;
      out += ":\n";
    }
    append_row(out, flag_left(flag, value_name_of(verb, flag)), help_of(verb, flag));
  }
}

void append_verbs(std::string& out, std::string_view first_word) {
  std::string_view group;
  for (const Verb& verb : all_verbs()) {
    const auto head = verb.name.substr(0, verb.name.find(' '));
    if (!first_word.empty() && head != first_word) continue;
    if (first_word.empty() && verb.group != group) {
      group = verb.group;
      out += "\n";
      out += group;
      out += ":\n";
    }
    std::string left(verb.name);
    if (!verb.arguments.empty()) left += " " + std::string(verb.arguments);
    append_row(out, left, verb.summary);
  }
}

}  // namespace

void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t column,
                    std::size_t width) {
  Words words(text);
  bool line_has_word = false;
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    const std::size_t cells = base::display_width(word);
    if (line_has_word && column + 1 + cells > width) {
      out += "\n";
      out.append(indent, ' ');
      column = indent;
      line_has_word = false;
    }
    if (line_has_word) {
      out += " ";
      ++column;
    }
    out += word;
    column += cells;
    line_has_word = true;
  }
}

std::string help_overview() {
  std::string out = "exhibit " + std::string(kVersion) +
                    ": raw records of an attack in, sealed findings out\n"
                    "\nusage: exhibit VERB [ARGUMENT...] [FLAG...]\n";
  append_verbs(out, {});
  out +=
      "\n`exhibit help VERB` shows the flags of a verb.\n"
      "Exit status: 0 done, valid; 1 the answer is no; 2 usage; 3 done, but with\n"
      "damaged or unread input; 4 undecidable; 5 refused; 70 internal;\n"
      "130 interrupted.\n";
  return out;
}

std::string help_group(std::string_view first_word) {
  std::string rows;
  append_verbs(rows, first_word);
  if (rows.empty()) return {};
  return "usage: exhibit " + std::string(first_word) + " VERB [ARGUMENT...] [FLAG...]\n\n" + rows +
         "\n`exhibit help " + std::string(first_word) + " VERB` shows the flags of a verb.\n";
}

std::string help_verb(const Verb& verb) {
  std::string out = "exhibit " + std::string(verb.name) + ": ";
  append_wrapped(out, verb.summary, 2, out.size());
  out += "\n\nusage: exhibit " + std::string(verb.name);
  if (!verb.arguments.empty()) out += " " + std::string(verb.arguments);
  out += " [FLAG...]\n";
  if (!verb.description.empty()) {
    out += "\n";
    append_wrapped(out, verb.description, 0, 0);
    out += "\n";
  }
  append_flags(out, verb);
  if (!verb.examples.empty()) {
    out += "\nExamples:\n  ";
    for (const char c : verb.examples) {
      out += c;
      if (c == '\n') out += "  ";
    }
    out += "\n";
  }
  return out;
}

}  // namespace exhibit::cli
