// The YAML of many rule files, parsed by a second thread ahead of the one who takes them, where
// there is a second processor. YAML is a third of loading rules, and what is made of it must be
// made in order.
//
// Threads:    belongs to one; the second is its own. What is taken does not depend on it.
// Memory:     files are parsed ahead by pieces of a few dozen, and only so many pieces, so that a
//             folder of rules is never held as trees whole.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "sigma/rule_files.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {

class YamlAhead {
 public:
  /// `threads` is 0 for as many as there are processors. The files must outlive it; one may be
  /// changed as soon as it was taken and the next one is.
  YamlAhead(std::span<const RuleFile> files, unsigned threads);
  ~YamlAhead();
  YamlAhead(const YamlAhead&) = delete;
  YamlAhead& operator=(const YamlAhead&) = delete;

  /// The next file's documents; to be called at most once for each file.
  [[nodiscard]] yaml::File next();

 private:
  struct Piece {
    enum class State : std::uint8_t { waiting, claimed, ready };
    std::size_t first = 0, end = 0;  // files
    State state = State::waiting;
    std::vector<yaml::File> parsed;
  };
  void cut();
  void parse(Piece& piece) const;
  void make_ready(Piece& piece);
  void run_ahead();

  std::span<const RuleFile> files_;
  std::size_t at_ = 0;         // the next file
  std::vector<Piece> pieces_;  // none: there is no second thread
  std::mutex mutex_;           // for what follows, and each piece's state
  std::condition_variable changed_;
  std::size_t current_ = 0;  // the piece that is being taken
  bool done_ = false;
  std::thread second_;
};

}  // namespace exhibit::sigma
