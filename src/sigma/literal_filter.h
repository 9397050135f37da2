// Says of most texts, in a fraction of a nanosecond a byte, that none of a few literals stands in
// them, so that neither the value cache nor the matcher is asked.
//
// Of each literal one window of four bytes is taken, the one whose bytes are rarest in logs. At
// every position of a text sixteen-entry tables, looked up by half bytes, say which of eight
// buckets of windows each of the next four bytes would fit; where all four fit one bucket, the
// window itself is looked up in a small bitmap. UTF-16 is narrowed in registers on the way. The
// idea is Hyperscan's "Teddy" (Wang et al., NSDI 2019), with four bytes and both cases in the
// tables.
//
// Threads:    const after construction.
// Invariant:  may_hold() is never false for a value whose folded text holds one of the literals.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "exhibit/event.h"

namespace exhibit::sigma::fast {

class LiteralFilter {
 public:
  static constexpr std::size_t kWindowBytes = 4;
  /// With more, every other text would hold one of the windows.
  static constexpr std::size_t kLiteralsMax = 64;

  /// nullopt: the processor has no AVX2, or `literals` (folded) are none, more than kLiteralsMax,
  /// shorter than a window or not ASCII.
  [[nodiscard]] static std::optional<LiteralFilter> make(
      std::span<const std::string_view> literals);

  [[nodiscard]] bool may_hold(const event::Value& value) const;

  static constexpr std::size_t kWindowBitsLog2 = 12;
  /// By place in the window, then by half byte: the buckets (bits) that have such a byte there.
  struct Tables {
    alignas(16) std::array<std::array<std::uint8_t, 16>, kWindowBytes> low{}, high{};
    std::array<std::uint64_t, (std::size_t{1} << kWindowBitsLog2) / 64> windows{};
  };

 private:
  LiteralFilter() = default;

  Tables tables_;
  /// Some literal could stand in the text of a number, an identifier or a time.
  bool in_numbers_ = false;
};

}  // namespace exhibit::sigma::fast
