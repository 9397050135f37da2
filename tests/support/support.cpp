#include "support/support.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace exhibit::test {

namespace fs = std::filesystem;

std::optional<fs::path> real_data(std::string_view relative) {
  const char* named = std::getenv("EXHIBIT_TEST_DATA");
  const fs::path root =
      named != nullptr ? fs::path(named) : fs::path(EXHIBIT_SOURCE_DIR) / ".." / "shared" / "data";
  fs::path path = root / relative;
  if (!fs::exists(path)) return std::nullopt;
  return fs::weakly_canonical(path);
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::string bytes(fs::file_size(path), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

void write_file(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

TempDir::TempDir() {
  std::string name = (fs::temp_directory_path() / "exhibit-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace exhibit::test
