// Puts exhibit-verify.html together: make_page WASM FOLDER OUT. The program is compressed and in
// base64, and the policy names style and script by their hashes, so that nothing else can run.
#include <libdeflate.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"

namespace {

bool read(const std::string& path, std::string& out) {
  std::ifstream in(path, std::ios::binary);
  out.assign(std::istreambuf_iterator<char>(in), {});
  return in.good() || in.eof();
}

std::string deflated(const std::string& bytes) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(12);
  std::string out(libdeflate_deflate_compress_bound(compressor, bytes.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

std::string source_of(const std::string& text) {
  return "'sha256-" + exhibit::base::to_base64(exhibit::seal::sha256(exhibit::as_bytes(text))) +
         "'";
}

bool replace(std::string& text, std::string_view mark, std::string_view by) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return false;
  text.replace(at, mark.size(), by);
  return true;
}

int fail(const std::string& what) {
  std::fprintf(stderr, "make_page: %s\n", what.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return fail("usage: make_page WASM FOLDER OUT");
  const std::string folder = std::string(argv[2]) + "/";
  std::string wasm, page, style, script;
  if (!read(argv[1], wasm) || wasm.empty()) return fail("cannot read " + std::string(argv[1]));
  if (!read(folder + "page.html", page) || !read(folder + "page.css", style))
    return fail("cannot read the page's files in " + folder);
  script = "\"use strict\";\nconst PROGRAM = \"" +
           exhibit::base::to_base64(exhibit::as_bytes(deflated(wasm))) + "\";\n";
  for (const char* name : {"text.js", "values.js", "page.js"}) {
    std::string part;
    if (!read(folder + name, part) || part.empty()) return fail("cannot read " + folder + name);
    script += part;
  }
  if (script.find("</script") != std::string::npos) return fail("the script would end too early");
  const std::string policy = "default-src 'none'; script-src " + source_of(script) +
                             " 'wasm-unsafe-eval'; style-src " + source_of(style) +
                             "; base-uri 'none'; form-action 'none'";
  if (!replace(page, "{{policy}}", policy) || !replace(page, "{{style}}", style) ||
      !replace(page, "{{script}}", script))
    return fail("page.html lacks a mark");
  std::ofstream out(argv[3], std::ios::binary);
  out << page;
  out.close();
  return out ? 0 : fail("cannot write " + std::string(argv[3]));
}
