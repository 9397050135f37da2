// Writes the sample files and the fuzz seeds of the EVTX writer below the current folder, the root
// of the repository; with --check says instead which of them would change.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "generator/case.h"
#include "support/evtx_seeds.h"
#include "support/support.h"

int main(int argc, char** argv) {
  const bool check = argc == 2 && std::string_view(argv[1]) == "--check";
  if (argc > 1 && !check) {
    std::fprintf(stderr, "usage: make_samples [--check]   (in the root of the repository)\n");
    return 2;
  }
  int status = 0;
  try {
    std::vector<std::pair<std::filesystem::path, std::string>> files;
    for (auto& file : exhibit::samples::make_samples()) {
      files.emplace_back(std::filesystem::path("samples") / file.path, std::move(file.bytes));
    }
    for (auto& seed : exhibit::test::evtx_chunk_seeds()) {
      files.emplace_back(std::filesystem::path("tests/fuzz/corpus/fuzz_evtx_chunk") / seed.name,
                         std::move(seed.bytes));
    }
    for (auto& seed : exhibit::test::evtx_binxml_seeds()) {
      files.emplace_back(std::filesystem::path("tests/fuzz/corpus/fuzz_binxml") / seed.name,
                         std::move(seed.bytes));
    }
    for (const auto& [path, bytes] : files) {
      if (std::filesystem::exists(path) && exhibit::test::read_file(path) == bytes) continue;
      std::printf("%s %s\n", check ? "differs:" : "written:", path.c_str());
      if (check) {
        status = 1;
      } else {
        exhibit::test::write_file(path, bytes);
      }
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_samples: %s\n", e.what());
    status = 1;
  }
  return status;
}
