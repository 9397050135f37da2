#include "cli/case_access.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>

#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/version.h"

namespace exhibit::cli {

namespace {

std::string& command_line() {
  static std::string text;
  return text;
}

std::string login_name() {
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr ? std::string(user->pw_name) : std::to_string(::geteuid());
}

}  // namespace

void set_command_line(int argc, char** argv) {
  std::string& text = command_line();
  text = "exhibit";
  for (int i = 1; i < argc; ++i) {
    text += ' ';
    const std::string_view word = argv[i];
    if (!word.empty() &&
        word.find_first_of(" \t\n'\"\\$`*?[]{}()<>|&;#~!") == std::string_view::npos) {
      text += word;
      continue;
    }
    text += '\'';  // as a shell would take it
    for (const char c : word) {
      if (c == '\'') {
        text += "'\\''";
      } else {
        text += c;
      }
    }
    text += '\'';
  }
}

int say_failed(const Console& console, std::string_view what, const Error& error) {
  console.error(std::string(what) + ": " + describe(error));
  return exit_status(error);
}

int print(const Console& console, std::string_view text, int status) {
  const auto done = write_whole("-", text, false);
  return done ? status : say_failed(console, "standard output", done.error());
}

std::optional<casefile::Home> open_home(const Console& console, int& status) {
  auto home = casefile::Home::open();
  if (home) return *std::move(home);
  status = say_failed(console, "the key folder", home.error());
  return std::nullopt;
}

casefile::CaseOptions case_options(const Arguments& arguments) {
  casefile::CaseOptions options;
  if (arguments.has("as")) options.party = arguments.value("as");
  options.custody.operator_name =
      arguments.has("operator") ? std::string(arguments.value("operator")) : login_name();
  options.custody.command_line = command_line();
  options.custody.tool_version = kVersion;
  return options;
}

std::optional<casefile::Case> open_case(const Arguments& arguments, const Console& console,
                                        const casefile::Home& home, const std::string& directory,
                                        bool create, int& status) {
  const bool there = casefile::Case::is_case(directory);
  if (!there && !create) {
    console.error("there is no case at " + safe_text(directory) + "; `exhibit open` makes one");
    status = exit_usage;
    return std::nullopt;
  }
  casefile::CaseOptions options = case_options(arguments);
  if (there && !arguments.has("as"))
    if (const auto own = casefile::own_parties(home, directory)) {
      if (own->size() > 1) {
        console.error("several of your parties write this case: say which with --as NAME");
        status = exit_usage;
        return std::nullopt;
      }
      if (own->size() == 1) options.party = own->front();
    }
  auto opened = there ? casefile::Case::open(home, directory, std::move(options))
                      : casefile::Case::create(home, directory, arguments.value("case-id"),
                                               std::move(options));
  if (opened) return *std::move(opened);
  status = say_failed(console, "the case at " + safe_text(directory), opened.error());
  return std::nullopt;
}

}  // namespace exhibit::cli
