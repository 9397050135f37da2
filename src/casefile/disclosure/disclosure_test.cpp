// Bundles: what is changed in one is found; what is withheld is not in it; what cannot be shown is
// not shown.
#include <cstdlib>
#include <memory>
#include <random>

#include "casefile/case_fixture_test.h"
#include "casefile/disclosure/personal.h"
#include "casefile/disclosure/terms.h"
#include "exhibit/disclosure.h"
#include "exhibit/verify_core.h"

namespace exhibit::casefile {
namespace {

namespace core = verify::core;
using test_case::CaseTest;
using verify::Verdict;

class DisclosureTest : public CaseTest {
 protected:
  DiscloseOptions asked() const {
    DiscloseOptions out;
    out.select.all_findings = true;
    out.to = "CERT-XY";
    return out;
  }
  /// The file at `name`, for the findings of a case that another party has cosigned.
  std::string bundle(const DiscloseOptions& options, const std::string& name = "a.exhibit") {
    Case made = sealed(keys_);
    const auto done = disclose(keys_, made, at(name), options);
    if (!done) throw std::runtime_error(done.error().what.c_str());
    return exhibit::test::read_file(at(name));
  }
  BundleReport report(const std::string& name = "a.exhibit") const {
    auto out = verify_bundle(at(name), brought(false));
    if (!out) throw std::runtime_error(out.error().what.c_str());
    return *std::move(out);
  }
  BundleVerifyOptions brought(bool strict) const {
    BundleVerifyOptions out;
    out.strict = strict;
    out.home = &keys_;
    return out;
  }
  static std::string wrong(const BundleReport& report) {
    std::string out;
    for (const verify::Check& check : report.checks)
      if (check.verdict != Verdict::valid)
        out += check.id + " " + check.subject + ": " + check.why + "\n";
    return out;
  }

