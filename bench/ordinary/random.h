// Numbers for ordinary load: seeded, the same on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "generator/world.h"

namespace exhibit::ordinary {

class Random {
 public:
  explicit Random(std::uint64_t seed) : dice_(seed) {}
  std::uint64_t bits() { return dice_.next(); }
  /// Below `n`; 0 of nothing.
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : dice_.next() % n; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class Container>
  const auto& pick(const Container& items) {
    return items[below(std::size(items))];
  }

 private:
  samples::Dice dice_;
};

/// Picks by weight. Without libm, so that every machine draws the same.
class Weighted {
 public:
  Weighted() = default;
  void add(std::uint64_t weight) { ends_.push_back(total() + weight); }
  [[nodiscard]] std::uint64_t total() const { return ends_.empty() ? 0 : ends_.back(); }
  std::size_t draw(Random& random) const { return at(random.below(total())); }
  /// The item at `position` of total().
  [[nodiscard]] std::size_t at(std::uint64_t position) const;
  /// Where item `index` begins.
  [[nodiscard]] std::uint64_t begin_of(std::size_t index) const {
    return index == 0 ? 0 : ends_[index - 1];
  }

 private:
  std::vector<std::uint64_t> ends_;
};

/// Zipf's law with exponent 1 over `count` items: the first is drawn twice as often as the second.
[[nodiscard]] Weighted zipf(std::size_t count);

}  // namespace exhibit::ordinary
