// The program: parses, dispatches, and turns what nobody caught into exit status 70.
#ifdef EXHIBIT_MIMALLOC
#include <mimalloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/case_access.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/output.h"

namespace exhibit::cli {
namespace {

#ifdef EXHIBIT_MIMALLOC
// Rules and caches are tens of MiB of small pieces: in pages of 4 KiB a fifth of a small hunt goes
// into faulting them in. A hint: where the kernel has no large pages to give, nothing changes.
void ask_for_large_pages() {
  mi_option_enable(mi_option_large_os_pages);  // for what mimalloc asks the system for from now on
  constexpr std::uintptr_t kSegment = 32 << 20;  // what it has asked for before main: mimalloc 2
  const auto first = std::make_unique<char>();
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(first.get()) & ~(kSegment - 1);
  ::madvise(reinterpret_cast<void*>(begin), kSegment, MADV_HUGEPAGE);
}

// mimalloc is written in C: instead of throwing std::bad_alloc it would abort without a word. What
// is being sealed is as after a kill, which a case survives at any time.
void end_without_memory(int error, void* /*unused*/) {
  if (error != ENOMEM) return;
  constexpr std::string_view kMessage = "exhibit: out of memory\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  std::_Exit(exit_internal);
}

// Before any library's own initialisers, which allocate (ELF gABI, DT_PREINIT_ARRAY).
void listen_for_errors() { mi_register_error(end_without_memory, nullptr); }
[[gnu::section(".preinit_array"), gnu::used]] void (*first_of_all)() = listen_for_errors;
#endif

int run(const std::vector<std::string>& words) {
  install_signal_handlers();
  if (words.size() == 2 && words[0] == "--man") {  // for packaging: exhibit(1), dated as told
    return write_whole("-", manual_page(words[1]), false) ? exit_done : exit_internal;
  }
  const auto arguments = parse_arguments(words);
  if (!arguments) {
    const auto& [message, hint] = arguments.error();
    std::string text = "exhibit: " + message + (hint.empty() ? "" : "; " + hint) + "\n";
    std::fputs(text.c_str(), stderr);
    return exit_usage;
  }
  const Console console(*arguments);
  if (arguments->has("help")) {
    return write_whole("-", help_verb(*arguments->verb), false) ? exit_done : exit_internal;
  }
  return find_command(arguments->verb->name)(*arguments, console);
}

}  // namespace
}  // namespace exhibit::cli

int main(int argc, char** argv) {
  try {
#ifdef EXHIBIT_MIMALLOC
    exhibit::cli::ask_for_large_pages();
#endif
    exhibit::cli::set_command_line(argc, argv);
    return exhibit::cli::run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::bad_alloc&) {
    std::fputs("exhibit: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "exhibit: internal error: %s\n", error.what());
  } catch (...) {
    std::fputs("exhibit: internal error\n", stderr);
  }
  return exhibit::cli::exit_internal;
}
