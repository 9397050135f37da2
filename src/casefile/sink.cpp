#include "casefile/sink.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "casefile/layout.h"
#include "casefile/leaves.h"

namespace exhibit::casefile {
namespace {

// Counts, hashes and writes the damage of a source, line by line.
class DamageWriter {
 public:
  explicit DamageWriter(std::string path) : path_(std::move(path)) {}
  Result<void> append(std::span<const event::Damage> damage) {
    if (damage.empty()) return {};
    std::string lines;
    for (const event::Damage& d : damage) layout::append_damage(lines, d);
    hash_.update(as_bytes(lines));
    count_ += damage.size();
    if (!file_) {
      EXHIBIT_TRY(file_, files::Appender::create(path_));
    }
    return file_->append(as_bytes(lines));
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::string sha256() { return base::to_hex(hash_.finish()); }

 private:
  std::string path_;
  std::optional<files::Appender> file_;
  seal::Sha256 hash_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::string place_of(const evidence::SourceInfo& info) {
  std::string out = info.path;
  for (const std::string& member : info.members) out += '\0' + member;
  return out;
}

evidence::SourceInfo where_is(const CaseSource& source) {
  evidence::SourceInfo out = source.info;
  if (source.data_path == source.info.path) return out;
  out.path = source.data_path;
  out.members.clear();
  return out;
}

evidence::Listing listing_of(std::span<const CaseSource* const> sources) {
  std::set<std::string> paths;
  for (const CaseSource* source : sources) paths.insert(source->data_path);
  evidence::Listing out;
  for (const std::string& path : paths) {
    const auto size = files::size(path);
    if (size) {
      out.inputs.push_back({.path = path, .size_bytes = *size});
    } else {
      out.skipped.push_back({.path = path, .error = size.error()});
    }
  }
  return out;
}

/// A source that is not known to be in the case.
class NewSeal final : public hunt::SourceSeal {
 public:
  NewSeal(CaseSink& sink, std::string folder, const evidence::SourceInfo& info, bool container)
      : sink_(sink),
        folder_(std::move(folder)),
        records_(folder_ + layout::kLeaves),
        slack_(folder_ + layout::kSlackLeaves),
        damage_(folder_ + "damage.jsonl") {
    facts_.source.container = container;
    facts_.source.by_reference = sink.options_.by_reference && info.path != "-";
    if (info.members.empty() && sink.clones_.is_clone(info.path)) clone_ = info.path;
    evidence::SourceInfo found = info;
    sink.clones_.restore(found);
    if (const FileFacts* before = sink.before(found.path)) {
      facts_.changed_unix_ns = before->changed_unix_ns;
      facts_.acquisition.file = *before;
    }
    facts_.acquisition.began = sink.now();
    seal::random_bytes(facts_.pseudonym);
    key_ = seal::derive_source_key(*sink.case_.case_key, facts_.pseudonym);
    facts_.key_commitment = layout::source_key_commitment(key_);
  }
  ~NewSeal() override {
    // Interrupted, failed, or known already.
    if (!finished_) (void)files::remove_all(folder_.substr(0, folder_.size() - 1));
  }
  NewSeal(const NewSeal&) = delete;
  NewSeal& operator=(const NewSeal&) = delete;

  Result<void> start() {
    EXHIBIT_CHECK(files::make_folders(folder_.substr(0, folder_.size() - 1)));
    for (const seal::OtherHash hash : sink_.options_.digests) {
      EXHIBIT_TRY(seal::OtherHasher hasher, seal::OtherHasher::create(hash));
      hashers_.push_back(std::move(hasher));
    }
    if (facts_.source.by_reference || !clone_.empty()) return {};
    EXHIBIT_TRY(data_, files::Appender::create(folder_ + "data"));
    return {};
  }

  const seal::Key& key() const override { return key_; }
  const seal::Pseudonym& pseudonym() const override { return facts_.pseudonym; }

  Result<void> append(Bytes bytes, std::span<const seal::Digest> leaves,
                      std::span<const seal::Digest> slack_leaves,
                      std::span<const event::Damage> damage) override {
    if (data_) EXHIBIT_CHECK(data_->append(bytes));
    for (seal::OtherHasher& hasher : hashers_) hasher.update(bytes);
    for (const event::Damage& d : damage) take_damage(d);
    EXHIBIT_CHECK(records_.append(leaves));
    EXHIBIT_CHECK(slack_.append(slack_leaves));
    return damage_.append(damage);
  }

  Result<void> finish(const hunt::SourceReport& report) override {
    finish_acquisition(report);
    {
      const std::scoped_lock lock(sink_.mutex_);
      sink_.digests.try_emplace(
          report.sha256, Digests{.sha256 = report.sha256, .others = facts_.acquisition.digests});
      if (sink_.case_.facts.contains(report.sha256)) sink_.known.insert(report.sha256);
      if (sink_.known.contains(report.sha256) || sink_.taken.contains(report.sha256)) return {};
    }
    EXHIBIT_CHECK(records_.finish());
    EXHIBIT_CHECK(slack_.finish());
    if (facts_.source.by_reference) {
      EXHIBIT_CHECK(files::write_new(folder_ + "reference.json",
                                     layout::reference_json(original(report.info))));
    } else {
      // Linked, not moved: an archive's members may still be read from the clone.
      EXHIBIT_CHECK(data_ ? data_->close() : files::link(clone_, folder_ + "data"));
      EXHIBIT_CHECK(files::set_mode(folder_ + "data", 0444));
    }
    facts_.records = {.root = records_.root(), .size = records_.size()};
    if (sink_.slack_) facts_.slack = {.root = slack_.root(), .size = slack_.size()};
    facts_.damage_sha256 = damage_.sha256();
    facts_.source.damage_count = damage_.count();
    facts_.source.sha256 = report.sha256;
    facts_.source.size_bytes = report.size_bytes;
    facts_.source.complete = report.complete;
    facts_.source.info = original(report.info);
    const std::scoped_lock lock(sink_.mutex_);
    if (sink_.taken.contains(report.sha256)) return {};
    EXHIBIT_CHECK(files::rename(folder_.substr(0, folder_.size() - 1),
                                sink_.case_.path("sources/" + report.sha256)));
    sink_.taken.emplace(report.sha256, facts_);
    finished_ = true;
    return {};
  }

 private:
  void take_damage(const event::Damage& damage) {
    Acquisition& acquisition = facts_.acquisition;
    if (!is_read_error(damage.kind)) return;
    ++acquisition.read_errors_count;
    if (acquisition.read_errors.size() < kReadErrorsKept)
      acquisition.read_errors.push_back(
          {.kind = damage.kind, .offset = damage.offset, .length = damage.length, .why = {}});
  }

  void finish_acquisition(const hunt::SourceReport& report) {
    Acquisition& acquisition = facts_.acquisition;
    acquisition.ended = sink_.now();
    for (seal::OtherHasher& hasher : hashers_)
      acquisition.digests.emplace_back(hasher.hash(), hasher.finish());
    for (ReadError& error : acquisition.read_errors) {
      // Reading ends at the first that the system reports: what lies behind it was not read either.
      const bool rest = error.kind == event::DamageKind::io && report.info.members.empty();
      if (rest && acquisition.file && acquisition.file->size_bytes > error.offset)
        error.length = acquisition.file->size_bytes - error.offset;
      // In English whatever the locale: the same error is the same text.
      if (error.kind == event::DamageKind::io && report.system_error != 0)
        if (const char* why = ::strerrordesc_np(static_cast<int>(report.system_error)))
          error.why = why;
    }
  }

  // Where the source was met. A reference must lead there from any working folder.
  evidence::SourceInfo original(evidence::SourceInfo info) const {
    sink_.clones_.restore(info);
    if (!facts_.source.by_reference || info.path.starts_with('/')) return info;
    char* const here = ::getcwd(nullptr, 0);
    if (here != nullptr) info.path = std::string(here) + "/" + info.path;
    std::free(here);  // NOLINT: getcwd allocates with malloc
    return info;
  }

  CaseSink& sink_;
  std::string folder_;  // ends with '/'
  SourceFacts facts_;
  seal::Key key_{};
  std::string clone_;  // of the source's bytes, below tmp/; empty when they are copied
  std::optional<files::Appender> data_;
  LeafWriter records_, slack_;
  DamageWriter damage_;
  std::vector<seal::OtherHasher> hashers_;
  bool finished_ = false;
};

/// A source of the case, read again.
class OwnSeal final : public hunt::SourceSeal {
 public:
  OwnSeal(CaseSink& sink, std::string folder, const SourceFacts& facts)
      : sink_(sink),
        folder_(std::move(folder)),
        facts_(facts),
        key_(seal::derive_source_key(*sink.case_.case_key, facts.pseudonym)),
        slack_(folder_ + layout::kSlackLeaves) {}
  ~OwnSeal() override { (void)files::remove_all(folder_.substr(0, folder_.size() - 1)); }
  OwnSeal(const OwnSeal&) = delete;
  OwnSeal& operator=(const OwnSeal&) = delete;

  const seal::Key& key() const override { return key_; }
  const seal::Pseudonym& pseudonym() const override { return facts_.pseudonym; }

  Result<void> append(Bytes, std::span<const seal::Digest> leaves,
                      std::span<const seal::Digest> slack_leaves,
                      std::span<const event::Damage>) override {
    for (const seal::Digest& leaf : leaves) records_.append(leaf);
    return adds_slack() ? slack_.append(slack_leaves) : Result<void>{};
  }

  Result<void> finish(const hunt::SourceReport& report) override {
    if (report.sha256 != facts_.source.sha256)
      return fail(ErrorCode::proof_mismatch,
                  "a source of the case no longer has the bytes that were sealed: verify the case");
    if (!report.container &&
        (records_.size() != facts_.records.size || records_.root() != facts_.records.root))
      return fail(ErrorCode::proof_mismatch,
                  "a source of the case no longer yields the records that were sealed");
    SourceFacts added = facts_;
    if (adds_slack()) {
      EXHIBIT_CHECK(slack_.finish());
      added.slack = {.root = slack_.root(), .size = slack_.size()};
    }
    const std::scoped_lock lock(sink_.mutex_);
    sink_.known.insert(report.sha256);
    if (!adds_slack() || sink_.slack_added.contains(report.sha256)) return {};
    if (slack_.size() != 0)
      EXHIBIT_CHECK(files::rename(
          folder_ + layout::kSlackLeaves,
          sink_.case_.path(layout::source_folder(report.sha256) + layout::kSlackLeaves)));
    sink_.slack_added.emplace(report.sha256, std::move(added));
    return {};
  }

 private:
  [[nodiscard]] bool adds_slack() const {
    return sink_.slack_ && !facts_.slack && !facts_.source.container;
  }

  CaseSink& sink_;
  std::string folder_;
  const SourceFacts& facts_;
  seal::Key key_;
  seal::TreeHasher records_;
  LeafWriter slack_;
};

CaseSink::CaseSink(const Case::Impl& into, SealOptions options, bool own, bool slack,
                   const Clones& clones, std::map<std::string, FileFacts> before)
    : case_(into),
      options_(std::move(options)),
      own_(own),
      slack_(slack),
      clones_(clones),
      before_(std::move(before)) {
  if (own_)
    for (const auto& [sha256, facts] : into.facts)
      own_sources_.emplace(place_of(where_is(facts.source)), &facts);
}

const FileFacts* CaseSink::before(const std::string& path) const {
  const auto found = before_.find(path);
  return found == before_.end() ? nullptr : &found->second;
}

std::string CaseSink::now() {
  const std::scoped_lock lock(mutex_);
  return case_.now();
}

Result<std::unique_ptr<hunt::SourceSeal>> CaseSink::begin(const evidence::SourceInfo& info,
                                                          bool container) {
  std::string folder;
  {
    const std::scoped_lock lock(mutex_);
    folder = case_.path(layout::kTemporary) + "/source-" + std::to_string(next_folder_++) + "/";
  }
  if (own_) {
    const auto found = own_sources_.find(place_of(info));
    if (found == own_sources_.end() || found->second->source.container != container)
      return fail(ErrorCode::proof_mismatch,
                  "a source of the case reads as something else than what was sealed");
    return std::make_unique<OwnSeal>(*this, std::move(folder), *found->second);
  }
  auto seal = std::make_unique<NewSeal>(*this, std::move(folder), info, container);
  EXHIBIT_CHECK(seal->start());
  return seal;
}

}  // namespace exhibit::casefile
