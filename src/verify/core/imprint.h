// The imprint of a time stamp (RFC 3161): the hash of what was stamped, and nothing else of the
// token. Whose token it is takes certificates, and is not judged here.
#pragma once

#include "verify/core/text.h"

namespace exhibit::verify::core {

struct Imprint {
  std::string_view algorithm;  // contents of the OBJECT IDENTIFIER
  std::string_view hash;
  std::string_view time;  // GeneralizedTime, as the token has it
};
/// Of a TimeStampResp or a TimeStampToken; nullopt where it is neither.
[[nodiscard]] std::optional<Imprint> read_imprint(std::string_view der);
/// id-sha256, 2.16.840.1.101.3.4.2.1.
inline constexpr std::string_view kSha256Oid{"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9};

}  // namespace exhibit::verify::core
