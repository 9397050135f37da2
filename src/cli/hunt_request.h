// What `hunt` and `add` are asked for, from the command line to the library's options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/evidence.h"
#include "exhibit/hunt.h"

namespace exhibit::cli {

/// Which records: --channel, --event-id, --host, --from, and the flag `until` for the end. Errors
/// are said on the console; then nullopt.
[[nodiscard]] std::optional<hunt::Filters> filters_asked(const Arguments& arguments,
                                                         const Console& console,
                                                         std::string_view until);
/// Threads, engine, slack, filters, stop flag. Errors are said on the console; then nullopt (exit
/// status 2). Relative times are resolved here, once.
[[nodiscard]] std::optional<hunt::HuntOptions> hunt_options(const Arguments& arguments,
                                                            const Console& console);
/// Lists what `paths` name; a path that is not there is said. nullopt (exit status 2) when there is
/// nothing at all to read.
[[nodiscard]] std::optional<evidence::Listing> list_asked(const std::vector<std::string>& paths,
                                                          const Console& console);
/// --threads; 0 where it is not given. nullopt for what is no number.
[[nodiscard]] std::optional<unsigned> threads_asked(const Arguments& arguments,
                                                    const Console& console);
/// A file with something in it that is no log known here: hashed, but no record of it was read.
[[nodiscard]] bool is_unread(const hunt::SourceReport& source);
/// 3 when something was damaged or unread, else 0; 130 when interrupted.
[[nodiscard]] int hunt_status(const hunt::HuntResult& result);

}  // namespace exhibit::cli
