// Time stamps: requests, tokens, and everything that may come beside a token. Nothing that is made
// up is valid under an anchor whose key nobody has any more.
//
// The first byte says which part the rest is.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "exhibit/timestamp.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}

// An anchor, and a good token under it over `what is stamped`. Their keys were thrown away.
constexpr std::string_view kAnchor =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBTjCB9aADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBFJvb3QwHhcN\n"
    "MjAwMTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDARSb290MFkw\n"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuM4OY1986s/49LBw1kWaVUgKvLW8kyJ8\n"
    "F9Pa4FKr5KaZo0tOqsSYpBHSDFRO7aJjh5YdEYSoevy5bF2k4W4ETqNCMEAwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFDAmPEBrg6qr\n"
    "ptu1d0SLp5j64KL7MAoGCCqGSM49BAMCA0gAMEUCIQD7O+QvFIeVgoa2J3Gq+fC1\n"
    "wzncF4CYL87Apmx9+L9NQgIgc4oBQyZHSIYe2oqnn60O5N2USQxSEhiOojefqR5N\n"
    "n2g=\n"
    "-----END CERTIFICATE-----\n";
constexpr std::string_view kToken =
    "3082034706092a864886f70d010702a082033830820334020103310d300b06096086480165030402013070060b2a"
    "864886f70d0109100104a061045f305d02010106042a0304013031300d0609608648016503040201050004201db8"
    "eae50d1da1e143ed5e564a7c86de5affe7d638b99f24f2fbbcb684e6e86a02021267180f32303236303630313132"
    "303030305a300302010102056e6f6e6365a08201683082016430820109a003020102020103300a06082a8648ce3d"
    "040302300f310d300b06035504030c04526f6f74301e170d3230303130313030303030305a170d33353031303130"
    "30303030305a300e310c300a06035504030c035453413059301306072a8648ce3d020106082a8648ce3d03010703"
    "420004e340c262257f1df1b05d10df3c80d1a540b0e7c94a0e3e7cbbf918426180356f4c5fc3fa0803050304bc41"
    "9d0593786a3dd7d1cd64f5d2d65ed2ed8060c0bb73a3573055300c0603551d130101ff04023000300e0603551d0f"
    "0101ff04040302078030160603551d250101ff040c300a06082b06010505070308301d0603551d0e04160414f7cd"
    "33558488b9feda3cee033ab64eafd7946dc0300a06082a8648ce3d0403020349003046022100c15ec79180405808"
    "7f8b1d60e9cb337a5336270a8a1f4af616a042dec0dc51ea022100f02cb86c2ad94bed852e49a94a141c90cf661d"
    "1cee95f54c2e458f29a9c4d19d318201403082013c0201013014300f310d300b06035504030c04526f6f74020103"
    "300b0609608648016503040201a081be301a06092a864886f70d010903310d060b2a864886f70d0109100104301c"
    "06092a864886f70d010905310f170d3236313132333031303733335a302f06092a864886f70d010904312204205a"
    "b640fb7ed2d44ce2f386d2b37674f2672ee59461b1a04f5f24c61c859254d83051060b2a864886f70d010910022f"
    "31423040303e303c04209410dfbe68610a3a1d52f2241b5528ff86de91798d98fff14cca18eec4f9df7230183013"
    "a411300f310d300b06035504030c04526f6f74020103300a06082a8648ce3d040302044730450220768566f59d99"
    "c07c70fa37ccfdff3e3812d9f1d541ada8d9bac70d66de29a746022100dd6ce369f6ea40d41aedd8b6087fe14522"
    "8db5d95bd3bedeae7a4a6c26f967f3";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::string kGood = base::from_hex(kToken).value();
  const Bytes bytes = std::as_bytes(std::span(data + 1, size - 1));
  const std::vector<std::string> files{std::string(as_text(bytes))};
  timestamp::Evidence evidence{.stamped = as_bytes("what is stamped"), .token = as_bytes(kGood)};
  timestamp::Trust trust{.anchors_pem = std::string(kAnchor)};
  switch (data[0]) {
    case '0': {
      const auto request = timestamp::parse_request(bytes);
      if (request) require(request->nonce.size() <= timestamp::kNonceSizeMax);
      return 0;
    }
    case '1':
      evidence.token = bytes;
      break;
    case '2':
      evidence.request = bytes;
      break;
    case '3':
      evidence.crls = files;
      evidence.ocsp_responses = files;
      break;
    default:
      trust.anchors_pem = files.front();
      evidence.certificates_pem = files.front();
  }
  const auto report = timestamp::verify_token(evidence, trust);
  if (!report) return 0;
  require(!report->checks.empty() && report->checks.front().id == "timestamp.form");
  require(report->verdict() != timestamp::Verdict::valid);
  if (report->time) require(report->time->not_before <= report->time->not_after);
  return 0;
}
