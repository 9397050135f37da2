// One value as the fast engine reads it: its text, and its folded text with room around it.
//
// Ownership:  views hold until the next read().
// Invariant:  text() is event::to_text(value); folded() is base::folded(text()).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exhibit/event.h"

namespace exhibit::sigma::fast {

/// Zero bytes that may be read before and after a padded text, so that the matcher can load whole
/// words at its edges.
inline constexpr std::size_t kTextPadBytes = 8;

/// A view with kTextPadBytes readable bytes on either side. `text` as a rule may hold zero bytes
/// itself, so a matcher must not take padding for text.
struct PaddedText {
  const char* data = nullptr;
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const { return {data, size}; }
};

class ValueText {
 public:
  void read(const event::Value& value);
  [[nodiscard]] PaddedText folded() const { return {folded_.data() + kTextPadBytes, folded_size_}; }
  /// As the value stands, not folded; made when first asked for.
  [[nodiscard]] std::string_view text();
  [[nodiscard]] const event::Value& value() const { return value_; }

 private:
  bool read_ascii();

  event::Value value_;
  std::string folded_;  // padding, text, padding
  std::size_t folded_size_ = 0;
  std::string text_;
  bool has_text_ = false;
};

}  // namespace exhibit::sigma::fast
