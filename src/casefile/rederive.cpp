#include "casefile/rederive.h"

#include "casefile/layout.h"
#include "casefile/sink.h"

namespace exhibit::casefile {

class RederiveSeal final : public hunt::SourceSeal {
 public:
  RederiveSeal(RederiveSink& sink, const RederiveSink::Expected* expected)
      : sink_(sink),
        expected_(expected),
        records_(expected != nullptr ? expected->folder + layout::kLeaves : ""),
        slack_(expected != nullptr ? expected->folder + layout::kSlackLeaves : "") {
    if (expected == nullptr) return;
    key_ = expected->key;
    pseudonym_ = expected->facts->pseudonym;
    for (const auto& [hash, hex] : expected->facts->acquisition.digests)
      if (auto hasher = seal::OtherHasher::create(hash)) hashers_.push_back(*std::move(hasher));
  }
  const seal::Key& key() const override { return key_; }
  const seal::Pseudonym& pseudonym() const override { return pseudonym_; }
  Result<void> append(Bytes bytes, std::span<const seal::Digest> leaves,
                      std::span<const seal::Digest> slack_leaves,
                      std::span<const event::Damage>) override {
    if (expected_ == nullptr) return {};
    for (seal::OtherHasher& hasher : hashers_) hasher.update(bytes);
    records_.append(leaves);
    if (expected_->facts->slack) slack_.append(slack_leaves);
    return {};
  }
  Result<void> finish(const hunt::SourceReport& report) override {
    if (expected_ == nullptr) return {};
    records_.finish();
    slack_.finish();
    Rederived out;
    out.sha256 = report.sha256;
    out.size_bytes = report.size_bytes;
    out.container = report.container;
    out.records = {.root = records_.root(), .size = records_.size()};
    out.slack = {.root = slack_.root(), .size = slack_.size()};
    for (seal::OtherHasher& hasher : hashers_)
      out.digests.emplace_back(hasher.hash(), hasher.finish());
    out.record_leaves = on_disk(records_);
    out.slack_leaves = on_disk(slack_);
    const std::scoped_lock lock(sink_.mutex_);
    sink_.done.emplace(expected_->facts->source.sha256, std::move(out));
    return {};
  }

 private:
  static Rederived::OnDisk on_disk(const LeafChecker& leaves) {
    return {.missing = leaves.is_missing(),
            .differing = leaves.differing(),
            .first_differing = leaves.first_differing()};
  }

  RederiveSink& sink_;
  const RederiveSink::Expected* expected_;
  seal::Key key_{};
  seal::Pseudonym pseudonym_{};
  LeafChecker records_, slack_;
  std::vector<seal::OtherHasher> hashers_;
};

void RederiveSink::expect(const SourceFacts& facts, const seal::Key& key, std::string folder) {
  expected_.emplace(place_of(where_is(facts.source)),
                    Expected{.facts = &facts, .key = key, .folder = std::move(folder)});
}

Result<std::unique_ptr<hunt::SourceSeal>> RederiveSink::begin(const evidence::SourceInfo& info,
                                                              bool) {
  const auto found = expected_.find(place_of(info));
  return std::make_unique<RederiveSeal>(*this, found == expected_.end() ? nullptr : &found->second);
}

}  // namespace exhibit::casefile
