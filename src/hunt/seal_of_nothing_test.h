// A seal that takes everything and keeps nothing: for tests of what leads up to one.
#pragma once

#include <span>

#include "exhibit/hunt.h"

namespace exhibit::hunt {

class SealOfNothing final : public SourceSeal {
 public:
  [[nodiscard]] const seal::Key& key() const override { return key_; }
  [[nodiscard]] const seal::Pseudonym& pseudonym() const override { return pseudonym_; }
  Result<void> append(Bytes, std::span<const seal::Digest>, std::span<const seal::Digest>,
                      std::span<const event::Damage>) override {
    return {};
  }
  Result<void> finish(const SourceReport&) override { return {}; }

 private:
  seal::Key key_{};
  seal::Pseudonym pseudonym_{};
};

}  // namespace exhibit::hunt
