// Progress on standard error: a bar with rate and time left, JSON lines, or nothing.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cli/arguments.h"
#include "cli/console.h"
#include "exhibit/hunt.h"

namespace exhibit::cli {

/// Called from one thread at a time. The bar is wiped by done() or at the end of its life.
class ProgressMeter {
 public:
  /// Reads --progress; `auto` is a bar on a terminal unless --quiet, else nothing.
  ProgressMeter(const Arguments& arguments, const Console& console);
  ~ProgressMeter() { done(); }
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;

  /// For HuntOptions::progress; empty when nothing is shown. The meter must outlive it.
  [[nodiscard]] std::function<void(const hunt::Progress&)> callback();
  void done();

 private:
  enum class How : unsigned char { none, bar, jsonl };
  void show(const hunt::Progress& progress);

  How how_ = How::none;
  bool shown_ = false;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace exhibit::cli
