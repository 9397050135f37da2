#include "sigma/matcher.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "sigma/gram_counts.h"

namespace exhibit::sigma::fast {
namespace {

constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio
// Bits of the bitmap: at most 32 KiB, so that it stays in the first-level cache.
constexpr std::uint32_t kBitmapBitsMinLog2 = 10;
constexpr std::uint32_t kBitmapBitsMaxLog2 = 18;
constexpr std::uint32_t kBitmapBitsPerGramLog2 = 5;
// More of these than any real pack brings to one field are extra work.
constexpr std::size_t kShortBlocksFew = 8;
constexpr std::size_t kBucketFew = 32;

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * kMultiplier;
  return hash ^ (hash >> 32);
}

std::uint64_t load_word(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint32_t load_gram(const char* at) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, at, sizeof gram);
  return gram;
}

std::uint32_t gram_hash(std::uint32_t gram) { return gram * 0x9e3779b1U; }

// The first and the last `count` (0…7) of the eight bytes of a word in memory, as a number. Only
// equality of such numbers is used, and only within one process: byte order does not matter.
std::uint64_t first_bytes(std::uint64_t word, std::size_t count) {
  if (count == 0) return 0;
  const auto bits = static_cast<unsigned>(64 - 8 * count);
  return std::endian::native == std::endian::little ? word << bits : word >> bits;
}
std::uint64_t last_bytes(std::uint64_t word, std::size_t count) {
  if (count == 0) return 0;
  const auto bits = static_cast<unsigned>(64 - 8 * count);
  return std::endian::native == std::endian::little ? word >> bits : word << bits;
}

// Hashes of ever longer starts (or ends) of one text: at(length) must be asked in ascending order.
// Reads up to seven bytes past the start or end, which is why texts are padded.
class StartHash {
 public:
  explicit StartHash(const char* text) : text_(text) {}
  std::uint64_t at(std::size_t length) {
    for (; done_ + 8 <= length; done_ += 8) hash_ = mix(hash_, load_word(text_ + done_));
    return mix(hash_ + length, first_bytes(load_word(text_ + done_), length - done_));
  }

 private:
  const char* text_;
  std::size_t done_ = 0;
  std::uint64_t hash_ = 7;
};
class EndHash {
 public:
  explicit EndHash(const char* end) : end_(end) {}
  std::uint64_t at(std::size_t length) {
    for (; done_ + 8 <= length; done_ += 8) hash_ = mix(hash_, load_word(end_ - done_ - 8));
    return mix(hash_ + length, last_bytes(load_word(end_ - done_ - 8), length - done_));
  }

 private:
  const char* end_;
  std::size_t done_ = 0;
  std::uint64_t hash_ = 7;
};

std::uint32_t log2_for(std::size_t count, std::uint32_t extra, std::uint32_t low,
                       std::uint32_t high) {
  const auto bits = static_cast<std::uint32_t>(std::bit_width(count)) + extra;
  return std::clamp(bits, low, high);
}

}  // namespace

void HitSet::begin(std::size_t size) {
  if (stamps_.size() < size) stamps_.resize(size, epoch_);
  members_.clear();
  if (++epoch_ == 0) {  // after 2^32 texts the oldest stamps would look current
    std::fill(stamps_.begin(), stamps_.end(), 0U);
    epoch_ = 1;
  }
}

template <class OnHash>
void Matcher::AffixTable::look_up(std::uint64_t hash, OnHash&& on_literal) const {
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = hash & mask; slots[i].literal_plus_one != 0; i = (i + 1) & mask)
    if (slots[i].hash == hash) on_literal(slots[i].literal_plus_one - 1);
}

void Matcher::AffixTable::insert(std::uint64_t hash, std::uint32_t literal) {
  const std::size_t mask = slots.size() - 1;
  std::size_t i = hash & mask;
  while (slots[i].literal_plus_one != 0) i = (i + 1) & mask;
  slots[i] = {.hash = hash, .literal_plus_one = literal + 1};
}

