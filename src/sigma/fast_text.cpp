#include "sigma/fast_text.h"

#include "base/text.h"

namespace exhibit::sigma::fast {
namespace {

// Plain loops over bytes, so that compilers turn them into vector code.
char lower(unsigned char c) {
  return static_cast<char>(c + (static_cast<unsigned char>(c - 'A') < 26 ? 32 : 0));
}

}  // namespace

// Nearly every value in logs is ASCII: its folded text is one pass over its bytes.
bool ValueText::read_ascii() {
  const auto* bytes = reinterpret_cast<const unsigned char*>(value_.data);
  using enum event::ValueType;
  const bool wide = value_.type == utf16;
  if (!wide && value_.type != utf8 && value_.type != json_number && value_.type != json_boolean)
    return false;
  if (wide && value_.size % 2 != 0) return false;
  const std::size_t size = wide ? value_.size / 2 : value_.size;
  unsigned char high = 0;
  if (wide) {
    for (std::size_t i = 0; i < size; ++i)
      high = static_cast<unsigned char>(high | (bytes[2 * i] & 0x80U) | bytes[2 * i + 1]);
    if (high != 0) return false;
    folded_.resize(kTextPadBytes + size);
    char* out = folded_.data() + kTextPadBytes;
    for (std::size_t i = 0; i < size; ++i) out[i] = lower(bytes[2 * i]);
  } else {
    for (std::size_t i = 0; i < size; ++i) high = static_cast<unsigned char>(high | bytes[i]);
    if ((high & 0x80U) != 0) return false;
    folded_.resize(kTextPadBytes + size);
    char* out = folded_.data() + kTextPadBytes;
    for (std::size_t i = 0; i < size; ++i) out[i] = lower(bytes[i]);
  }
  return true;
}

void ValueText::read(const event::Value& value) {
  value_ = value;
  has_text_ = false;
  folded_.assign(kTextPadBytes, '\0');
  if (!read_ascii()) base::append_folded(folded_, text());
  folded_size_ = folded_.size() - kTextPadBytes;
  folded_.append(kTextPadBytes, '\0');
}

std::string_view ValueText::text() {
  if (!has_text_) {
    text_.clear();
    event::append_text(text_, value_);
    has_text_ = true;
  }
  return text_;
}

}  // namespace exhibit::sigma::fast
