// Takes the sources of a hunt into a case.
//
// Each source is written into a folder of its own below tmp/ while it is read, and moved to
// sources/<sha256>/ at its end: a name that counts for nothing until the ledger has its acquire
// entry. A source that the case holds already is dropped there.
//
// Threads:  begin() and finish() from any thread; append() of one source from one thread at a time.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "casefile/clones.h"
#include "casefile/impl.h"

namespace exhibit::casefile {

class CaseSink final : public hunt::SealSink {
 public:
  /// `own`: what is read are the case's own sources, for another run or for their slack.
  /// `clones` must outlive the sink.
  /// `before`: what the file system said of each file before any was read, by path.
  CaseSink(const Case::Impl& into, SealOptions options, bool own, bool slack, const Clones& clones,
           std::map<std::string, FileFacts> before = {});

  Result<std::unique_ptr<hunt::SourceSeal>> begin(const evidence::SourceInfo& info,
                                                  bool container) override;

  // After the hunt.
  std::map<std::string, SourceFacts> taken;        // by sha256: sealed, not yet in the ledger
  std::map<std::string, SourceFacts> slack_added;  // sources of the case that now have slack
  std::set<std::string> known;                     // met, and in the case already
  std::map<std::string, Digests> digests;          // of everything met, by sha256
  /// What the file system said of it before it was read; nullptr: nothing.
  [[nodiscard]] const FileFacts* before(const std::string& path) const;

 private:
  friend class NewSeal;
  friend class OwnSeal;

  [[nodiscard]] std::string now();

  const Case::Impl& case_;
  const SealOptions options_;
  const bool own_, slack_;
  const Clones& clones_;
  const std::map<std::string, FileFacts> before_;
  std::map<std::string, const SourceFacts*> own_sources_;  // by where their bytes are
  std::mutex mutex_;
  std::uint64_t next_folder_ = 0;
};

/// Where the bytes of a source are: its path and the way through containers.
[[nodiscard]] std::string place_of(const evidence::SourceInfo& info);
/// The same for a source of a case: its own copy, or where it was sealed in place.
[[nodiscard]] evidence::SourceInfo where_is(const CaseSource& source);
/// The files that hold the given sources' bytes, each once.
[[nodiscard]] evidence::Listing listing_of(std::span<const CaseSource* const> sources);

}  // namespace exhibit::casefile