Matcher::Matcher(std::vector<Literal> literals) : literals_(std::move(literals)) {
  std::vector<std::uint32_t> grams;
  std::vector<std::uint32_t> shorts;
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    if (literals_[i].anchor != Literal::Anchor::anywhere) continue;
    (literals_[i].text.size() >= 4 ? grams : shorts).push_back(i);
  }
  build_affixes();
  build_grams(grams);
  build_shorts(shorts);
  if (short_blocks_.size() > kShortBlocksFew) extra_work_ = short_blocks_.size() / 2;
  std::size_t most = 0;
  for (std::size_t i = 1; i < bucket_.size(); ++i)
    most = std::max<std::size_t>(most, bucket_[i] - bucket_[i - 1]);
  if (most > kBucketFew) extra_work_ += most;
}

void Matcher::build_affixes() {
  const auto table_of = [&](Literal::Anchor anchor) -> AffixTable* {
    switch (anchor) {
      case Literal::Anchor::whole:
        return &whole_;
      case Literal::Anchor::start:
        return &start_;
      case Literal::Anchor::end:
        return &end_;
      case Literal::Anchor::anywhere:
        break;
    }
    return nullptr;
  };
  std::array<std::size_t, 3> counts{};
  for (const Literal& literal : literals_) {
    AffixTable* table = table_of(literal.anchor);
    if (table == nullptr) continue;
    table->lengths.push_back(static_cast<std::uint32_t>(literal.text.size()));
    ++counts[static_cast<std::size_t>(literal.anchor)];
  }
  for (AffixTable* table : {&whole_, &start_, &end_}) {
    if (table->lengths.empty()) continue;
    table->slots.resize(std::bit_ceil(2 * table->lengths.size()));
    std::sort(table->lengths.begin(), table->lengths.end());
    table->lengths.erase(std::unique(table->lengths.begin(), table->lengths.end()),
                         table->lengths.end());
  }
  std::string padded;
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    AffixTable* table = table_of(literals_[i].anchor);
    if (table == nullptr) continue;
    const std::size_t size = literals_[i].text.size();
    padded.assign(kTextPadBytes, '\0').append(literals_[i].text).append(kTextPadBytes, '\0');
    const char* text = padded.data() + kTextPadBytes;
    table->insert(table == &end_ ? EndHash(text + size).at(size) : StartHash(text).at(size), i);
  }
}

void Matcher::build_grams(std::span<const std::uint32_t> literals) {
  if (literals.empty()) return;
  GramCounts counts;
  for (const std::uint32_t id : literals) counts.add(literal(id), 1);
  for (const std::uint32_t id : literals) {
    const std::string_view text = literal(id);
    std::size_t best = 0;
    std::uint32_t best_count = counts.of(load_gram(text.data()));
    for (std::size_t at = 1; at + 4 <= text.size(); ++at) {
      const std::uint32_t count = counts.of(load_gram(text.data() + at));
      if (count < best_count) {
        best = at;
        best_count = count;
      }
    }
    grams_.push_back({.gram = load_gram(text.data() + best),
                      .literal = id,
                      .offset = static_cast<std::uint32_t>(best),
                      .size = static_cast<std::uint32_t>(text.size())});
  }
  const std::uint32_t bits =
      log2_for(grams_.size(), kBitmapBitsPerGramLog2, kBitmapBitsMinLog2, kBitmapBitsMaxLog2);
  bitmap_shift_ = 32 - bits;
  bitmap_.assign(std::size_t{1} << (bits - 6), 0);
  const std::uint32_t bucket_bits = log2_for(grams_.size(), 1, 1, kBitmapBitsMaxLog2);
  bucket_shift_ = 32 - bucket_bits;
  bucket_.assign((std::size_t{1} << bucket_bits) + 1, 0);
  std::sort(grams_.begin(), grams_.end(), [](const Gram& a, const Gram& b) {
    return std::pair(gram_hash(a.gram), a.literal) < std::pair(gram_hash(b.gram), b.literal);
  });
  for (const Gram& gram : grams_) {
    const std::uint32_t bit = gram_hash(gram.gram) >> bitmap_shift_;
    bitmap_[bit >> 6] |= std::uint64_t{1} << (bit & 63);
    ++bucket_[(gram_hash(gram.gram) >> bucket_shift_) + 1];
  }
  for (std::size_t i = 1; i < bucket_.size(); ++i) bucket_[i] += bucket_[i - 1];
}

