// Requests to a witness, and files of its logs: what is accepted is written back byte for byte.
#include <cstdint>
#include <cstdlib>

#include "exhibit/witness.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto logs = witness::parse_logs(text)) {
    for (const seal::VerifierKey& key : *logs) require(key.role == seal::KeyRole::note);
  } else {
    require(logs.error().offset <= text.size());
  }
  if (const auto request = witness::parse_add_checkpoint(text)) {
    require(request->proof.size() <= witness::kRequestHashesMax);
    require(witness::add_checkpoint_request(request->old_size, request->proof,
                                            request->checkpoint) == text);
    // A checkpoint that more lines are put behind keeps its text.
    const std::size_t lines = request->note.text.size() + 1;
    const auto twice = witness::with_lines(request->checkpoint,
                                           std::string_view(request->checkpoint).substr(lines));
    require(twice && *twice == request->checkpoint);
  }
  // An answer of a witness, whatever it is: a cosignature that holds cannot be made up.
  constexpr std::string_view kCheckpoint =
      "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 o AAAAAGE=\n";
  const seal::VerifierKey key{.name = "w", .key = {}, .role = seal::KeyRole::cosigner};
  for (const unsigned status : {200U, 409U}) {
    const auto asked = witness::ask(
        {.checkpoint = kCheckpoint, .leaves = {}}, 0, std::span(&key, 1), ~std::uint64_t{0},
        [&](std::string_view) -> Result<witness::Reply> {
          return witness::Reply{status, std::string(witness::kSizeContentType), std::string(text)};
        });
    require(asked && asked->outcome != witness::Outcome::cosigned && asked->lines.empty());
  }
  return 0;
}
