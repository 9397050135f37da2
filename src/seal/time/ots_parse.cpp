// The serialised form of OpenTimestamps proofs, version 1: a tree of operations on a message, with
// attestations at its leaves. Read in one pass, each message computed as it is met.
#include <algorithm>

#include "base/cursor.h"
#include "base/text.h"
#include "exhibit/opentimestamps.h"
#include "seal/time/openssl.h"
#include "seal/time/ots.h"

namespace exhibit::opentimestamps {
namespace {

constexpr std::uint8_t kFork = 0xff;         // another branch follows before the last one
constexpr std::uint8_t kAttestation = 0x00;  // instead of an operation
constexpr std::uint8_t kSha1 = 0x02, kRipemd160 = 0x03, kKeccak256 = 0x67, kReverse = 0xf2,
                       kHexlify = 0xf3;
constexpr std::size_t kTagSize = 8;
constexpr std::string_view kBitcoin("\x05\x88\x96\x0d\x73\xd7\x19\x01", kTagSize);
constexpr std::string_view kPending("\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e", kTagSize);
constexpr std::string_view kCalendarCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:";

using Message = std::optional<std::string>;

std::string hash(const char* name, const std::string& message) {
  const timestamp::Digester md(EVP_MD_fetch(nullptr, name, nullptr));
  seal::check(md != nullptr);
  return timestamp::digest_of(md.get(), as_bytes(message));
}

class Reader {
 public:
  Reader(Bytes bytes, std::uint64_t origin, Proof& proof) : in_(bytes, origin), proof_(proof) {}

  // One node of the tree: its branches, the last of which has no mark.
  Result<void> node(const Message& message, std::size_t depth) {
    if (depth > kDepthMax) return fail(ErrorCode::limit, "at most 256 operations in a row", at());
    while (true) {
      EXHIBIT_TRY(std::uint8_t tag, in_.read<std::uint8_t>());
      const bool last = tag != kFork;
      if (!last) {
        EXHIBIT_TRY(tag, in_.read<std::uint8_t>());
      }
      if (tag == kAttestation) {
        EXHIBIT_CHECK(attestation(message));
      } else {
        EXHIBIT_TRY(const Message result, operation(tag, message));
        if (!proof_.unknown_operation) {
          EXHIBIT_CHECK(node(result, depth + 1));
        }
      }
      // What an unknown operation takes is not known either: nothing after it can be read.
      if (last || proof_.unknown_operation) return {};
    }
  }
  [[nodiscard]] std::uint64_t at() const { return in_.offset(); }

 private:
  // LEB128.
  Result<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      EXHIBIT_TRY(const std::uint8_t byte, in_.read<std::uint8_t>());
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return fail(ErrorCode::limit, "a number has at most 63 bits", at());
  }
  Result<std::string_view> bytes(std::size_t min, std::size_t max) {
    EXHIBIT_TRY(const std::uint64_t size, number());
    if (size < min || size > max) return fail(ErrorCode::limit, "bytes of another length", at());
    EXHIBIT_TRY(const Bytes taken, in_.take(static_cast<std::size_t>(size)));
    return as_text(taken);
  }

  Result<Message> operation(std::uint8_t tag, const Message& message) {
    if (++operations_ > kOperationsMax)
      return fail(ErrorCode::limit, "at most 4,096 operations in a proof", at());
    Message result;
    switch (tag) {
      case kAppend:
      case kPrepend: {
        EXHIBIT_TRY(const std::string_view argument, bytes(1, kMessageSizeMax));
        if (message)
          result =
              tag == kAppend ? *message + std::string(argument) : std::string(argument) + *message;
        break;
      }
      case kReverse:
        if (message) result = std::string(message->rbegin(), message->rend());
        break;
      case kHexlify:
        if (message) result = base::to_hex(as_bytes(*message));
        break;
      case kSha1:
        if (message) result = hash("SHA1", *message);
        break;
      case kRipemd160:
        if (message) result = hash("RIPEMD160", *message);
        break;
      case kSha256:
        if (message) result = hash("SHA256", *message);
        break;
      case kKeccak256:  // OpenSSL 3.0 has SHA-3, and not the Keccak before it
        break;
      default:
        proof_.unknown_operation = tag;
        break;
    }
    if (result && result->size() > kMessageSizeMax)
      return fail(ErrorCode::limit, "an operation gives at most 4,096 bytes", at());
    return result;
  }

  Result<void> attestation(const Message& message) {
    if (proof_.attestations.size() >= kAttestationsMax)
      return fail(ErrorCode::limit, "at most 256 attestations in a proof", at());
    EXHIBIT_TRY(const Bytes tag, in_.take(kTagSize));
    EXHIBIT_TRY(const std::string_view payload, bytes(0, kAttestationSizeMax));
    Attestation out{.message = message, .calendar = {}, .tag = {}};
    Reader inside(as_bytes(payload), at() - payload.size(), proof_);
    if (as_text(tag) == kBitcoin) {
      out.attester = Attester::bitcoin;
      EXHIBIT_TRY(out.height, inside.number());
      EXHIBIT_CHECK(inside.ends(at()));
    } else if (as_text(tag) == kPending) {
      out.attester = Attester::pending;
      EXHIBIT_TRY(const std::string_view calendar, inside.bytes(0, kUriSizeMax));
      EXHIBIT_CHECK(inside.ends(at()));
      if (calendar.find_first_not_of(kCalendarCharacters) != std::string_view::npos)
        return fail(ErrorCode::malformed, "a calendar's address has other characters", at());
      out.calendar = calendar;
    } else {
      out.tag = base::to_hex(tag);
    }
    proof_.attestations.push_back(std::move(out));
    return {};
  }
  [[nodiscard]] Result<void> ends(std::uint64_t end) const {
    if (at() != end) return fail(ErrorCode::malformed, "bytes follow an attestation", at());
    return {};
  }

  base::Cursor in_;
  Proof& proof_;
  std::size_t operations_ = 0;
};

}  // namespace

Result<Proof> parse_proof(Bytes ots) {
  if (ots.size() > kProofSizeMax) return fail(ErrorCode::limit, "a proof is at most 1 MiB");
  if (!as_text(ots).starts_with(kMagic))
    return fail(ErrorCode::malformed, "expected an OpenTimestamps proof", 0);
  base::Cursor head(ots.subspan(kMagic.size()), kMagic.size());
  EXHIBIT_TRY(const std::uint8_t version, head.read<std::uint8_t>());
  if (version != kVersion)
    return fail(ErrorCode::unsupported, "expected an OpenTimestamps proof, version 1",
                kMagic.size());
  EXHIBIT_TRY(const std::uint8_t algorithm, head.read<std::uint8_t>());
  Proof out;
  std::size_t size = 20;
  switch (algorithm) {
    case kSha256:
      out.digest_algorithm = "SHA256";
      size = 32;
      break;
    case kSha1:
      out.digest_algorithm = "SHA1";
      break;
    case kRipemd160:
      out.digest_algorithm = "RIPEMD160";
      break;
    default:
      return fail(ErrorCode::unsupported, "the file was hashed with an unknown algorithm",
                  kMagic.size() + 1);
  }
  EXHIBIT_TRY(const Bytes digest, head.take(size));
  out.digest = as_text(digest);
  const std::uint64_t at = head.offset();
  Reader tree(ots.subspan(at), at, out);
  EXHIBIT_CHECK(tree.node(out.digest, 1));
  if (!out.unknown_operation && tree.at() != ots.size())
    return fail(ErrorCode::malformed, "bytes follow the proof", tree.at());
  return out;
}

}  // namespace exhibit::opentimestamps