  Home keys_ = home();
};

/// The verdict alone.
class Silent final : public core::Listener {
  void check(const core::Check&) override {}
};

TEST_F(DisclosureTest, EveryChangedBitIsFound) {
  DiscloseOptions options;  // no findings: a core without rules cannot decide these
  options.select.filters.event_ids = {1};
  options.fields = {"Image", "EventID"};
  options.to = "CERT-XY";
  const std::string good = bundle(options);
  std::string trust;
  const auto case_keys = keys_.list_case_keys();
  ASSERT_TRUE(case_keys);
  for (const seal::VerifierKey& key : *case_keys) trust += key.to_string() + "\n";
  const std::size_t memory_size = std::size_t{64} << 20;
  const auto memory = std::make_unique<std::byte[]>(memory_size);
  const auto verdict = [&](const std::string& bytes) {
    core::Arena arena(std::span(memory.get(), memory_size));
    core::Brought brought;
    brought.keys = trust;
    Silent silent;
    return core::check_bundle(bytes, brought, arena, silent);
  };
  ASSERT_EQ(verdict(good), Verdict::valid);
  const char* wanted = std::getenv("EXHIBIT_BIT_CHANGES");
  const unsigned changes = wanted == nullptr ? 1'500 : static_cast<unsigned>(std::atoi(wanted));
  std::mt19937_64 random(7);
  for (unsigned n = 0; n < changes; ++n) {
    std::string bad = good;
    const std::uint64_t bit = random() % (8 * bad.size());
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(verdict(bad), Verdict::valid) << "bit " << bit % 8 << " of byte " << bit / 8;
  }
  for (std::size_t n = 0; n < 60; ++n) {
    const std::size_t cut = random() % good.size();
    EXPECT_NE(verdict(good.substr(0, cut)), Verdict::valid) << "cut at " << cut;
    EXPECT_NE(verdict(good + std::string(1 + n * 17, '\0')), Verdict::valid);
  }
}

TEST_F(DisclosureTest, FindingsAreFoundAgain) {
  bundle(asked());
  const BundleReport found = report();
  EXPECT_EQ(found.overall, Verdict::valid) << wrong(found);
  ASSERT_EQ(found.findings.size(), 5u);
  for (const BundleReport::Finding& finding : found.findings) {
    EXPECT_EQ(finding.verdict, Verdict::valid);
    EXPECT_EQ(finding.title, "A shell");
  }
  EXPECT_EQ(found.beyond.size(), 4u);  // two sources
  auto strict = verify_bundle(at("a.exhibit"), brought(true));
  ASSERT_TRUE(strict);
  EXPECT_EQ(strict->overall, Verdict::undecidable);
  EXPECT_EQ(report().checks.size() + found.beyond.size(), strict->checks.size());
}

TEST_F(DisclosureTest, AFindingThatIsNoneIsRefuted) {
  // A party that says a rule spoke on record 1, where it did not: all is signed and proven but
  // that.
  Case made = sealed(keys_);
  const std::string path = at("case/runs/1/findings.jsonl");
  std::string findings = exhibit::test::read_file(path);
  const std::size_t end = test_case::lines(0, 1).size();
  const auto replace = [&](std::string_view what, const std::string& with) {
    const std::size_t found = findings.find(what);
    ASSERT_NE(found, std::string::npos) << what;
    findings.replace(found, what.size(), with);
  };
  replace("\"index\":0,", "\"index\":1,");
  replace("\"offset\":0,", "\"offset\":" + std::to_string(end) + ",");
  exhibit::test::write_file(path, findings);
  ASSERT_TRUE(disclose(keys_, made, at("a.exhibit"), asked()));
  const BundleReport found = report();
  EXPECT_EQ(found.overall, Verdict::invalid) << wrong(found);
  EXPECT_EQ(std::ranges::count(found.findings, Verdict::invalid, &BundleReport::Finding::verdict),
            1);
  EXPECT_NE(wrong(found).find("the rule does not speak on what is opened"), std::string::npos);
}

TEST_F(DisclosureTest, WhatIsWithheldIsNotInIt) {
  DiscloseOptions options = asked();
  options.redactions = {{.field = "HOSTNAME", .reason = Withheld::personal_data}};
  options.select.filters.event_ids = {1};
  const std::string bytes = bundle(options);
  // As values stand in a bundle: three letters alone turn up in any signature's base64.
  EXPECT_EQ(bytes.find(std::string("\0\0\0\3ws1", 7)), std::string::npos);
  EXPECT_EQ(bytes.find("\"ws1\""), std::string::npos);
  EXPECT_NE(bytes.find("notepad.exe"), std::string::npos);
  const BundleReport found = report();
  EXPECT_EQ(found.overall, Verdict::valid) << wrong(found);
  for (const BundleReport::Record& record : found.records)
    EXPECT_EQ(record.withheld.at("personal-data"), 1u);
}

TEST_F(DisclosureTest, AKilledDisclosureLeavesACaseThatVerifies) {
  Case made = sealed(keys_);
  const std::string out = at("never.exhibit");
  unsigned operations = 0;
  files::set_hook([&](std::string_view) { return ++operations, 0; });
  ASSERT_TRUE(disclose(keys_, made, at("first.exhibit"), asked()));
  ASSERT_GT(operations, 8u);
  for (unsigned fail_at = 1; fail_at <= operations; ++fail_at) {
    unsigned n = 0;
    files::set_hook([&](std::string_view) { return ++n == fail_at ? ENOSPC : 0; });
    const auto done = disclose(keys_, made, out, asked());
    files::set_hook([](std::string_view) { return 0; });
    if (!done) {
      EXPECT_FALSE(files::exists(out)) << fail_at;
      const Report whole = verify(made.directory(), keys_);
      EXPECT_EQ(whole.overall, Verdict::valid) << fail_at << "\n" << text(whole);
    } else {
      EXPECT_TRUE(files::remove_all(out));
    }
    EXPECT_FALSE(files::exists(at(".never.exhibit.exhibit-new"))) << fail_at;
  }
}

TEST(BundleTerms, AreReadAsTheyAreWritten) {
  BundleTerms terms;
  terms.case_id = "c";
  terms.party = "p";
  terms.to = "für X";
  terms.findings = {{.source = "s", .stream = 1, .record = 3, .rule_sha256 = "r"}};
  terms.members = {{.name = "n", .sha256 = "h", .size = 5}};
  terms.ranges = {{.source = "s",
                   .stream = 0,
                   .from = 1,
                   .to = 9,
                   .withheld = {{.from = 2, .to = 4, .reason = Withheld::privilege}}}};
  terms.rules = BundleTerms::Rules{.builtin_mapping = true,
                                   .mapping_sha256 = "m",
                                   .routing_sha256 = "t",
                                   .placeholders = {{"list", {"a", "b"}}},
                                   .semantics_version = 3};
  const auto written = bundle_json(terms);
  ASSERT_TRUE(written);
  const auto read = parse_bundle_json(*written);
  ASSERT_TRUE(read);
  EXPECT_EQ(bundle_json(*read), *written);
  EXPECT_EQ(read->rules->placeholders.at("list").size(), 2u);
  EXPECT_EQ(read->ranges[0].withheld[0].reason, Withheld::privilege);
  for (const char* member : {"case", "tlp", "ranges", "rules", "withheld", "reason", "record"}) {
    std::string other = *written;
    other.replace(other.find(std::string("\"") + member + "\"") + 1, 1, "X");
    EXPECT_FALSE(parse_bundle_json(other)) << member;
  }
}

TEST(Tlp, IsReadHoweverItIsWritten) {
  EXPECT_EQ(parse_tlp("TLP:AMBER+STRICT"), Tlp::amber_strict);
  EXPECT_EQ(parse_tlp("tlp:red"), Tlp::red);
  EXPECT_EQ(parse_tlp("Green"), Tlp::green);
  EXPECT_EQ(parse_tlp("WHITE"), std::nullopt);
  EXPECT_EQ(parse_tlp(""), std::nullopt);
}

TEST(PersonalData, IsKnownByNameAndByForm) {
  const auto is = [](std::vector<std::string> names, std::string_view text,
                     event::ValueType type = event::ValueType::utf8) {
    return is_personal(names, type, text);
  };
  EXPECT_TRUE(is({"subjectusername"}, "alice"));
  EXPECT_TRUE(is({"targetusersid"}, "S-1-5-21-1-2-3-500"));
  EXPECT_FALSE(is({"targetusersid"}, "S-1-5-18"));
  EXPECT_FALSE(is({"mandatorylabel"}, "S-1-16-12288", event::ValueType::sid));
  EXPECT_TRUE(is({"x"}, "S-1-5-21-1-2-3-500", event::ValueType::sid));
  EXPECT_TRUE(is({"x"}, "from 10.1.2.3 by"));
  EXPECT_FALSE(is({"x"}, "10.0.19041.1"));
  EXPECT_FALSE(is({"x"}, "1.2.3"));
  EXPECT_TRUE(is({"x"}, "fe80::1%3"));
  EXPECT_TRUE(is({"x"}, "mail alice@example.org now"));
  EXPECT_FALSE(is({"x"}, "user@host"));
  EXPECT_TRUE(is({"x"}, R"(C:\Users\alice\x.exe)"));
  EXPECT_FALSE(is({"image"}, R"(C:\Windows\cmd.exe)"));
  EXPECT_FALSE(is({"user"}, "-"));
  EXPECT_FALSE(is({"user"}, ""));
}

}  // namespace
}  // namespace exhibit::casefile
