// ordinary_load: writes the logs of an ordinary network, where nothing happens but work: the other
// side of the attack samples. Values repeat and stay fresh as they do in an office, so memory,
// caches and the evaluation of distinct values show what they cost.
//
//     ordinary_load --out DIR --bytes 2000000000 [--seed 1] [--format evtx|jsonl|both] [--one-file]
//
// --bytes is the size of the EVTX form; JSON lines of the same events take some 1.7 times that. The
// same seed and size give the same bytes. Without --one-file EVTX is a file for each machine and
// channel, begun anew every 20 MB, and JSON a file for each day.
#include <charconv>
#include <cstdio>
#include <exception>
#include <optional>
#include <string_view>
#include <vector>

#include "ordinary/month.h"

namespace {

int usage() {
  std::fputs(
      "usage: ordinary_load --out DIR --bytes N [--seed N] [--format evtx|jsonl|both] "
      "[--one-file]\n",
      stderr);
  return 2;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  exhibit::ordinary::Options options;
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view flag = arguments[i];
    if (flag == "--one-file") {
      options.one_file = true;
      continue;
    }
    if (++i == arguments.size()) return usage();
    const std::string_view value = arguments[i];
    if (flag == "--out") {
      options.folder = value;
    } else if (flag == "--format" && (value == "evtx" || value == "jsonl" || value == "both")) {
      options.evtx = value != "jsonl";
      options.json = value != "evtx";
    } else if ((flag == "--bytes" || flag == "--seed") && number(value)) {
      (flag == "--bytes" ? options.size_bytes : options.seed) = *number(value);
    } else {
      return usage();
    }
  }
  if (options.folder.empty() || options.size_bytes == 0) return usage();
  try {
    const auto summary = exhibit::ordinary::write_month(options);
    std::printf("%llu records of %zu machines\n", static_cast<unsigned long long>(summary.records),
                summary.hosts);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "ordinary_load: %s\n", e.what());
    return 1;
  }
  return 0;
}
