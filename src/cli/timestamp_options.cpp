#include "cli/timestamp_options.h"

#include "cli/safe_text.h"
#include "cli/small_file.h"

namespace exhibit::cli {

bool read_authorities(const Arguments& arguments, const Console& console, timestamp::Trust& out) {
  for (const auto& path : arguments.values("tsa-ca")) {
    const auto pem = read_small_file(std::string(path), timestamp::kCertificatesSizeMax);
    if (!pem) {
      console.error("--tsa-ca " + safe_text(path) + ": " + describe(pem.error()));
      return false;
    }
    out.anchors_pem += *pem + "\n";
  }
  for (const auto& oid : arguments.values("tsa-policy")) out.policies.emplace_back(oid);
  return true;
}

}  // namespace exhibit::cli
