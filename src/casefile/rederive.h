// Derives the record trees of sources again: reads and parses their bytes, commits to every record
// with K_source, and compares with the leaves and roots of the case. It is the hunt itself, without
// rules, so that there is one definition of what is committed.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "casefile/check.h"
#include "casefile/leaves.h"

namespace exhibit::casefile {

struct Rederived {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  bool container = false;
  TreeFacts records, slack;
  std::vector<std::pair<seal::OtherHash, std::string>> digests;  // those that were sealed
  struct OnDisk {  // what its file of leaves was found to be
    bool missing = false;
    std::uint64_t differing = 0, first_differing = 0;
  };
  OnDisk record_leaves, slack_leaves;
};

class RederiveSink final : public hunt::SealSink {
 public:
  /// Takes part in the comparison: the source that stands at this place.
  void expect(const SourceFacts& facts, const seal::Key& key, std::string folder);
  Result<std::unique_ptr<hunt::SourceSeal>> begin(const evidence::SourceInfo& info,
                                                  bool container) override;

  /// By the SHA-256 under which the case knows the source.
  std::map<std::string, Rederived, std::less<>> done;

 private:
  friend class RederiveSeal;
  struct Expected {
    const SourceFacts* facts;
    seal::Key key;
    std::string folder;
  };
  std::map<std::string, Expected> expected_;  // by place
  std::mutex mutex_;
};

}  // namespace exhibit::casefile
