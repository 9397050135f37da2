// Where the file system shares blocks between files (FICLONE), evidence is cloned into the case
// before it is read, and read there: what is hashed is what is kept, and no byte is copied. What
// cannot be cloned is read where it is, and copied as it is read.
#pragma once

#include <map>
#include <string>

#include "exhibit/casefile.h"

namespace exhibit::casefile {

class Clones {
 public:
  Clones() = default;
  /// Clones the files of `listing` into `folder`; stops trying at the first that cannot be.
  /// Errors: io, when a clone was begun and could not be finished.
  [[nodiscard]] static Result<Clones> make(const evidence::Listing& listing,
                                           const std::string& folder);

  /// What is to be read: clones where there are any.
  [[nodiscard]] const evidence::Listing& listing() const { return listing_; }
  [[nodiscard]] bool is_clone(const std::string& path) const { return originals_.contains(path); }
  /// Puts the place and time of the original where those of its clone stand.
  void restore(evidence::SourceInfo& info) const;
  void restore(hunt::HuntResult& result) const;

 private:
  struct Original {
    std::string path;
    std::int64_t modified_unix_ns;
  };
  void restore_path(std::string& path) const;

  evidence::Listing listing_;
  std::map<std::string, Original, std::less<>> originals_;  // by the clone's path
};

}  // namespace exhibit::casefile
