// doctor: what this machine offers and what is set up.
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rule_options.h"
#include "cli/safe_text.h"
#include "cli/starter_pack.h"
#include "cli/time_argument.h"
#include "cli/version.h"
#include "exhibit/seal.h"

namespace exhibit::cli {

namespace {

void append_row(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out.append(name.size() < 14 ? 14 - name.size() : 1, ' ');
  append_safe(out, value);
  out += "\n";
}

std::string system_text() {
  utsname names{};
  if (::uname(&names) != 0) return "unknown";
  return std::string(names.sysname) + " " + names.release + " " + names.machine;
}

std::string home_text(bool& good) {
  const auto home = casefile::Home::open();
  if (!home) {
    good = false;
    return describe(home.error());
  }
  const auto keys = home->list_keys();
  if (!keys) {
    good = false;
    return home->path() + ": " + describe(keys.error());
  }
  return home->path() + " (" + counted(keys->size(), "party", "parties") + " with keys)";
}

std::string terminal_text(const Console& console) {
  if (::isatty(STDOUT_FILENO) != 1) return "standard output is none: 80 columns, no colour";
  const bool coloured = console.paint(Style::good, "x") != "x";
  return std::to_string(console.width()) + " columns, " + (coloured ? "with" : "without") +
         " colour";
}

}  // namespace

int run_doctor(const Arguments&, const Console& console) {
  bool good = true;
  std::string text;
  append_row(text, "exhibit",
             std::string(kVersion) + ", case format " + std::string(casefile::kFormat) +
                 ", semantics " + std::to_string(sigma::kSemanticsVersion));
  append_row(text, "system", system_text());
  append_row(text, "processors", std::to_string(std::thread::hardware_concurrency()));
  append_row(text, "SHA-256", seal::kernel_name());
  append_row(text, "key folder", home_text(good));
  const auto rules = starter_rules();
  append_row(text, "starter pack",
             counted(sigma::load_rules_from_memory(rules).rules.size(), "rule") + ", built in");
  append_row(text, "time zones",
             Zone::load("Europe/Berlin") ? "the system's database is there"
                                         : "no database (package tzdata): --tz takes only UTC");
  append_row(text, "terminal", terminal_text(console));
  append_row(text, "locale", "not looked at: results never depend on it");
  text += "\n";
  text += kWhereRulesAre;
  text += ".\n";
  const auto done = write_whole("-", text, false);
  if (!done) return say_failed(console, "standard output", done.error());
  return good ? exit_done : exit_usage;
}

}  // namespace exhibit::cli
