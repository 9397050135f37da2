// Cases as the command line names them.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/casefile.h"

namespace exhibit::cli {

/// The user's key folder. Errors are said on the console and turned into `status`; then nullopt.
[[nodiscard]] std::optional<casefile::Home> open_home(const Console& console, int& status);
/// As whom and with what a case is written: the flags --as and --operator.
[[nodiscard]] casefile::CaseOptions case_options(const Arguments& arguments);
/// Opens the case at `directory` for writing, as the flags --as and --operator say; makes it
/// where `create` and there is none.
[[nodiscard]] std::optional<casefile::Case> open_case(const Arguments& arguments,
                                                      const Console& console,
                                                      const casefile::Home& home,
                                                      const std::string& directory, bool create,
                                                      int& status);
/// Says which operation failed on what, and returns the exit status.
int say_failed(const Console& console, std::string_view what, const Error& error);
/// Prints `text` to standard output, and gives `status`, or that of what went wrong.
int print(const Console& console, std::string_view text, int status = exit_done);

/// The command line as typed, for statements. Set once, in main.
void set_command_line(int argc, char** argv);

}  // namespace exhibit::cli
