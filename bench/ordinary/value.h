// Values of ordinary events: what an activity hands over, and its EVTX bytes and JSON text.
//
// Ownership:  a Value refers to the caller's text; it lives as long as the call that takes it.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/evtx_value.h"

namespace exhibit::ordinary {

using test::EvtxType;

struct Sid {
  std::string text;
  std::string bytes;
};
[[nodiscard]] Sid make_sid(std::string text);

struct Guid {
  std::uint64_t high = 0;  // the first sixteen digits
  std::uint64_t low = 0;
};

struct Value {
  Value(std::string_view t) : text(t) {}
  Value(const char* t) : text(t) {}
  Value(const std::string& t) : text(t) {}
  template <std::integral T>
  Value(T n) : number(static_cast<std::uint64_t>(n)) {}
  Value(const Sid& sid) : text(sid.text), bytes(sid.bytes) {}
  Value(Guid guid) : number(guid.high), low(guid.low) {}

  std::string_view text = {};
  std::string_view bytes = {};
  std::uint64_t number = 0;
  std::uint64_t low = 0;
};

/// Appends the bytes that a record of `type` holds.
void append_bytes(std::string& out, EvtxType type, const Value& value);
/// Appends what a reader shows.
void append_text(std::string& out, EvtxType type, const Value& value);
void append_guid(std::string& out, Guid guid);

}  // namespace exhibit::ordinary
