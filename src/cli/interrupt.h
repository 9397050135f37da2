// Ctrl-C: the first one asks for an orderly end, the second one ends the process.
#pragma once

#include <atomic>

namespace exhibit::cli {

/// Handles SIGINT and SIGTERM, ignores SIGPIPE and SIGXFSZ (a closed standard output and a limit on
/// file sizes are noticed when writing).
void install_signal_handlers();
/// Set by the first SIGINT or SIGTERM.
[[nodiscard]] std::atomic<bool>& stop_flag();

}  // namespace exhibit::cli
