#include "cli/help.h"

#include <string>

#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/version.h"

namespace exhibit::cli {

int run_help(const Arguments& arguments, const Console& console) {
  if (arguments.positional.empty()) return print(console, help_overview());
  std::string name = arguments.positional[0];
  if (arguments.positional.size() > 1) name += " " + arguments.positional[1];
  if (const Verb* verb = find_verb(name)) return print(console, help_verb(*verb));
  const std::string group = help_group(name);
  if (!group.empty()) return print(console, group);
  console.error("there is no verb `" + safe_text(name) + "`; see `exhibit help`");
  return exit_usage;
}

int run_version(const Arguments&, const Console& console) {
  return print(console, "exhibit " + std::string(kVersion) + "\n");
}

int run_completion(const Arguments& arguments, const Console& console) {
  const std::string script = completion_script(arguments.positional[0]);
  if (!script.empty()) return print(console, script);
  console.error("completions are made for bash, zsh and fish, not for `" +
                safe_text(arguments.positional[0]) + "`");
  return exit_usage;
}

}  // namespace exhibit::cli
