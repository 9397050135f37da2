// What a person sees beside the data: messages on standard error, colours, the terminal's width.
//
// Colour is never the only sign: whatever is coloured also says it in words.
// Threads:  one thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exhibit/error.h"
#include "exhibit/sigma.h"

namespace exhibit::cli {

class Arguments;

/// Exit statuses of all verbs (the same for every verb).
enum ExitStatus : int {
  exit_done = 0,
  exit_no = 1,
  exit_usage = 2,
  exit_damaged = 3,
  exit_undecidable = 4,
  exit_refused = 5,
  exit_peer = 6,
  exit_internal = 70,
  exit_interrupted = 130,
};
/// The status that an Error of the library ends a verb with.
[[nodiscard]] int exit_status(const Error& error);

enum class Style : unsigned char { plain, bold, dim, good, bad, doubtful };

class Console {
 public:
  /// Reads --quiet, --verbose, --color, NO_COLOR and the terminal.
  explicit Console(const Arguments& arguments);

  /// `exhibit: message` on standard error, always.
  void error(std::string_view message) const;
  /// A line on standard error, unless --quiet.
  void note(std::string_view message) const;
  /// A line on standard error, with --verbose.
  void detail(std::string_view message) const;

  [[nodiscard]] bool quiet() const { return quiet_; }
  [[nodiscard]] bool verbose() const { return verbose_; }
  [[nodiscard]] bool bar_fits() const { return stderr_terminal_; }

  /// For text on standard output.
  [[nodiscard]] std::string paint(Style style, std::string_view text) const;
  [[nodiscard]] std::string paint(sigma::Level level, std::string_view text) const;
  /// Cells in a line of standard output: the terminal's, 80 where it is none; 40 to 160.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Whether standard output is a terminal. Elsewhere one thing stays on one line, for grep.
  [[nodiscard]] bool terminal() const { return stdout_terminal_; }
  /// Colours off: what is written goes to a file.
  void plain() { color_ = false; }

 private:
  [[nodiscard]] std::string painted(std::string_view code, std::string_view text) const;

  bool quiet_, verbose_, color_ = false, stdout_terminal_ = false, stderr_terminal_ = false;
  std::size_t width_ = 80;
};

/// An error in words, with its offset and what the system said.
[[nodiscard]] std::string describe(const Error& error);

/// 1234567 as `1,234,567`.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// `1 file`, `2 files`; `plural` defaults to `one` and an s.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view plural = {});
/// `1.5 MB` (powers of 1,000).
[[nodiscard]] std::string readable_size(std::uint64_t bytes);

}  // namespace exhibit::cli
