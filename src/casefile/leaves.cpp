#include "casefile/leaves.h"

#include <array>

namespace exhibit::casefile {
namespace {

constexpr std::size_t kPendingMax = 32'768;  // 1 MiB

constexpr Literal kTooFew = "a file of leaves does not hold as many hashes as it should";

}  // namespace

Result<std::vector<seal::Digest>> read_leaves(const std::string& path, std::uint64_t size) {
  std::vector<seal::Digest> out;
  if (size == 0) return out;
  EXHIBIT_TRY(const std::uint64_t bytes, files::size(path));
  if (bytes % sizeof(seal::Digest) != 0 || bytes / sizeof(seal::Digest) != size)
    return fail(ErrorCode::malformed, kTooFew);
  EXHIBIT_TRY(files::Reader file, files::Reader::open(path));
  out.resize(size);
  EXHIBIT_TRY(const std::size_t got, file.read(std::as_writable_bytes(std::span(out))));
  if (got != bytes) return fail(ErrorCode::malformed, kTooFew);
  return out;
}

Result<void> LeafWriter::append(std::span<const seal::Digest> leaves) {
  for (const seal::Digest& leaf : leaves) tree_.append(leaf);
  pending_.insert(pending_.end(), leaves.begin(), leaves.end());
  return pending_.size() < kPendingMax ? Result<void>{} : flush();
}

Result<void> LeafWriter::finish() {
  if (!pending_.empty()) EXHIBIT_CHECK(flush());
  if (!file_) return {};
  const auto closed = file_->close();
  file_.reset();
  return closed;
}

Result<void> LeafWriter::flush() {
  if (!file_) {
    EXHIBIT_CHECK(files::make_folders(files::folder_of(path_)));
    EXHIBIT_TRY(file_, files::Appender::create(path_));
  }
  EXHIBIT_CHECK(file_->append(std::as_bytes(std::span(pending_))));
  pending_.clear();
  return {};
}

void LeafChecker::append(std::span<const seal::Digest> leaves) {
  if (!opened_ && !leaves.empty()) {
    opened_ = true;
    if (auto file = files::Reader::open(path_))
      file_ = *std::move(file);
    else
      missing_ = true;
  }
  const std::uint64_t first = tree_.size();
  for (const seal::Digest& leaf : leaves) tree_.append(leaf);
  if (!file_ || leaves.empty()) return;
  on_disk_.resize(leaves.size());
  const auto got = file_->read(std::as_writable_bytes(std::span(on_disk_)));
  const std::size_t whole = got.value_or(0) / sizeof(seal::Digest);
  for (std::size_t i = 0; i < whole; ++i)
    if (on_disk_[i] != leaves[i]) differs(first + i, 1);
  if (whole < leaves.size()) differs(first + whole, leaves.size() - whole);
}

void LeafChecker::finish() {
  if (!file_) return;
  std::array<std::byte, sizeof(seal::Digest)> beyond;
  const auto got = file_->read(beyond);
  if (got && *got > 0) differs(tree_.size(), 1);
  file_.reset();  // many sources are under way at once
}

void LeafChecker::differs(std::uint64_t index, std::uint64_t count) {
  if (differing_ == 0) first_differing_ = index;
  differing_ += count;
}

}  // namespace exhibit::casefile
