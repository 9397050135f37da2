// Tokens over tokens: an authority that expired, fell or vanished leaves what it stamped good, if
// it was stamped again in time.
#include <gtest/gtest.h>

#include "seal/time/authority_test.h"

namespace exhibit::timestamp {
namespace {

using namespace test;

// One root; a unit of 2020 and 2021, one of 2021 to 2025, one of 2025 to 2030.
struct Generations {
  Party root = make_party({.name = "Root", .until = "2050-01-01T00:00:00Z", .authority = true});
  Party first = unit("First", "2020-01-01T00:00:00Z", "2022-01-01T00:00:00Z", 2);
  Party second = unit("Second", "2021-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 3);
  Party third = unit("Third", "2025-01-01T00:00:00Z", "2030-01-01T00:00:00Z", 4);
  Trust trust{.anchors_pem = pem({&root})};

  Party unit(const char* name, const char* from, const char* until, long serial) {
    return make_party(
        {.name = name, .issuer = &root, .from = from, .until = until, .serial = serial});
  }
};
const Generations& world() {
  static const Generations kWorld;
  return kWorld;
}

std::string token(const Party& unit, const std::string& time, const std::string& stamped) {
  return make_token(
      {.stamped = stamped, .time = time, .signers = {&unit}, .certificates = {&unit}});
}
std::string crl(const std::string& from, const std::string& until,
                std::vector<Revoked> revoked = {}) {
  return make_crl(
      {.issuer = &world().root, .from = from, .until = until, .revoked = std::move(revoked)});
}

constexpr const char* kCheckpoint = "incident-42/blue\n7\nroot\n";
constexpr const char* kFirstTime = "2021-06-01T00:00:00Z";

// A checkpoint stamped in 2021, stamped again at `second`, and again in 2025. `last_crls` are what
// is known at the end.
struct Chain {
  std::string second = "2021-12-01T00:00:00Z";
  std::string third = "2025-06-01T00:00:00Z";
  std::string first_crl = crl("2021-05-30T00:00:00Z", "2021-06-30T00:00:00Z");
  std::vector<std::string> last_crls{crl("2025-05-30T00:00:00Z", "2025-06-30T00:00:00Z")};
};
Stamped build(const Chain& spec) {
  const Stamped oldest{.bytes = kCheckpoint,
                       .tokens = {token(world().first, kFirstTime, kCheckpoint)},
                       .crls = {spec.first_crl}};
  const std::string manifest = restamp_manifest(oldest).value();
  const Stamped middle{.bytes = manifest,
                       .tokens = {token(world().second, spec.second, manifest)},
                       .certificates = {pem({&world().root})},
                       .crls = {crl("2021-11-30T00:00:00Z", "2021-12-30T00:00:00Z"),
                                crl("2023-05-30T00:00:00Z", "2023-06-30T00:00:00Z")}};
  const std::string outer = restamp_manifest(middle).value();
  return {
      .bytes = outer, .tokens = {token(world().third, spec.third, outer)}, .crls = spec.last_crls};
}
RestampReport judge(const Stamped& newest) {
  return verify_restamped(newest, world().trust).value();
}
using Expected = std::map<std::string, Verdict>;

TEST(VerifyRestamped, AChainOfThreeAuthoritiesHolds) {
  const RestampReport report = judge(build({}));
  ASSERT_EQ(report.levels.size(), 3U);
  EXPECT_EQ(report.verdict(), Verdict::valid);
  EXPECT_EQ(report.bytes, kCheckpoint);
  EXPECT_EQ(report.levels[0].proven_by, at("2025-06-01T00:00:01Z"));
  EXPECT_EQ(report.levels[1].proven_by, at("2021-12-01T00:00:01Z"));
  EXPECT_EQ(report.levels[2].proven_by, at("2021-06-01T00:00:01Z"));
  for (const RestampLevel& level : report.levels) {
    EXPECT_EQ(not_valid(level.checks), Expected{});
    EXPECT_EQ(not_valid(level.tokens.at(0).checks), Expected{});
  }
  EXPECT_EQ(report.levels[0].checks.size(), 1U);
  EXPECT_EQ(report.levels[1].checks.size(), 3U);
}

TEST(VerifyRestamped, AnOldAuthorityMayFallAfterwards) {
  const std::vector<std::string> fallen{
      crl("2025-05-30T00:00:00Z", "2025-06-30T00:00:00Z",
          {{.party = &world().first, .when = "2021-12-15T00:00:00Z", .reason = 1},
           {.party = &world().second, .when = "2025-07-01T00:00:00Z", .reason = 1}})};
  EXPECT_EQ(judge(build({.last_crls = fallen})).verdict(), Verdict::valid);
  // Alone, the same token under the same list proves nothing.
  const std::string bytes = kCheckpoint;
  const std::string alone = token(world().first, kFirstTime, bytes);
  EXPECT_EQ(verify_token({.stamped = as_bytes(bytes), .token = as_bytes(alone), .crls = fallen},
                         world().trust)
                .value()
                .verdict(),
            Verdict::invalid);
}

TEST(VerifyRestamped, ATokenThatMayHaveBeenDatedBackIsFound) {
  // The key was out before the token was stamped again; the old list that lies in the manifest
  // knows nothing of it, the later one does.
  const RestampReport report = judge(
      build({.last_crls = {
                 crl("2025-05-30T00:00:00Z", "2025-06-30T00:00:00Z",
                     {{.party = &world().first, .when = "2021-11-15T00:00:00Z", .reason = 1}})}}));
  EXPECT_EQ(report.verdict(), Verdict::invalid);
  EXPECT_EQ(report.levels[0].verdict(), Verdict::valid);
  EXPECT_EQ(report.levels[1].verdict(), Verdict::valid);
  EXPECT_EQ(not_valid(report.levels[2].tokens[0].checks),
            (Expected{{"timestamp.revocation", Verdict::invalid}}));
}

TEST(VerifyRestamped, StampedAgainTooLate) {
  const RestampReport report = judge(build({.second = "2023-06-01T00:00:00Z"}));
  EXPECT_EQ(report.verdict(), Verdict::undecidable);
  EXPECT_EQ(not_valid(report.levels[2].checks),
            (Expected{{"restamp.in_time", Verdict::undecidable}}));
  EXPECT_EQ(report.levels[1].verdict(), Verdict::valid);
}

TEST(VerifyRestamped, AnOlderTokenCannotBeLater) {
  const RestampReport report =
      judge(build({.second = "2021-05-01T00:00:00Z",
                   .last_crls = {crl("2025-05-30T00:00:00Z", "2025-06-30T00:00:00Z"),
                                 crl("2021-04-30T00:00:00Z", "2021-05-30T00:00:00Z")}}));
  EXPECT_EQ(not_valid(report.levels[2].checks), (Expected{{"restamp.order", Verdict::invalid}}));
  EXPECT_EQ(report.verdict(), Verdict::invalid);
}

// A token that proves nothing does not disturb those that do.
TEST(VerifyRestamped, OnlyValidTokensAreInAnyOrder) {
  Stamped oldest{.bytes = kCheckpoint,
                 .tokens = {token(world().first, kFirstTime, kCheckpoint),
                            token(world().second, "2022-06-01T00:00:00Z", "other bytes")},
                 .crls = {crl("2021-05-30T00:00:00Z", "2021-06-30T00:00:00Z")}};
  const std::string manifest = restamp_manifest(oldest).value();
  const RestampReport report =
      judge({.bytes = manifest,
             .tokens = {token(world().second, "2021-12-01T00:00:00Z", manifest)},
             .crls = {crl("2021-11-30T00:00:00Z", "2021-12-30T00:00:00Z")}});
  EXPECT_EQ(report.levels[1].tokens[1].verdict(), Verdict::invalid);
  EXPECT_EQ(report.verdict(), Verdict::valid);
}

TEST(VerifyRestamped, ChangedBytesBreakTheLevelThatStampsThem) {
  Stamped newest = build({});
  const std::size_t place = newest.bytes.find(kCheckpoint);
  newest.bytes[place] = 'I';
  const RestampReport report = judge(newest);
  ASSERT_EQ(report.levels.size(), 3U);
  for (const RestampLevel& level : report.levels)
    EXPECT_EQ(not_valid(level.tokens[0].checks).at("timestamp.imprint"), Verdict::invalid);
  EXPECT_EQ(report.levels[1].checks[1].verdict, Verdict::undecidable);
  EXPECT_EQ(report.levels[1].checks[2].verdict, Verdict::undecidable);
  newest.bytes[place] = 'i';
  newest.bytes.push_back('x');
  const RestampReport longer = judge(newest);
  ASSERT_EQ(longer.levels.size(), 1U);
  EXPECT_EQ(longer.levels[0].checks[0].id, "restamp.form");
  EXPECT_EQ(longer.levels[0].checks[0].verdict, Verdict::invalid);
}

TEST(VerifyRestamped, EachAuthoritySpeaksForItself) {
  const std::string bytes = kCheckpoint;
  const Party stranger = make_party({.name = "Stranger", .from = "2020-01-01T00:00:00Z"});
  const std::string list = crl("2021-05-30T00:00:00Z", "2021-06-30T00:00:00Z");
  const std::string good = token(world().first, kFirstTime, bytes);
  const std::string unknown = token(stranger, "2021-05-01T00:00:00Z", bytes);
  const std::string wrong = token(world().second, kFirstTime, "other");
  const auto judged = [&](std::vector<std::string> tokens) {
    return judge({.bytes = bytes, .tokens = std::move(tokens), .crls = {list}});
  };
  EXPECT_EQ(judged({unknown}).verdict(), Verdict::undecidable);
  EXPECT_EQ(judged({wrong}).verdict(), Verdict::invalid);
  const RestampReport all = judged({wrong, unknown, good});
  EXPECT_EQ(all.verdict(), Verdict::valid);
  ASSERT_EQ(all.levels[0].tokens.size(), 3U);
  EXPECT_EQ(all.levels[0].tokens[0].verdict(), Verdict::invalid);
  EXPECT_EQ(all.levels[0].tokens[1].verdict(), Verdict::undecidable);
  EXPECT_EQ(all.levels[0].tokens[2].verdict(), Verdict::valid);
  // Only what is valid proves a time.
  EXPECT_EQ(all.levels[0].proven_by, at("2021-06-01T00:00:01Z"));
  EXPECT_EQ(judged({}).verdict(), Verdict::invalid);
}

TEST(VerifyRestamped, ManifestsGoEightDeep) {
  std::string bytes = kCheckpoint;
  for (std::size_t depth = 0; depth <= kRestampDepthMax; ++depth) {
    const RestampReport report = judge({.bytes = bytes, .tokens = {"no token"}});
    EXPECT_EQ(report.levels.size(), depth + 1);
    EXPECT_EQ(report.bytes, kCheckpoint);
    bytes = restamp_manifest({.bytes = bytes, .tokens = {"no token"}}).value();
  }
  const RestampReport report = judge({.bytes = bytes, .tokens = {"no token"}});
  EXPECT_EQ(report.levels.size(), kRestampDepthMax + 1);
  EXPECT_EQ(report.levels.back().checks[0].verdict, Verdict::invalid);
}

TEST(RestampManifest, HasOneForm) {
  const Stamped stamped{.bytes = "cp",
                        .tokens = {"t1", "t2"},
                        .certificates = {"c"},
                        .crls = {"l"},
                        .ocsp_responses = {"o"}};
  const std::string manifest = restamp_manifest(stamped).value();
  EXPECT_EQ(manifest, std::string("exhibit/restamp/v1\n"
                                  "\x01\0\0\0\x02"
                                  "cp"
                                  "\x02\0\0\0\x02t1"
                                  "\x02\0\0\0\x02t2"
                                  "\x03\0\0\0\x01"
                                  "c"
                                  "\x04\0\0\0\x01l"
                                  "\x05\0\0\0\x01o",
                                  58));
  EXPECT_TRUE(is_restamp_manifest(as_bytes(manifest)));
  const Stamped read = parse_restamp_manifest(as_bytes(manifest)).value();
  EXPECT_EQ(restamp_manifest(read).value(), manifest);
  EXPECT_EQ(read.tokens, stamped.tokens);
  EXPECT_EQ(read.ocsp_responses, stamped.ocsp_responses);
  for (const std::string& checkpoint : {std::string("exhibit/restamp/v1\n7\nroot\n"),
                                        std::string("exhibit/restamp/v1\n"), std::string()})
    EXPECT_FALSE(is_restamp_manifest(as_bytes(checkpoint)));
}

TEST(RestampManifest, NothingElseIsOne) {
  const std::string manifest =
      restamp_manifest({.bytes = "cp", .tokens = {"t1"}, .crls = {"l"}}).value();
  const auto code = [](const std::string& bytes) {
    const auto parsed = parse_restamp_manifest(as_bytes(bytes));
    return parsed ? ErrorCode::usage : parsed.error().code;
  };
  for (std::size_t size = 0; size < manifest.size(); ++size)
    if (size != manifest.size() - 6) {  // without the CRL it is whole again
      EXPECT_NE(code(manifest.substr(0, size)), ErrorCode::usage) << size;
    }
  const std::string head = "exhibit/restamp/v1\n" + std::string("\x01\0\0\0\0", 5);
  const auto item = [](char kind) { return std::string(1, kind) + std::string("\0\0\0\x01x", 5); };
  EXPECT_EQ(code(head + item(2)), ErrorCode::usage);
  EXPECT_EQ(code(head), ErrorCode::malformed);                      // no token
  EXPECT_EQ(code(head + item(1) + item(2)), ErrorCode::malformed);  // bytes twice
  EXPECT_EQ(code(head + item(3) + item(2)), ErrorCode::malformed);  // order
  EXPECT_EQ(code(head + item(2) + item(6)), ErrorCode::malformed);
  EXPECT_EQ(code(head + item(2) + item(0)), ErrorCode::malformed);
  EXPECT_EQ(code("exhibit/restamp/v1\n" + item(2)), ErrorCode::malformed);
  std::string many = head;
  for (std::size_t i = 0; i < kRestampTokensMax; ++i) many += item(2);
  EXPECT_EQ(code(many), ErrorCode::usage);
  EXPECT_EQ(code(many + item(2)), ErrorCode::limit);
  for (std::size_t i = 1 + kRestampTokensMax; i < kRestampItemsMax; ++i) many += item(4);
  EXPECT_EQ(code(many), ErrorCode::usage);
  EXPECT_EQ(code(many + item(4)), ErrorCode::limit);
  EXPECT_EQ(code(std::string(kRestampSizeMax + 1, 'x')), ErrorCode::limit);
  EXPECT_EQ(restamp_manifest({.bytes = "cp"}).error().code, ErrorCode::usage);
  EXPECT_EQ(
      restamp_manifest({.bytes = std::string(kRestampSizeMax, 'x'), .tokens = {"t"}}).error().code,
      ErrorCode::limit);
  EXPECT_EQ(restamp_manifest({.tokens = std::vector<std::string>(kRestampTokensMax + 1, "t")})
                .error()
                .code,
            ErrorCode::limit);
}

}  // namespace
}  // namespace exhibit::timestamp
