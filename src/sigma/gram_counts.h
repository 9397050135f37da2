// How common a window of four bytes is in what Windows logs hold: an estimate, used to file a
// literal under its rarest window. It decides speed, never a result.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace exhibit::sigma::fast {

class GramCounts {
 public:
  /// Starts from a text of what is common in logs.
  GramCounts();
  void add(std::string_view text, std::uint32_t weight);
  [[nodiscard]] std::uint32_t of(std::uint32_t gram) const { return counts_[slot(gram)]; }

 private:
  static std::uint32_t slot(std::uint32_t gram) { return (gram * 0x9e3779b1U) >> 16; }
  std::vector<std::uint32_t> counts_;  // by hash: collisions only make an estimate worse
};

}  // namespace exhibit::sigma::fast
