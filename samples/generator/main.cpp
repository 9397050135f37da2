// Writes the sample files below the folder that is named, and the fuzz seeds that come from the
// same writer: `make_samples <repository>`.
#include <cstdio>
#include <exception>

#include "generator/case.h"
#include "support/evtx_seeds.h"
#include "support/support.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_samples REPOSITORY\n");
    return 2;
  }
  const std::filesystem::path root = argv[1];
  try {
    for (const auto& file : exhibit::samples::make_samples()) {
      exhibit::test::write_file(root / "samples" / file.path, file.bytes);
      std::printf("samples/%s %zu bytes\n", file.path.c_str(), file.bytes.size());
    }
    for (const auto& seed : exhibit::test::evtx_chunk_seeds()) {
      const std::filesystem::path path =
          std::filesystem::path("tests/fuzz/corpus/fuzz_evtx_chunk") / seed.name;
      exhibit::test::write_file(root / path, seed.bytes);
      std::printf("%s %zu bytes\n", path.c_str(), seed.bytes.size());
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_samples: %s\n", e.what());
    return 1;
  }
  return 0;
}
