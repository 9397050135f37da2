#include "cli/interrupt.h"

#include <csignal>

namespace exhibit::cli {

namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // else a signal handler may not touch it

void on_signal(int) { stop.store(true, std::memory_order_relaxed); }

}  // namespace

void install_signal_handlers() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  // The handler is taken off by its first signal: a second one ends the process.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, nullptr);
  sigaction(SIGXFSZ, &ignore,
            nullptr);  // a limit on file sizes is an error of writing, not a death
}

std::atomic<bool>& stop_flag() { return stop; }

}  // namespace exhibit::cli
