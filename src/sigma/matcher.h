// Finds which of many literals a text holds: as the whole of it, at its start, at its end, or
// anywhere.
//
// Whole, start and end: one hash of the text for each length that occurs among the literals, then
// a table. Anywhere, four bytes or more: each literal is filed under its rarest window of four
// bytes; a bitmap of these windows is asked at every position and the literal is compared only
// where its own window stands. Anywhere, one to three bytes: three table look-ups per position for
// 64 literals at once, without a branch. docs/decisions/ says why this and not another's matcher.
//
// Threads:   const after construction.
// Cost:      scan: about one nanosecond a byte; construction: a few milliseconds for 10,000.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigma/fast_text.h"

namespace exhibit::sigma::fast {

/// Which numbers were seen since begin(), each once. No clearing: a number is in the set when its
/// stamp is the current epoch.
class HitSet {
 public:
  /// Empties the set and makes room for the numbers below `size`.
  void begin(std::size_t size);
  /// False when `number` was in the set already.
  bool add(std::uint32_t number) {
    if (stamps_[number] == epoch_) return false;
    stamps_[number] = epoch_;
    members_.push_back(number);
    return true;
  }
  [[nodiscard]] bool has(std::uint32_t number) const { return stamps_[number] == epoch_; }
  [[nodiscard]] std::span<const std::uint32_t> members() const { return members_; }
  [[nodiscard]] std::vector<std::uint32_t>& sortable() { return members_; }

 private:
  std::vector<std::uint32_t> stamps_;
  std::vector<std::uint32_t> members_;
  std::uint32_t epoch_ = 0;
};

struct Literal {
  enum class Anchor : std::uint8_t { whole, start, end, anywhere };
  Anchor anchor = Anchor::anywhere;
  std::string text;  // empty only for `whole`
};

class Matcher {
 public:
  Matcher() = default;
  /// A literal is known by its position in `literals`.
  explicit Matcher(std::vector<Literal> literals);

  [[nodiscard]] std::size_t size() const { return literals_.size(); }
  /// Adds to `hits` (begun with size()) every literal that `text` holds.
  void scan(PaddedText text, HitSet& hits) const;
  /// What a byte of text costs beyond what literals cost that are few or long, in bytes looked at:
  /// 0 for ordinary packs.
  [[nodiscard]] std::size_t extra_work() const { return extra_work_; }

 private:
  // Literals at one end of a text, by length and hash.
  struct AffixTable {
    struct Slot {
      std::uint64_t hash = 0;
      std::uint32_t literal_plus_one = 0;  // 0: empty
    };
    std::vector<std::uint32_t> lengths;  // ascending, distinct
    std::vector<Slot> slots;             // open addressing, a power of two, at most half full
    template <class OnHash>
    void look_up(std::uint64_t hash, OnHash&& on_literal) const;
    void insert(std::uint64_t hash, std::uint32_t literal);
  };
  struct Gram {
    std::uint32_t gram = 0;
    std::uint32_t literal = 0;
    std::uint32_t offset = 0;  // of the gram in the literal
    std::uint32_t size = 0;    // of the literal
  };
  // 64 literals of one to three bytes. mask[k][c] has bit j set when literal j has no k-th byte
  // from its end, or has `c` there.
  struct ShortBlock {
    std::array<std::array<std::uint64_t, 256>, 3> mask{};
    std::array<std::uint64_t, 3> of_size{};  // literals of at most 1, 2, 3 bytes
    std::uint32_t first = 0;                 // into shorts_
  };

  void build_affixes();
  void build_grams(std::span<const std::uint32_t> literals);
  void build_shorts(std::span<const std::uint32_t> literals);
  void scan_affixes(PaddedText text, HitSet& hits) const;
  void scan_grams(PaddedText text, HitSet& hits) const;
  void scan_shorts(PaddedText text, HitSet& hits) const;
  [[nodiscard]] std::string_view literal(std::uint32_t id) const { return literals_[id].text; }

  std::vector<Literal> literals_;
  AffixTable whole_, start_, end_;
  std::vector<std::uint64_t> bitmap_;  // bit: some literal is filed under a gram of this hash
  std::uint32_t bitmap_shift_ = 31;
  std::vector<std::uint32_t> bucket_;  // first gram of each hash
  std::uint32_t bucket_shift_ = 31;
  std::vector<Gram> grams_;  // by bucket
  std::vector<ShortBlock> short_blocks_;
  std::vector<std::uint32_t> shorts_;
  std::size_t extra_work_ = 0;
};

}  // namespace exhibit::sigma::fast
