#include "casefile/source_key.h"

#include "casefile/layout.h"

namespace exhibit::casefile {

Result<SourceKeys> SourceKeys::open(const Home& home, const Case::Impl& impl) {
  SourceKeys out(impl);
  if (auto held = load_case_key(home, impl.id)) {
    out.case_key_ = *held;
  } else if (held.error().code != ErrorCode::not_found) {
    return std::unexpected(held.error());
  }
  return out;
}

Result<seal::Key> SourceKeys::of(const SourceFacts& facts) const {
  const std::string handed = impl_->path(layout::source_folder(facts.source.sha256) + "key");
  seal::Key key;
  if (files::exists(handed)) {  // what was received can be passed on
    EXHIBIT_TRY(const std::string text, files::read(handed));
    EXHIBIT_TRY(key, layout::parse_source_key(text));
  } else if (case_key_) {
    key = seal::derive_source_key(*case_key_, facts.pseudonym);
  } else {
    return fail(ErrorCode::undecidable,
                "the key folder has no key for this case: its sources cannot be opened");
  }
  if (layout::source_key_commitment(key) != facts.key_commitment)
    return fail(ErrorCode::proof_mismatch, "the key folder's key for this case is another one");
  return key;
}

}  // namespace exhibit::casefile
