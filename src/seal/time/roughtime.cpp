// Roughtime replies: version 1 (RFC 10049), the last drafts, which have its form under a number for
// experiments, and Google's protocol before them.
#include "seal/time/roughtime.h"

#include <algorithm>

#include "base/time.h"
#include "seal/time/checks.h"

namespace exhibit::beacon {
namespace {

using timestamp::add;
using timestamp::Finding;
using timestamp::invalid;
using timestamp::undecidable;
using timestamp::valid;

constexpr std::uint32_t kVersion1 = 1, kVersionDraft = 0x8000000c;
constexpr std::uint32_t kRequest = 0, kReply = 1;  // TYPE
constexpr std::size_t kPathMax = 32;               // hashes
constexpr std::size_t kSignatureSize = 64, kKeySize = 32;
// With the zero byte at the end (RFC 10049 5.2.1).
using namespace std::string_view_literals;
constexpr std::string_view kReplyContext = "RoughTime v1 response signature\0"sv;
constexpr std::string_view kDelegationContext = "RoughTime v1 delegation signature\0"sv;
constexpr std::string_view kGoogleDelegationContext = "RoughTime v1 delegation signature--\0"sv;

// What differs between the protocols.
struct Protocol {
  const char* name;
  std::size_t hash_size;  // of a nonce as well
  std::string_view delegation_context;
  Ticks unit;          // of times, in ticks
  bool path_reversed;  // drafts 14 and 15 hashed the sibling first, under the number of draft 16
};
constexpr Protocol kRfc{.name = "version 1",
                        .hash_size = 32,
                        .delegation_context = kDelegationContext,
                        .unit = base::kTicksPerSecond,
                        .path_reversed = false};
constexpr Protocol kDraft{.name = "draft",
                          .hash_size = 32,
                          .delegation_context = kDelegationContext,
                          .unit = base::kTicksPerSecond,
                          .path_reversed = true};
constexpr Protocol kGoogle{.name = "Google",
                           .hash_size = 64,
                           .delegation_context = kGoogleDelegationContext,
                           .unit = 10,
                           .path_reversed = false};

// A reply and its request, opened as far as the checks need them.
struct Exchange {
  const Protocol* protocol = nullptr;
  Bytes leaf;                // what the tree holds: the request's packet, or its nonce
  Bytes nonce, reply_nonce;  // reply_nonce: empty in Google's protocol
  Bytes path, root, delegation_signature, delegation, delegated_key, signature, response;
  std::uint32_t index = 0, radius = 0;
  std::uint64_t midpoint = 0, from = 0, until = 0;
};

// Everything that both protocols have; false where something is missing or of another size.
bool open_common(const Message& reply, Exchange& out) {
  const std::size_t hash = out.protocol->hash_size;
  const auto signature = reply.find(tag("SIG"), kSignatureSize);
  const auto path = reply.find(tag("PATH"));
  const auto response = reply.find(tag("SREP"));
  const auto certificate = reply.find(tag("CERT"));
  const auto index = reply.find(tag("INDX"), 4);
  if (!signature || !path || !response || !certificate || !index) return false;
  if (path->size() % hash != 0 || path->size() / hash > kPathMax) return false;
  const auto signed_part = parse_message(*response);
  const auto opened = parse_message(*certificate);
  if (!signed_part || !opened) return false;
  const auto root = signed_part->find(tag("ROOT"), hash);
  const auto midpoint = signed_part->find(tag("MIDP"), 8);
  const auto radius = signed_part->find(tag("RADI"), 4);
  const auto delegation = opened->find(tag("DELE"));
  const auto delegation_signature = opened->find(tag("SIG"), kSignatureSize);
  if (!root || !midpoint || !radius || !delegation || !delegation_signature) return false;
  const auto delegated = parse_message(*delegation);
  if (!delegated) return false;
  const auto key = delegated->find(tag("PUBK"), kKeySize);
  const auto from = delegated->find(tag("MINT"), 8);
  const auto until = delegated->find(tag("MAXT"), 8);
  if (!key || !from || !until) return false;
  out.path = *path;
  out.root = *root;
  out.delegation_signature = *delegation_signature;
  out.delegation = *delegation;
  out.delegated_key = *key;
  out.signature = *signature;
  out.response = *response;
  out.index = little32(*index);
  out.radius = little32(*radius);
  out.midpoint = little64(*midpoint);
  out.from = little64(*from);
  out.until = little64(*until);
  return true;
}

// The one version of a reply, which must be among those that the server says it speaks: else
// somebody in the middle could choose a weaker one.
Finding judge_version(Bytes response, const Protocol*& protocol) {
  const auto signed_part = parse_message(response);
  const auto version = signed_part ? signed_part->find(tag("VER"), 4) : std::nullopt;
  const auto spoken = signed_part ? signed_part->find(tag("VERS")) : std::nullopt;
  if (!version || !spoken)
    return undecidable("a draft of Roughtime that this program does not read");
  if (little32(*version) != kVersion1 && little32(*version) != kVersionDraft)
    return undecidable("a version of Roughtime that this program does not read");
  bool named = false;
  for (std::size_t at = 0; at + 4 <= spoken->size(); at += 4)
    named |= little32(spoken->subspan(at, 4)) == little32(*version);
  if (!named) return invalid("the reply is in a version that the server does not say it speaks");
  protocol = little32(*version) == kVersion1 ? &kRfc : &kDraft;
  return valid("");
}

Finding open_packets(const RoughtimeEvidence& evidence, Exchange& out) {
  const auto request_message = open_packet(evidence.request);
  const auto reply_message = open_packet(evidence.reply);
  const auto request = request_message ? parse_message(*request_message) : std::nullopt;
  const auto reply = reply_message ? parse_message(*reply_message) : std::nullopt;
  if (!request || !reply) return invalid("not a request and a reply of Roughtime");
  const auto asked = request->find(tag("TYPE"), 4);
  const auto answered = reply->find(tag("TYPE"), 4);
  if (!asked || !answered)
    return undecidable("a draft of Roughtime that this program does not read");
  if (little32(*asked) != kRequest || little32(*answered) != kReply)
    return invalid("a request and a reply are needed, in this order");
  const auto nonce = request->find(tag("NONC"), kRfc.hash_size);
  const auto reply_nonce = reply->find(tag("NONC"), kRfc.hash_size);
  const auto response = reply->find(tag("SREP"));
  if (!nonce || !reply_nonce || !response) return invalid("a nonce or the signed part is missing");
  Finding version = judge_version(*response, out.protocol);
  if (version.verdict != Verdict::valid) return version;
  out.leaf = evidence.request;
  out.nonce = *nonce;
  out.reply_nonce = *reply_nonce;
  if (!open_common(*reply, out))
    return invalid("a part of the reply is missing, or not of its size");
  return valid(std::string("Roughtime, ") + out.protocol->name);
}

Finding open_google(const RoughtimeEvidence& evidence, Exchange& out) {
  const auto request = parse_message(evidence.request);
  const auto reply = parse_message(evidence.reply);
  if (!request || !reply) return invalid("not a request and a reply of Roughtime");
  const auto nonce = request->find(tag("NONC"), kGoogle.hash_size);
  out.protocol = &kGoogle;
  if (!nonce || !open_common(*reply, out))
    return invalid("a part of request or reply is missing, or not of its size");
  out.leaf = *nonce;
  out.nonce = *nonce;
  return valid("Roughtime, Google's protocol");
}

Finding judge_nonce(const Exchange& exchange, Bytes value) {
  if (!exchange.reply_nonce.empty() && as_text(exchange.reply_nonce) != as_text(exchange.nonce))
    return invalid("the reply is to another nonce");
  if (value.empty()) return undecidable("nothing is given that the nonce should be bound to");
  const auto short_nonce = roughtime_nonce(value);
  const auto long_nonce = google_roughtime_nonce(value);
  const Bytes expected = exchange.protocol == &kGoogle ? Bytes(long_nonce) : Bytes(short_nonce);
  return as_text(expected) == as_text(exchange.nonce)
             ? valid("made from what it is bound to")
             : invalid("not made from what it should be bound to");
}

bool signed_by(Bytes key, std::string_view context, Bytes message, Bytes signature) {
  seal::PublicKey public_key{};
  seal::Signature value{};
  std::ranges::copy(key, public_key.begin());
  std::ranges::copy(signature, value.begin());
  std::string whole(context);
  whole.append(as_text(message));
  return seal::verify_signature(public_key, as_bytes(whole), value);
}

std::string climb(const Exchange& exchange, bool sibling_first) {
  const std::size_t size = exchange.protocol->hash_size;
  std::string node = sha512(std::string(1, '\0').append(as_text(exchange.leaf))).substr(0, size);
  std::uint32_t index = exchange.index;
  for (std::size_t at = 0; at < exchange.path.size(); at += size, index >>= 1) {
    std::string_view left = node;
    std::string_view right = as_text(exchange.path.subspan(at, size));
    if (((index & 1) != 0) != sibling_first) std::swap(left, right);
    node = sha512(std::string(1, '\1').append(left).append(right)).substr(0, size);
  }
  return node;
}

Finding judge_tree(const Exchange& exchange) {
  const std::size_t height = exchange.path.size() / exchange.protocol->hash_size;
  if (height < 32 && exchange.index >> height != 0)
    return invalid("the index is outside of the tree");
  const bool holds =
      climb(exchange, false) == as_text(exchange.root) ||
      (exchange.protocol->path_reversed && climb(exchange, true) == as_text(exchange.root));
  return holds ? valid("the request is in the tree that was signed")
               : invalid("the request is not in the tree that was signed");
}

Finding judge_time(const Exchange& exchange, std::optional<Interval>& out) {
  if (exchange.midpoint < exchange.from || exchange.midpoint > exchange.until)
    return invalid("the time is outside of the delegation");
  if (exchange.radius == 0 && exchange.protocol != &kGoogle)
    return invalid("a radius of zero is not allowed");
  constexpr std::uint64_t kSecondsMax = 253'402'300'799;  // the end of year 9999
  const auto unit = static_cast<std::uint64_t>(exchange.protocol->unit);
  if (exchange.midpoint > kSecondsMax * (base::kTicksPerSecond / unit))
    return invalid("the time is beyond the year 9999");
  const Ticks midpoint =
      base::kUnixEpochTicks + static_cast<Ticks>(exchange.midpoint) * exchange.protocol->unit;
  const Ticks radius = static_cast<Ticks>(exchange.radius) * exchange.protocol->unit;
  out = Interval{.not_before = midpoint - radius, .not_after = midpoint + radius};
  return valid("between " + base::to_rfc3339(out->not_before) + " and " +
               base::to_rfc3339(out->not_after));
}

constexpr std::string_view kNonceDomain = "exhibit/roughtime/v1\n";

}  // namespace

std::array<std::byte, 64> google_roughtime_nonce(Bytes value) {
  const std::string hash = sha512(std::string(kNonceDomain) + std::string(as_text(value)));
  std::array<std::byte, 64> out{};
  std::ranges::copy(as_bytes(hash), out.begin());
  return out;
}

std::array<std::byte, 32> roughtime_nonce(Bytes value) {
  const auto whole = google_roughtime_nonce(value);
  std::array<std::byte, 32> out{};
  std::copy_n(whole.begin(), out.size(), out.begin());
  return out;
}

std::string roughtime_request(Bytes value, const seal::PublicKey& server) {
  constexpr std::size_t kMessageSize = 1024;  // RFC 10049 5.1: servers may ignore less
  const auto nonce = roughtime_nonce(value);
  const std::string versions("\x01\0\0\0\x0c\0\0\x80", 8);
  const std::string key_name = sha512('\xff' + std::string(as_text(server))).substr(0, 32);
  std::vector<std::pair<std::uint32_t, std::string>> values{
      {tag("VER"), versions},
      {tag("SRV"), key_name},
      {tag("NONC"), std::string(as_text(nonce))},
      {tag("TYPE"), std::string(4, '\0')},
      {tag("ZZZZ"), ""}};
  values.back().second.assign(kMessageSize - write_message(values).size(), '\0');
  return write_packet(write_message(values));
}

RoughtimeReport verify_roughtime(const RoughtimeEvidence& evidence,
                                 const std::optional<seal::PublicKey>& server) {
  RoughtimeReport report;
  if (evidence.request.size() > kRoughtimePacketMax ||
      evidence.reply.size() > kRoughtimePacketMax) {
    add(report.checks, "roughtime.form", invalid("a packet is at most 64 KiB"));
    return report;
  }
  Exchange exchange;
  Finding form = as_text(evidence.reply).starts_with(kPacketMagic)
                     ? open_packets(evidence, exchange)
                     : open_google(evidence, exchange);
  const bool opened = form.verdict == Verdict::valid;
  add(report.checks, "roughtime.form", std::move(form));
  if (!opened) return report;
  report.protocol = exchange.protocol->name;
  add(report.checks, "roughtime.nonce", judge_nonce(exchange, evidence.value));
  if (!server)
    add(report.checks, "roughtime.delegation", undecidable("no long-term key is given"));
  else
    add(report.checks, "roughtime.delegation",
        signed_by(*server, exchange.protocol->delegation_context, exchange.delegation,
                  exchange.delegation_signature)
            ? valid("by the long-term key given")
            : invalid("not signed by the long-term key given"));
  add(report.checks, "roughtime.signature",
      signed_by(exchange.delegated_key, kReplyContext, exchange.response, exchange.signature)
          ? valid("by the delegated key")
          : invalid("not signed by the delegated key"));
  add(report.checks, "roughtime.tree", judge_tree(exchange));
  add(report.checks, "roughtime.time", judge_time(exchange, report.time));
  return report;
}

}  // namespace exhibit::beacon
