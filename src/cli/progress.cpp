#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

#include "base/json_writer.h"

namespace exhibit::cli {

namespace {

constexpr double kQuietSeconds = 0.3;  // what is over sooner needs no bar
constexpr std::size_t kBarCells = 24;

std::string json_line(const hunt::Progress& progress) {
  std::string line;
  base::JsonWriter json(line);
  json.begin_object()
      .member("schema", "exhibit/progress/1")
      .member("bytes_done", progress.bytes_done)
      .member("bytes_total", progress.bytes_total)
      .member("sources_done", progress.sources_done)
      .member("sources_total", progress.sources_total)
      .member("records", progress.records)
      .member("findings", progress.findings)
      .end_object();
  return line + "\n";
}

std::string duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string bar_line(const hunt::Progress& progress, double seconds) {
  const double share = progress.bytes_total == 0
                           ? 0
                           : std::min(1.0, static_cast<double>(progress.bytes_done) /
                                               static_cast<double>(progress.bytes_total));
  const auto cells = static_cast<std::size_t>(share * static_cast<double>(kBarCells));
  std::string line =
      "\r[" + std::string(cells, '#') + std::string(kBarCells - cells, ' ') + "] " +
      std::to_string(static_cast<int>(share * 100)) + "%  " + counted(progress.records, "record") +
      "  " + grouped(static_cast<std::uint64_t>(static_cast<double>(progress.records) / seconds)) +
      "/s";
  if (share > 0.02) line += "  " + duration(seconds / share - seconds) + " left";
  return line + "\x1b[K";
}

}  // namespace

ProgressMeter::ProgressMeter(const Arguments& arguments, const Console& console) {
  const auto how = arguments.value("progress", "auto");
  if (how == "bar" || (how == "auto" && console.bar_fits() && !console.quiet())) how_ = How::bar;
  if (how == "jsonl") how_ = How::jsonl;
}

std::function<void(const hunt::Progress&)> ProgressMeter::callback() {
  if (how_ == How::none) return {};
  return [this](const hunt::Progress& progress) { show(progress); };
}

void ProgressMeter::show(const hunt::Progress& progress) {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
  if (how_ == How::jsonl) {
    std::fputs(json_line(progress).c_str(), stderr);
  } else if (passed.count() > kQuietSeconds) {
    std::fputs(bar_line(progress, passed.count()).c_str(), stderr);
    shown_ = true;
  }
  std::fflush(stderr);
}

void ProgressMeter::done() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace exhibit::cli
