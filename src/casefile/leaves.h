// The leaf hashes of a source's records, or of its deleted ones, in one file: 32 bytes each, in the
// records' order. The rest of the tree follows from them. They are kept although they follow from
// source and key too, so that one damaged byte of a source costs the proof of one record and not of
// all.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "casefile/files.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile {

/// Errors: not_found (of a tree that is not empty), io, malformed (another number of leaves).
[[nodiscard]] Result<std::vector<seal::Digest>> read_leaves(const std::string& path,
                                                            std::uint64_t size);

/// Writes the leaves of a growing tree. An empty tree has no file.
class LeafWriter {
 public:
  explicit LeafWriter(std::string path) : path_(std::move(path)) {}
  Result<void> append(std::span<const seal::Digest> leaves);
  Result<void> finish();
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] seal::Digest root() const { return tree_.root(); }

 private:
  Result<void> flush();
  std::string path_;
  seal::TreeHasher tree_;
  std::vector<seal::Digest> pending_;
  std::optional<files::Appender> file_;
};

/// Compares the leaves of a growing tree with those on disk.
class LeafChecker {
 public:
  explicit LeafChecker(std::string path) : path_(std::move(path)) {}
  void append(std::span<const seal::Digest> leaves);
  void finish();
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] seal::Digest root() const { return tree_.root(); }

  /// Nothing could be read where leaves should be.
  [[nodiscard]] bool is_missing() const { return missing_; }
  /// How many differ from those on disk, are not there, or are there beyond the last; the first.
  [[nodiscard]] std::uint64_t differing() const { return differing_; }
  [[nodiscard]] std::uint64_t first_differing() const { return first_differing_; }

 private:
  void differs(std::uint64_t index, std::uint64_t count);
  std::string path_;
  seal::TreeHasher tree_;
  std::optional<files::Reader> file_;
  std::vector<seal::Digest> on_disk_;
  bool opened_ = false, missing_ = false;
  std::uint64_t differing_ = 0, first_differing_ = 0;
};

}  // namespace exhibit::casefile
