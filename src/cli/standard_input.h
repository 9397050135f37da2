// Standard input that Ctrl-C can end: a reader that waits on a terminal or a silent pipe would not
// notice the stop flag.
#pragma once

#include <string>
#include <thread>
#include <vector>

namespace exhibit::cli {

/// While it lives, file descriptor 0 is the end of a pipe that a thread fills from the original
/// standard input, and that ends when the stop flag is set. Does nothing where `paths` do not name
/// `-`, or where standard input is a plain file, which nobody waits for.
class StandardInput {
 public:
  explicit StandardInput(const std::vector<std::string>& paths);
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  std::jthread pump_;
};

}  // namespace exhibit::cli
