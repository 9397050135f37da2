// Roughtime: replies by a server of this test's own, in every protocol that is read, and every way
// to be wrong.
#include "seal/time/roughtime.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace exhibit::beacon {
namespace {

using Values = std::vector<std::pair<std::uint32_t, std::string>>;
using namespace std::string_literals;

std::string le(std::uint64_t value, unsigned size) {
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

constexpr std::uint64_t kNoon = 1'780'315'200;  // 2026-06-01T12:00:00Z

struct Spec {
  bool google = false;
  std::uint32_t version = 1;
  std::string versions = le(1, 4) + le(0x8000000c, 4);
  std::uint64_t midpoint = kNoon, from = kNoon - 3600, until = kNoon + 3600;
  std::uint32_t radius = 3;
  std::size_t requests = 1, index = 0;  // of one batch, and which of them is ours
  bool sibling_first = false;           // as drafts 14 and 15 have it
  std::uint32_t type = 1;
  bool has_type = true;
  std::string value = "a checkpoint";
  std::string reply_nonce{};  // empty: the one that was asked with
  std::uint32_t index_said = ~0U;
};

struct Server {
  seal::SigningKey long_term = seal::SigningKey::generate().value();
  seal::SigningKey delegated = seal::SigningKey::generate().value();
};
const Server& server() {
  static const Server kServer;
  return kServer;
}

std::string signed_by(const seal::SigningKey& key, const std::string& context,
                      const std::string& message) {
  return std::string(as_text(key.sign(as_bytes(context + '\0' + message))));
}

struct Packets {
  std::string request, reply;
};
Packets exchange(const Spec& spec) {
  Packets out;
  const std::size_t size = spec.google ? 64 : 32;
  if (spec.google) {
    const auto nonce = google_roughtime_nonce(as_bytes(spec.value));
    out.request = write_message(Values{{tag("NONC"), std::string(as_text(nonce))},
                                       {tag("PAD\xff"), std::string(944, '\0')}});
  } else {
    out.request = roughtime_request(as_bytes(spec.value), server().long_term.public_key());
  }
  const Message request =
      parse_message(spec.google ? as_bytes(out.request) : *open_packet(as_bytes(out.request)))
          .value();
  const std::string nonce(as_text(*request.find(tag("NONC"))));
  // The tree: leaves of other requests around ours, padded to a power of two with what is no leaf.
  std::vector<std::string> level;
  for (std::size_t i = 0; i < spec.requests; ++i)
    level.push_back(sha512("\0"s + (i == spec.index ? (spec.google ? nonce : out.request)
                                                    : "another " + std::to_string(i)))
                        .substr(0, size));
  while ((level.size() & (level.size() - 1)) != 0) level.push_back(std::string(size, 'p'));
  std::string path;
  for (std::size_t at = spec.index; level.size() > 1; at /= 2) {
    path += level[at ^ 1];
    std::vector<std::string> above;
    for (std::size_t i = 0; i < level.size(); i += 2)
      above.push_back(
          sha512("\1"s + (spec.sibling_first ? level[i + 1] + level[i] : level[i] + level[i + 1]))
              .substr(0, size));
    level = above;
  }
  const std::uint64_t unit = spec.google ? 1'000'000 : 1;
  Values response{{tag("VER"), le(spec.version, 4)},
                  {tag("RADI"), le(spec.radius * unit, 4)},
                  {tag("MIDP"), le(spec.midpoint * unit, 8)},
                  {tag("VERS"), spec.versions},
                  {tag("ROOT"), level[0]}};
  if (spec.google) {
    response.erase(response.begin() + 3);
    response.erase(response.begin());
  }
  const std::string srep = write_message(response);
  const std::string dele =
      write_message(Values{{tag("PUBK"), std::string(as_text(server().delegated.public_key()))},
                           {tag("MINT"), le(spec.from * unit, 8)},
                           {tag("MAXT"), le(spec.until * unit, 8)}});
  const std::string cert = write_message(
      Values{{tag("SIG"), signed_by(server().long_term,
                                    spec.google ? "RoughTime v1 delegation signature--"
                                                : "RoughTime v1 delegation signature",
                                    dele)},
             {tag("DELE"), dele}});
  Values reply{
      {tag("SIG"), signed_by(server().delegated, "RoughTime v1 response signature", srep)}};
  if (!spec.google) {
    reply.emplace_back(tag("NONC"), spec.reply_nonce.empty() ? nonce : spec.reply_nonce);
    if (spec.has_type) reply.emplace_back(tag("TYPE"), le(spec.type, 4));
  }
  reply.emplace_back(tag("PATH"), path);
  reply.emplace_back(tag("SREP"), srep);
  reply.emplace_back(tag("CERT"), cert);
  reply.emplace_back(tag("INDX"), le(spec.index_said != ~0U ? spec.index_said : spec.index, 4));
  out.reply = spec.google ? write_message(reply) : write_packet(write_message(reply));
  return out;
}

RoughtimeReport judge(const Packets& packets, const std::string& value = "a checkpoint",
                      std::optional<seal::PublicKey> key = server().long_term.public_key()) {
  return verify_roughtime({.request = as_bytes(packets.request),
                           .reply = as_bytes(packets.reply),
                           .value = as_bytes(value)},
                          key);
}
RoughtimeReport judge(const Spec& spec) { return judge(exchange(spec)); }

using Verdicts = std::vector<std::pair<std::string, Verdict>>;
// The checks that are not valid.
Verdicts bad(const RoughtimeReport& report) {
  Verdicts out;
  for (const Check& check : report.checks)
    if (check.verdict != Verdict::valid) out.emplace_back(check.id.substr(10), check.verdict);
  return out;
}
constexpr Verdict kInvalid = Verdict::invalid, kUndecidable = Verdict::undecidable;

TEST(Roughtime, AGoodReplyIsValidInEveryCheck) {
  const RoughtimeReport report = judge(Spec{});
  EXPECT_EQ(bad(report), Verdicts{});
  EXPECT_EQ(report.checks.size(), 6U);
  EXPECT_EQ(report.protocol, "version 1");
  EXPECT_EQ(report.time->not_before, base::parse_time("2026-06-01T11:59:57Z"));
  EXPECT_EQ(report.time->not_after, base::parse_time("2026-06-01T12:00:03Z"));
  const RoughtimeReport draft = judge({.version = 0x8000000c});
  EXPECT_EQ(bad(draft), Verdicts{});
  EXPECT_EQ(draft.protocol, "draft");
  const RoughtimeReport google = judge({.google = true});
  EXPECT_EQ(bad(google), Verdicts{});
  EXPECT_EQ(google.protocol, "Google");
  EXPECT_EQ(google.time->not_before, base::parse_time("2026-06-01T11:59:57Z"));
  EXPECT_EQ(google.time->not_after, base::parse_time("2026-06-01T12:00:03Z"));
}

TEST(Roughtime, EveryPlaceInATreeIsProven) {
  for (const bool google : {false, true})
    for (std::size_t requests = 1; requests <= 9; ++requests)
      for (std::size_t index = 0; index < requests; ++index) {
        const Spec spec{.google = google, .requests = requests, .index = index};
        EXPECT_EQ(bad(judge(spec)), Verdicts{}) << requests << ' ' << index;
        Spec elsewhere = spec;
        elsewhere.index_said = static_cast<std::uint32_t>(index) ^ 1;
        EXPECT_EQ(bad(judge(elsewhere)), (Verdicts{{"tree", kInvalid}}));
        elsewhere.index_said = static_cast<std::uint32_t>(index) + 16;
        EXPECT_EQ(bad(judge(elsewhere)), (Verdicts{{"tree", kInvalid}}));
      }
  // Drafts 14 and 15 hashed the other way round; version 1 never did.
  EXPECT_EQ(bad(judge({.version = 0x8000000c, .requests = 3, .index = 2, .sibling_first = true})),
            Verdicts{});
  EXPECT_EQ(bad(judge({.requests = 3, .index = 2, .sibling_first = true})),
            (Verdicts{{"tree", kInvalid}}));
}

TEST(Roughtime, TheReplyIsToThisRequestForThisValue) {
  const Packets packets = exchange({});
  EXPECT_EQ(bad(judge(packets, "another checkpoint")), (Verdicts{{"nonce", kInvalid}}));
  EXPECT_EQ(bad(judge(packets, "")), (Verdicts{{"nonce", kUndecidable}}));
  EXPECT_EQ(bad(judge({.reply_nonce = std::string(32, 'x')})), (Verdicts{{"nonce", kInvalid}}));
  const Packets other = exchange({.value = "another checkpoint"});
  EXPECT_EQ(bad(judge({other.request, packets.reply})),
            (Verdicts{{"nonce", kInvalid}, {"tree", kInvalid}}));
  const Packets google = exchange({.google = true});
  const Packets other_google = exchange({.google = true, .value = "another checkpoint"});
  EXPECT_EQ(bad(judge({other_google.request, google.reply})),
            (Verdicts{{"nonce", kInvalid}, {"tree", kInvalid}}));
}

TEST(Roughtime, OnlyTheLongTermKeyGivenDelegates) {
  const Packets packets = exchange({});
  EXPECT_EQ(bad(judge(packets, "a checkpoint", std::nullopt)),
            (Verdicts{{"delegation", kUndecidable}}));
  EXPECT_EQ(bad(judge(packets, "a checkpoint", server().delegated.public_key())),
            (Verdicts{{"delegation", kInvalid}}));
  // Under the key of small order that is all zero, signatures hold that nobody made.
  EXPECT_EQ(bad(judge(packets, "a checkpoint", seal::PublicKey{})),
            (Verdicts{{"delegation", kInvalid}}));
}

TEST(Roughtime, TheTimeIsWithinTheDelegation) {
  EXPECT_EQ(bad(judge({.from = kNoon})), Verdicts{});
  EXPECT_EQ(bad(judge({.until = kNoon})), Verdicts{});
  EXPECT_EQ(bad(judge({.from = kNoon + 1})), (Verdicts{{"time", kInvalid}}));
  EXPECT_EQ(bad(judge({.until = kNoon - 1})), (Verdicts{{"time", kInvalid}}));
  EXPECT_EQ(bad(judge({.google = true, .until = kNoon - 1})), (Verdicts{{"time", kInvalid}}));
  EXPECT_EQ(bad(judge({.radius = 0})), (Verdicts{{"time", kInvalid}}));
  EXPECT_EQ(bad(judge({.google = true, .radius = 0})), Verdicts{});
  EXPECT_EQ(bad(judge({.midpoint = ~std::uint64_t{0}, .until = ~std::uint64_t{0}})),
            (Verdicts{{"time", kInvalid}}));
  EXPECT_EQ(bad(judge({.google = true, .midpoint = 253'402'300'800, .until = 253'402'300'800})),
            (Verdicts{{"time", kInvalid}}));
}

TEST(Roughtime, OtherVersionsAndFormsAreNotDecided) {
  EXPECT_EQ(bad(judge({.version = 2, .versions = le(2, 4)})), (Verdicts{{"form", kUndecidable}}));
  EXPECT_EQ(bad(judge({.version = 0x8000000b})), (Verdicts{{"form", kUndecidable}}));
  EXPECT_EQ(bad(judge({.has_type = false})), (Verdicts{{"form", kUndecidable}}));
  EXPECT_EQ(bad(judge({.versions = le(0x8000000c, 4)})), (Verdicts{{"form", kInvalid}}));
  EXPECT_EQ(bad(judge({.type = 0})), (Verdicts{{"form", kInvalid}}));
  const Packets packets = exchange({});
  EXPECT_EQ(bad(judge({packets.reply, packets.request})), (Verdicts{{"form", kInvalid}}));
  EXPECT_EQ(bad(judge({packets.request, packets.request})), (Verdicts{{"form", kInvalid}}));
  EXPECT_EQ(bad(judge({"", packets.reply})), (Verdicts{{"form", kInvalid}}));
  EXPECT_EQ(bad(judge({packets.request, ""})), (Verdicts{{"form", kInvalid}}));
  EXPECT_EQ(bad(judge({packets.request, std::string(kRoughtimePacketMax + 1, 'x')})),
            (Verdicts{{"form", kInvalid}}));
}

TEST(Roughtime, NoChangedBitIsOverlooked) {
  for (const bool google : {false, true}) {
    const Packets packets = exchange({.google = google, .requests = 4, .index = 2});
    for (std::size_t bit = 0; bit < 8 * packets.reply.size(); ++bit) {
      Packets changed = packets;
      changed.reply[bit / 8] = static_cast<char>(changed.reply[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_NE(judge(changed).verdict(), Verdict::valid) << google << ' ' << bit;
    }
    for (std::size_t size = 0; size < packets.reply.size(); ++size)
      EXPECT_NE(judge({packets.request, packets.reply.substr(0, size)}).verdict(), Verdict::valid);
    EXPECT_EQ(judge({packets.request, packets.reply + "\0\0\0\0"s}).verdict(), kInvalid);
  }
}

// What a public server answered on 2025-05-22: under the number of the drafts, as draft 14 has it.
TEST(Roughtime, ARealServersReplyHolds) {
  const auto hex = [](std::string_view text) { return base::from_hex(text).value(); };
  const std::string nonce = hex("071039e5723323191eaa7449e64e0b839b7a11028cbd943c31b28bfb93fadb32");
  const std::string key = hex("016e6e0284d24c37c6e4d7d8d5b4e1d3c1949ceaa545bf875616c9dce0c9bec1");
  const std::string request =
      write_packet(write_message(Values{{tag("VER"), le(0x8000000c, 4)},
                                        {tag("NONC"), nonce},
                                        {tag("TYPE"), le(0, 4)},
                                        {tag("ZZZZ"), std::string(940, '\0')}}));
  const std::string srep = write_message(Values{
      {tag("VER"), le(0x8000000c, 4)},
      {tag("RADI"), le(5, 4)},
      {tag("MIDP"), le(1'747'944'450, 8)},
      {tag("VERS"), le(0, 4) + le(0x8000000c, 4)},
      {tag("ROOT"), hex("9d86f7cfd65a21cf2f0beee04dcaeb87fe2b547ebc8e84cc4ecc5d9eecdc74e2")}});
  const std::string dele = write_message(
      Values{{tag("PUBK"), hex("b9045bea9dccd4ba0c34181f5cf6994300d49b3b8611559518e01bbe66f9c583")},
             {tag("MINT"), le(0, 8)},
             {tag("MAXT"), std::string(8, '\xff')}});
  const std::string cert = write_message(Values{
      {tag("SIG"), hex("24ec190045666e89c0283478f413d19441e0b395c4d7ad81354e8b557d907efdd843b9"
                       "42779a8cdfa4e82ef1b6bab7faf242f079c8901201638264a51b9ac207")},
      {tag("DELE"), dele}});
  const std::string reply = write_packet(write_message(Values{
      {tag("SIG"), hex("768b564678ca7508f176ce2088348661d6eec5ca58877fe7d2d6025f349db21c416a51"
                       "894ac90ef7071d12215b7c38e7654a3df2a6c6690627f0d74e2bb0ec0a")},
      {tag("NONC"), nonce},
      {tag("TYPE"), le(1, 4)},
      {tag("PATH"), ""},
      {tag("SREP"), srep},
      {tag("CERT"), cert},
      {tag("INDX"), le(0, 4)}}));
  seal::PublicKey server_key{};
  std::ranges::copy(as_bytes(key), server_key.begin());
  const RoughtimeReport report = judge({request, reply}, "", server_key);
  EXPECT_EQ(bad(report), (Verdicts{{"nonce", kUndecidable}}));
  EXPECT_EQ(report.time->not_before, base::parse_time("2025-05-22T20:07:25Z"));
}

TEST(ParseMessage, HasOneForm) {
  const std::string good = write_message(Values{{1, "aaaa"}, {2, ""}, {3, "bbbbcccc"}});
  EXPECT_EQ(base::to_hex(as_bytes(good)),
            "03000000"
            "04000000"
            "04000000"
            "01000000"
            "02000000"
            "03000000"
            "61616161"
            "6262626263636363");
  const Message message = parse_message(as_bytes(good)).value();
  EXPECT_EQ(as_text(message.find(3).value()), "bbbbcccc");
  EXPECT_EQ(message.find(2).value().size(), 0U);
  EXPECT_EQ(message.find(3, 4), std::nullopt);
  EXPECT_EQ(message.find(4), std::nullopt);
  const auto refused = [&](std::size_t at, std::uint32_t value) {
    std::string changed = good;
    changed.replace(at, 4, le(value, 4));
    return !parse_message(as_bytes(changed));
  };
  EXPECT_TRUE(refused(0, 0));
  EXPECT_TRUE(refused(0, kRoughtimeTagsMax + 1));
  EXPECT_TRUE(refused(0, 0x80000001));
  EXPECT_TRUE(refused(4, 2));    // not a multiple of four
  EXPECT_TRUE(refused(4, 8));    // descending
  EXPECT_TRUE(refused(8, 16));   // past the end
  EXPECT_FALSE(refused(8, 12));  // at the end
  EXPECT_TRUE(refused(16, 1));   // a tag twice
  EXPECT_TRUE(refused(16, 4));   // descending tags
  EXPECT_FALSE(parse_message(as_bytes(good + "x")));
  EXPECT_FALSE(parse_message({}));
  for (std::size_t size = 0; size < 24; ++size)
    EXPECT_FALSE(parse_message(as_bytes(good.substr(0, size)))) << size;
}

TEST(RoughtimeRequest, IsAPacketOfItsOwnForm) {
  const std::string packet =
      roughtime_request(as_bytes("a checkpoint"), server().long_term.public_key());
  EXPECT_EQ(packet.size(), 12U + 1024U);
  const Message request = parse_message(open_packet(as_bytes(packet)).value()).value();
  EXPECT_EQ(as_text(request.find(tag("VER")).value()), le(1, 4) + le(0x8000000c, 4));
  EXPECT_EQ(as_text(request.find(tag("TYPE")).value()), le(0, 4));
  EXPECT_EQ(as_text(request.find(tag("NONC"), 32).value()),
            sha512("exhibit/roughtime/v1\na checkpoint").substr(0, 32));
  EXPECT_EQ(request.find(tag("SRV"), 32).has_value(), true);
  EXPECT_EQ(tag("NONC"), 0x434e4f4eU);
  EXPECT_EQ(tag("VER"), 0x00524556U);
}

}  // namespace
}  // namespace exhibit::beacon
