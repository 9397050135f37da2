// Where data goes: standard output, or a file that appears whole or not at all.
//
// A file is written beside its name and renamed in finish(); without `force` an existing file is
// left alone. When whoever reads standard output has gone, the rest is dropped quietly.
#pragma once

#include <string>
#include <string_view>

#include "exhibit/error.h"

namespace exhibit::cli {

class Output {
 public:
  /// `path` empty or `-`: standard output. Errors: exists (and not `force`), io.
  [[nodiscard]] static Result<Output> open(std::string_view path, bool force);
  ~Output();
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  /// The same for JSON: on a terminal, what could harm it is written as \u escapes.
  void write_json(std::string_view json);
  /// The same for other text from evidence: on a terminal, each line passes through safe_text.
  void write_lines(std::string_view lines);
  /// True when nobody reads any more: the caller may stop early.
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool is_terminal() const { return terminal_; }
  [[nodiscard]] bool is_file() const { return !path_.empty(); }
  /// Writes what is left and gives the file its name. Errors: io, exists.
  [[nodiscard]] Result<void> finish();

 private:
  Output(int fd, std::string path, std::string temporary, bool force);
  void flush();

  int fd_;
  std::string path_, temporary_;
  bool force_;
  bool terminal_ = false;
  bool closed_ = false;
  int error_ = 0;
  std::string buffer_;
};

/// Writes a whole file the same way.
[[nodiscard]] Result<void> write_whole(std::string_view path, std::string_view text, bool force);

}  // namespace exhibit::cli
