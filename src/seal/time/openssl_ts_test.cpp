// The openssl program as the other side: it stamps what we ask, we judge it, and it judges what we
// asked. Skipped where the program is not there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "exhibit/timestamp.h"
#include "support/support.h"

namespace exhibit::timestamp {
namespace {

class OpensslTs : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("openssl version >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "the openssl program is not here";
    write("tsa.cnf",
          "[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\n"
          "keyUsage=critical,keyCertSign,cRLSign\n[unit]\nbasicConstraints=critical,CA:FALSE\n"
          "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
          "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_cert=unit.pem\ncerts=ca.pem\n"
          "signer_key=unit.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\n"
          "other_policies=1.2.3.4.2\ndigests=sha256,sha512\naccuracy=secs:1,millisecs:500\n"
          "clock_precision_digits=6\ness_cert_id_alg=sha256\ntsa_name=yes\n");
    write("serial", "0A");
    const char* const kKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
    openssl("req -x509 -config tsa.cnf -extensions ca -subj /CN=CA -days 30 " + std::string(kKey) +
            "-keyout ca.key -out ca.pem");
    openssl("req -config tsa.cnf -subj /CN=Unit " + std::string(kKey) +
            "-keyout unit.key -out unit.csr");
    openssl(
        "x509 -req -in unit.csr -CA ca.pem -CAkey ca.key -set_serial 9 -days 20 -extfile tsa.cnf "
        "-extensions unit -out unit.pem");
    write("data", kStamped);
  }
  void write(const char* name, std::string_view text) {
    test::write_file(folder_.path() / name, text);
  }
  std::string read(const char* name) { return test::read_file(folder_.path() / name); }
  int run(const std::string& arguments) {
    return std::system(
        ("cd '" + folder_.path().string() + "' && openssl " + arguments + " >log 2>&1").c_str());
  }
  void openssl(const std::string& arguments) {
    ASSERT_EQ(run(arguments), 0) << arguments << '\n' << read("log");
  }
  TokenReport judge(const char* answer, const std::string& request) {
    const std::string token = read(answer);
    return verify_token({.stamped = as_bytes(kStamped),
                         .token = as_bytes(token),
                         .request = as_bytes(request)},
                        {.anchors_pem = read("ca.pem")})
        .value();
  }
  static constexpr std::string_view kStamped = "incident-42/blue\n7\nroot\n";
  test::TempDir folder_;
};

// All valid but revocation, of which nothing was given.
void expect_good(const TokenReport& report) {
  for (const Check& check : report.checks)
    EXPECT_EQ(check.verdict,
              check.id == "timestamp.revocation" ? Verdict::undecidable : Verdict::valid)
        << check.id << ": " << check.why;
}

TEST_F(OpensslTs, AnswersWhatWeAskAndWeAcceptIt) {
  const std::string request =
      make_request(as_bytes(kStamped), as_bytes("a nonce"), "1.2.3.4.2").value();
  write("q.tsq", request);
  openssl("ts -reply -queryfile q.tsq -config tsa.cnf -out r.tsr");
  const TokenReport report = judge("r.tsr", request);
  expect_good(report);
  EXPECT_EQ(report.checks.size(), 14U);
  EXPECT_EQ(report.policy, "1.2.3.4.2");
  EXPECT_EQ(report.authority, "CN=Unit");
  EXPECT_EQ(report.time->not_after - report.time->not_before, 30'000'000);
  EXPECT_NE(*report.generated % 10'000'000, 0);  // it has a fraction
  openssl("ts -verify -queryfile q.tsq -in r.tsr -CAfile ca.pem");
  openssl("ts -verify -data data -in r.tsr -CAfile ca.pem");

  openssl("ts -reply -in r.tsr -token_out -out r.tst");
  expect_good(judge("r.tst", request));
  const std::string chain = report.chain_pem;
  EXPECT_EQ(chain, read("unit.pem") + read("ca.pem"));
}

TEST_F(OpensslTs, AsksAndWeReadIt) {
  openssl("ts -query -data data -sha512 -cert -tspolicy 1.2.3.4.1 -out q.tsq");
  const std::string request = read("q.tsq");
  const Request read_back = parse_request(as_bytes(request)).value();
  EXPECT_EQ(read_back.imprint_algorithm, "SHA512");
  EXPECT_EQ(read_back.policy, "1.2.3.4.1");
  EXPECT_EQ(read_back.nonce.size(), 8U);
  openssl("ts -reply -queryfile q.tsq -config tsa.cnf -out r.tsr");
  expect_good(judge("r.tsr", request));
  // The same answer to another request, which openssl refuses as well.
  const std::string other = make_request(as_bytes(kStamped), as_bytes("another")).value();
  write("other.tsq", other);
  EXPECT_NE(run("ts -verify -queryfile other.tsq -in r.tsr -CAfile ca.pem"), 0);
  EXPECT_EQ(judge("r.tsr", other).verdict(), Verdict::invalid);
}

TEST_F(OpensslTs, RefusesAndWeSaySo) {
  openssl("ts -query -data data -sha384 -out q.tsq");
  openssl("ts -reply -queryfile q.tsq -config tsa.cnf -out r.tsr");
  const TokenReport report = judge("r.tsr", read("q.tsq"));
  ASSERT_EQ(report.checks.size(), 2U);
  EXPECT_EQ(report.checks[1].id, "timestamp.status");
  EXPECT_EQ(report.checks[1].verdict, Verdict::invalid);
  EXPECT_TRUE(report.checks[1].why.starts_with("rejected: algorithm not supported (\""))
      << report.checks[1].why;
}

TEST_F(OpensslTs, ItsListsOfRevokedCertificatesDecide) {
  const std::string request = make_request(as_bytes(kStamped), as_bytes("n")).value();
  write("q.tsq", request);
  openssl("ts -reply -queryfile q.tsq -config tsa.cnf -out r.tsr");
  write("ca.cnf",
        "[ca]\ndefault_ca=one\n[one]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=30\n");
  write("index", "");
  const std::string token = read("r.tsr");
  const std::string anchors = read("ca.pem");
  const auto revocation = [&] {
    openssl("ca -config ca.cnf -keyfile ca.key -cert ca.pem -gencrl -out list.pem");
    const std::vector<std::string> crls{read("list.pem")};
    return verify_token({.stamped = as_bytes(kStamped), .token = as_bytes(token), .crls = crls},
                        {.anchors_pem = anchors})
        .value()
        .checks.back()
        .verdict;
  };
  EXPECT_EQ(revocation(), Verdict::valid);
  openssl(
      "ca -config ca.cnf -keyfile ca.key -cert ca.pem -crl_reason keyCompromise -revoke "
      "unit.pem");
  EXPECT_EQ(revocation(), Verdict::invalid);
}

}  // namespace
}  // namespace exhibit::timestamp
