#include "evidence/byte_stream.h"

namespace exhibit::evidence {

ByteStream::~ByteStream() = default;

event::DamageKind damage_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::limit:
      return event::DamageKind::limit;
    case ErrorCode::refused:
      return event::DamageKind::encrypted;
    case ErrorCode::changed:
      return event::DamageKind::changed_while_reading;
    case ErrorCode::truncated:
    case ErrorCode::malformed:
    case ErrorCode::bad_signature:
      return event::DamageKind::decompression;
    default:
      return event::DamageKind::io;
  }
}

std::size_t room_for(std::uint64_t size_bytes, std::uint64_t offset, std::size_t most) {
  if (size_bytes <= offset || size_bytes - offset >= most) return most;
  return size_bytes - offset + 1;
}

}  // namespace exhibit::evidence
