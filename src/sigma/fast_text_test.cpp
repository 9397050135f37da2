#include "sigma/fast_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/text.h"

namespace exhibit::sigma::fast {
namespace {

using event::ValueType;

constexpr ValueType kTypes[] = {
    ValueType::null,      ValueType::utf16,       ValueType::ansi,         ValueType::int8,
    ValueType::uint8,     ValueType::int16,       ValueType::uint16,       ValueType::int32,
    ValueType::uint32,    ValueType::int64,       ValueType::uint64,       ValueType::real32,
    ValueType::real64,    ValueType::boolean,     ValueType::binary,       ValueType::guid,
    ValueType::size_type, ValueType::filetime,    ValueType::systemtime,   ValueType::sid,
    ValueType::hex32,     ValueType::hex64,       ValueType::handle,       ValueType::evt_xml,
    ValueType::utf8,      ValueType::json_number, ValueType::json_boolean, ValueType::json_null};

void expect_same(ValueText& text, const std::string& bytes, ValueType type) {
  const Bytes view = as_bytes(bytes);
  const event::Value value{
      .data = view.data(), .size = static_cast<std::uint32_t>(view.size()), .type = type};
  text.read(value);
  const std::string wanted = event::to_text(value);
  ASSERT_EQ(text.folded().view(), base::folded(wanted)) << static_cast<int>(type);
  ASSERT_EQ(text.text(), wanted);
  for (std::size_t i = 0; i < kTextPadBytes; ++i) {
    ASSERT_EQ(text.folded().data[-static_cast<std::ptrdiff_t>(i) - 1], '\0');
    ASSERT_EQ(text.folded().data[text.folded().size + i], '\0');
  }
}

// The short way for ASCII and the long way give the same, for every type, size and kind of byte.
TEST(ValueText, IsTheFoldedTextOfTheValue) {
  std::mt19937 random(5);
  ValueText text;
  for (const ValueType type : kTypes) {
    for (std::size_t size = 0; size < 40; ++size) {
      for (int kind = 0; kind < 4; ++kind) {
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i < size; ++i) {
          const auto ascii = static_cast<char>(random() % 128);
          if (kind == 0) bytes[i] = ascii;                           // ASCII in UTF-8
          if (kind == 1) bytes[i] = i % 2 == 0 ? ascii : '\0';       // ASCII in UTF-16
          if (kind == 2) bytes[i] = static_cast<char>(random());     // anything
          if (kind == 3) bytes[i] = i + 1 == size ? '\x80' : ascii;  // the last byte differs
        }
        expect_same(text, bytes, type);
      }
    }
  }
  expect_same(text,
              "\xc3\x89"
              "COLE",
              ValueType::utf8);
  expect_same(text, std::string("\xc9\0C\0", 4), ValueType::utf16);
}

}  // namespace
}  // namespace exhibit::sigma::fast
