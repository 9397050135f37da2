// The same as core.mjs, natively: core_report bundle|case FILE KEYS POLICY LATEST [BITS].
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"
#include "support/support.h"
#include "verify/core/case.h"
#include "verify/core/report.h"

namespace {

using namespace exhibit::verify::core;

constexpr std::size_t kRoom = 32 << 20;

std::string given(const std::string& name) {
  return name == "-" ? std::string() : exhibit::test::read_file(name);
}

std::string report_of(bool bundle, std::string_view file, const Brought& brought,
                      std::vector<std::byte>& work, std::vector<char>& text) {
  constexpr std::size_t kPiece = 65'536;
  Arena arena(work);
  Report report(text, 0, 1000);
  if (bundle) {
    report.finish(check_bundle(file, brought, arena, report));
  } else {
    CaseReader reader(file.size(), brought, arena, report);
    while (const auto at = reader.index_at())
      reader.index(file.substr(std::min<std::size_t>(*at, file.size()), kIndexPiece));
    for (Wanted w; reader.next(w);) {
      for (std::uint64_t at = 0; at < w.size; at += kPiece)
        reader.piece(file.substr(w.offset + at, std::min<std::uint64_t>(kPiece, w.size - at)));
      reader.end();
    }
    report.finish(reader.finish());
  }
  return std::string(report.text());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return 2;
  std::string file = exhibit::test::read_file(argv[2]);
  const std::string keys = given(argv[3]), policy = given(argv[4]);
  const Brought brought{.keys = keys,
                        .policy = policy,
                        .latest_unix_s = std::strtoull(argv[5], nullptr, 10),
                        .file_name = "file"};
  std::vector<std::byte> work(kRoom);
  std::vector<char> text(kRoom);
  const bool bundle = std::string_view(argv[1]) == "bundle";
  const auto report = [&] { return report_of(bundle, file, brought, work, text); };
  if (argc == 6) {
    std::cout << report();
    return 0;
  }
  std::istringstream bits(exhibit::test::read_file(argv[6]));
  const auto digest = [&] {
    return exhibit::base::to_hex(exhibit::seal::sha256(exhibit::as_bytes(report()))) + "\n";
  };
  for (std::size_t bit = 0; bits >> bit;) {
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    std::cout << digest();
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
  }
  std::cout << digest();
  return 0;
}
