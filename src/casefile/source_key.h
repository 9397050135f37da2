// K_source of a case's sources: from the case's own key, or as it was handed over.
#pragma once

#include <optional>

#include "casefile/home.h"
#include "casefile/impl.h"

namespace exhibit::casefile {

class SourceKeys {
 public:
  /// Errors: those of load_case_key, but for not_found: then only what was handed over is there.
  [[nodiscard]] static Result<SourceKeys> open(const Home& home, const Case::Impl& impl);
  /// Errors: undecidable (there is none here), proof_mismatch (it is not the one that the source
  /// was sealed with), malformed, io.
  [[nodiscard]] Result<seal::Key> of(const SourceFacts& facts) const;

 private:
  explicit SourceKeys(const Case::Impl& impl) : impl_(&impl) {}
  const Case::Impl* impl_;
  std::optional<seal::Key> case_key_;
};

}  // namespace exhibit::casefile
