#include "sigma/yaml_ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace exhibit::sigma {
namespace {

constexpr std::size_t kPieceSizeBytes = 32 << 10;      // of YAML: half a millisecond's work
constexpr std::size_t kPiecesAheadMax = 8;             // trees of some megabytes
constexpr std::size_t kWorthwhileSizeBytes = 1 << 18;  // less is over before a thread has begun

}  // namespace

YamlAhead::YamlAhead(std::span<const RuleFile> files, unsigned threads) : files_(files) {
  std::size_t size = 0;
  for (const auto& [name, bytes] : files) size += bytes.size();
  if (threads == 0) threads = std::thread::hardware_concurrency();
  if (threads < 2 || size < kWorthwhileSizeBytes) return;
  cut();
  try {
    second_ = std::thread([this] { run_ahead(); });
  } catch (const std::system_error&) {
    pieces_.clear();  // the system has no thread to give: then without
  }
}

YamlAhead::~YamlAhead() {
  if (!second_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  second_.join();
}

void YamlAhead::cut() {
  std::size_t size = 0;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (size == 0) pieces_.emplace_back().first = i;
    pieces_.back().end = i + 1;
    size += files_[i].second.size() + 1;
    if (size >= kPieceSizeBytes) size = 0;
  }
}

void YamlAhead::parse(Piece& piece) const {
  piece.parsed.reserve(piece.end - piece.first);
  for (std::size_t i = piece.first; i < piece.end; ++i)
    piece.parsed.push_back(yaml::parse(files_[i].second));
}

yaml::File YamlAhead::next() {
  const std::size_t index = at_++;
  if (pieces_.empty()) return yaml::parse(files_[index].second);
  if (index == pieces_[current_].end) {
    pieces_[current_].parsed = std::vector<yaml::File>();
    const std::lock_guard lock(mutex_);
    ++current_;
  }
  Piece& piece = pieces_[current_];
  if (index == piece.first) make_ready(piece);
  return std::move(piece.parsed[index - piece.first]);
}

// What the second thread has not begun is parsed here, and so is what comes after a piece that it
// is still at, instead of waiting for it.
void YamlAhead::make_ready(Piece& piece) {
  std::unique_lock lock(mutex_);
  changed_.notify_one();  // there is room for one more piece
  while (piece.state != Piece::State::ready) {
    const auto ahead =
        std::span(pieces_).subspan(current_, std::min(kPiecesAheadMax, pieces_.size() - current_));
    const auto waiting = std::ranges::find(ahead, Piece::State::waiting, &Piece::state);
    if (waiting == ahead.end()) {
      changed_.wait(lock);
      continue;
    }
    waiting->state = Piece::State::claimed;
    lock.unlock();
    parse(*waiting);
    lock.lock();
    waiting->state = Piece::State::ready;
  }
}

void YamlAhead::run_ahead() {
  std::unique_lock lock(mutex_);
  for (std::size_t i = 0; i < pieces_.size() && !done_;) {
    Piece& piece = pieces_[i];
    if (piece.state != Piece::State::waiting) {
      ++i;
    } else if (i >= current_ + kPiecesAheadMax) {
      changed_.wait(lock);
    } else {
      piece.state = Piece::State::claimed;
      lock.unlock();
      parse(piece);
      lock.lock();
      piece.state = Piece::State::ready;
      changed_.notify_one();
    }
  }
}

}  // namespace exhibit::sigma
