// The files of a hostile case: statements and what they say, inputs, exhibit.toml, source keys,
// manifests of criteria, tar.
#include <cstdlib>

#include "casefile/check.h"
#include "casefile/facts.h"
#include "casefile/layout.h"
#include "casefile/pack.h"
#include "casefile/replay.h"
#include "casefile/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exhibit;
  using namespace exhibit::casefile;
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  if (const auto statement = verify::parse_statement(text)) {
    if (verify::statement_json(*statement) != text) std::abort();
    (void)verify::verify_statement(*statement, statement->entry);
    bool slack_only = false;
    (void)read_open(*statement);
    (void)read_acquire(*statement, slack_only);
    (void)read_run(*statement);
    (void)layout::run_json(*statement);
  }
  (void)parse_inputs(text);
  (void)layout::read_toml(text);
  if (const auto key = layout::parse_source_key(text))
    if (layout::source_key_text(*key) != text) std::abort();
  (void)parse_manifest(text);
  if (text.starts_with("tar:")) {
    tar::Names names;
    (void)tar::list(as_bytes(text.substr(4)), names);
    for (const std::string& name : names)
      if (name.find("..") == 0 || name.starts_with('/')) std::abort();
  }
  return 0;
}
