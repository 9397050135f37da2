// Bitcoin block headers: public facts that prove themselves, and every trap of a target.
#include "seal/time/block_header.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "exhibit/beacon.h"

namespace exhibit::beacon {
namespace {

using Verdicts = std::vector<std::pair<std::string, Verdict>>;
Verdicts verdicts(const BlockReport& report) {
  Verdicts out;
  for (const Check& check : report.checks) out.emplace_back(check.id, check.verdict);
  return out;
}
const Verdicts kAllValid{{"block.form", Verdict::valid},
                         {"block.target", Verdict::valid},
                         {"block.work", Verdict::valid},
                         {"block.difficulty", Verdict::valid}};

struct Known {
  std::string_view header, hash, time;
  std::uint64_t difficulty;  // rounded down
};
// Blocks 0, 125,552 and 876,960.
constexpr std::array<Known, 3> kKnown{
    {{"0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7"
      "2c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
      "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", "2009-01-03T18:15:05Z",
      1},
     {"0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423"
      "db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695",
      "00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d", "2011-05-21T17:26:31Z",
      244'112},
     {"00e0ff3770d3358d24864b8137e600a0d4150157a83f47ab282400000000000000000000e6cc8c712991dbca8da9"
      "4b4d238c7034a35d2e825478a9bf1d0ff1b0e7cdcd6659c571675c9002177e179038",
      "0000000000000000000139773a9f91a256b5472f619b4bd297d07836a6587ffe", "2024-12-29T21:55:37Z",
      109'782'075'598'905}}};

TEST(BlockHeader, KnownBlocksHoldAtTheirOwnDifficulty) {
  for (const Known& known : kKnown) {
    const std::string raw = base::from_hex(known.header).value();
    for (const std::string& input :
         {raw, std::string(known.header), std::string(known.header) + "\r\n"}) {
      const BlockReport report = check_block_header(as_bytes(input), known.difficulty);
      EXPECT_EQ(verdicts(report), kAllValid);
      EXPECT_EQ(report.header->hash_text(), known.hash);
      EXPECT_EQ(report.not_before,
                base::parse_time(known.time).value() - 2 * 3600 * base::kTicksPerSecond)
          << base::to_rfc3339(report.not_before.value());
    }
    const BlockReport above = check_block_header(as_bytes(raw), known.difficulty + 1);
    EXPECT_EQ(above.checks.back().verdict, Verdict::invalid);
    EXPECT_EQ(above.not_before, std::nullopt);
  }
  const auto with_default = [](const Known& known) {
    return check_block_header(as_bytes(known.header)).verdict();
  };
  EXPECT_EQ(with_default(kKnown[0]), Verdict::invalid);
  EXPECT_EQ(with_default(kKnown[1]), Verdict::invalid);
  EXPECT_EQ(with_default(kKnown[2]), Verdict::valid);
}

TEST(BlockHeader, AnyChangedBitLosesTheWork) {
  const std::string raw = base::from_hex(kKnown[2].header).value();
  for (std::size_t bit = 0; bit < 8 * raw.size(); ++bit) {
    std::string changed = raw;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(check_block_header(as_bytes(changed)).verdict(), Verdict::invalid) << bit;
  }
}

TEST(BlockHeader, AnEasyTargetIsNotBelieved) {
  // Regression networks allow 0x207fffff: one hash in two meets it.
  std::string raw(kBlockHeaderSize, '\0');
  raw.replace(72, 4, "\xff\xff\x7f\x20");
  for (char nonce = 0; nonce < 64; ++nonce) {
    raw[76] = nonce;
    const BlockReport report = check_block_header(as_bytes(raw), 0);
    if (report.checks[2].verdict != Verdict::valid) continue;
    EXPECT_EQ(report.checks[3].verdict, Verdict::invalid);
    return;
  }
  FAIL() << "no hash of 64 met a target that half of them meet";
}

TEST(BlockHeader, TakesOneFormOnly) {
  const std::string hex(kKnown[0].header);
  const std::string raw = base::from_hex(hex).value();
  for (const std::string& input : {raw.substr(1), raw + '\0', hex.substr(2), hex + "00", "0x" + hex,
                                   " " + hex, hex + std::string(17, '\n'), hex.substr(0, 159) + "g",
                                   std::string(), std::string(1 << 20, '\n')})
    EXPECT_EQ(verdicts(check_block_header(as_bytes(input), 1)),
              (Verdicts{{"block.form", Verdict::invalid}}));
}

// Source of the vectors: the rules of arith_uint256::SetCompact, and Bitcoin Core's own examples.
TEST(DecodeTarget, HasTheTrapsOfTheCompactForm) {
  const auto text = [](std::uint32_t bits) {
    Number value = decode_target(bits).value;
    EXPECT_EQ(decode_target(bits).problem, TargetProblem::none) << std::hex << bits;
    std::ranges::reverse(value);
    const std::string hex = base::to_hex(value);
    return hex.substr(std::min(hex.find_first_not_of('0'), hex.size() - 1));
  };
  const auto problem = [](std::uint32_t bits) { return decode_target(bits).problem; };
  for (const std::uint32_t bits :
       {0x00000000U, 0x00123456U, 0x01003456U, 0x02000056U, 0x03000000U, 0x04000000U, 0x00923456U,
        0x01803456U, 0x02800056U, 0x03800000U, 0x04800000U, 0xff000000U, 0xff800000U})
    EXPECT_EQ(problem(bits), TargetProblem::zero) << std::hex << bits;
  for (const std::uint32_t bits : {0x01fedcbaU, 0x04923456U, 0x03800001U, 0xff812345U})
    EXPECT_EQ(problem(bits), TargetProblem::negative) << std::hex << bits;
  for (const std::uint32_t bits :
       {0xff123456U, 0x23000001U, 0x22000100U, 0x21010000U, 0x2100ffffU + 1})
    EXPECT_EQ(problem(bits), TargetProblem::overflow) << std::hex << bits;
  EXPECT_EQ(text(0x01123456), "12");
  EXPECT_EQ(text(0x02008000), "80");
  EXPECT_EQ(text(0x02123456), "1234");
  EXPECT_EQ(text(0x03123456), "123456");
  EXPECT_EQ(text(0x04123456), "12345600");
  EXPECT_EQ(text(0x05009234), "92340000");
  EXPECT_EQ(text(0x20123456), "123456" + std::string(58, '0'));
  EXPECT_EQ(text(0x22000001), "1" + std::string(62, '0'));
  EXPECT_EQ(text(0x2100ffff), "ffff" + std::string(60, '0'));
  EXPECT_EQ(text(0x1d00ffff), "ffff" + std::string(52, '0'));
}

TEST(TargetOf, DividesTheTargetOfDifficultyOne) {
  const auto text = [](std::uint64_t difficulty) {
    Number value = target_of(difficulty);
    std::ranges::reverse(value);
    return base::to_hex(value);
  };
  EXPECT_EQ(text(1), "00000000ffff" + std::string(52, '0'));
  EXPECT_EQ(text(0), text(1));
  EXPECT_EQ(text(0x10000), "000000000000ffff" + std::string(48, '0'));
  EXPECT_EQ(text(3), "0000000055550000000000000000000000000000000000000000000000000000");
  EXPECT_EQ(text(~std::uint64_t{0}),
            "000000000000000000000000ffff000000000000ffff000000000000ffff0000");
}

TEST(Unverified, IsNeverValid) {
  EXPECT_EQ(unverified("newspaper").verdict, Verdict::undecidable);
  EXPECT_TRUE(unverified("newspaper").why.starts_with("unverified"));
}

}  // namespace
}  // namespace exhibit::beacon