void Matcher::build_shorts(std::span<const std::uint32_t> literals) {
  shorts_.assign(literals.begin(), literals.end());
  for (std::uint32_t first = 0; first < shorts_.size(); first += 64) {
    ShortBlock& block = short_blocks_.emplace_back();
    block.first = first;
    for (std::uint32_t j = 0; j < 64 && first + j < shorts_.size(); ++j) {
      const std::string_view text = literal(shorts_[first + j]);
      const std::uint64_t bit = std::uint64_t{1} << j;
      for (std::size_t k = 0; k < 3; ++k) {
        if (text.size() <= k + 1) block.of_size[k] |= bit;
        if (k < text.size())
          block.mask[k][static_cast<unsigned char>(text[text.size() - 1 - k])] |= bit;
        else
          for (std::uint64_t& of_byte : block.mask[k]) of_byte |= bit;
      }
    }
  }
}

void Matcher::scan(PaddedText text, HitSet& hits) const {
  scan_affixes(text, hits);
  if (!grams_.empty()) scan_grams(text, hits);
  if (!short_blocks_.empty()) scan_shorts(text, hits);
}

void Matcher::scan_affixes(PaddedText text, HitSet& hits) const {
  const auto confirm = [&](std::uint32_t id, const char* at, std::size_t size) {
    const std::string_view wanted = literal(id);
    if (wanted.size() == size && std::memcmp(wanted.data(), at, size) == 0) hits.add(id);
  };
  if (!whole_.lengths.empty() &&
      std::binary_search(whole_.lengths.begin(), whole_.lengths.end(), text.size))
    whole_.look_up(StartHash(text.data).at(text.size),
                   [&](std::uint32_t id) { confirm(id, text.data, text.size); });
  StartHash start(text.data);
  for (const std::uint32_t length : start_.lengths) {
    if (length > text.size) break;
    start_.look_up(start.at(length), [&](std::uint32_t id) { confirm(id, text.data, length); });
  }
  EndHash end(text.data + text.size);
  for (const std::uint32_t length : end_.lengths) {
    if (length > text.size) break;
    end_.look_up(end.at(length),
                 [&](std::uint32_t id) { confirm(id, text.data + text.size - length, length); });
  }
}

void Matcher::scan_grams(PaddedText text, HitSet& hits) const {
  const std::uint64_t* bitmap = bitmap_.data();
  for (std::size_t i = 0; i + 4 <= text.size; ++i) {
    const std::uint32_t gram = load_gram(text.data + i);
    const std::uint32_t hash = gram_hash(gram);
    const std::uint32_t bit = hash >> bitmap_shift_;
    if ((bitmap[bit >> 6] >> (bit & 63) & 1) == 0) [[likely]]
      continue;
    const std::uint32_t bucket = hash >> bucket_shift_;
    for (std::uint32_t g = bucket_[bucket]; g < bucket_[bucket + 1]; ++g) {
      const Gram& entry = grams_[g];
      if (entry.gram != gram || i < entry.offset || entry.size > text.size - (i - entry.offset) ||
          hits.has(entry.literal))
        continue;
      if (std::memcmp(text.data + i - entry.offset, literal(entry.literal).data(), entry.size) == 0)
        hits.add(entry.literal);
    }
  }
}

void Matcher::scan_shorts(PaddedText text, HitSet& hits) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data);
  for (const ShortBlock& block : short_blocks_) {
    const auto& [m0, m1, m2] = block.mask;
    std::uint64_t found = 0;
    // The first two positions have no byte, or one, before them: longer literals cannot end there.
    if (text.size > 0) found |= m0[bytes[0]] & block.of_size[0];
    if (text.size > 1) found |= m0[bytes[1]] & m1[bytes[0]] & block.of_size[1];
    for (std::size_t i = 2; i < text.size; ++i)
      found |= m0[bytes[i]] & m1[bytes[i - 1]] & m2[bytes[i - 2]];
    for (; found != 0; found &= found - 1)
      hits.add(shorts_[block.first + static_cast<std::uint32_t>(std::countr_zero(found))]);
  }
}

}  // namespace exhibit::sigma::fast
