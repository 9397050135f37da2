#include <exhibit/casefile.h>
#include <exhibit/rule_tests.h>
#include <exhibit/seal.h>
#include <exhibit/sigma.h>

#include <cstdio>

int main() {
  const auto pack = exhibit::sigma::load_rules_from_memory(
      {{"one.yml",
        "title: One\nid: 5f3a2c1e-0000-4000-8000-000000000001\nlogsource:\n  product: windows\n"
        "  service: security\ndetection:\n  s:\n    EventID: 1102\n  condition: s\n"}});
  const auto digest = exhibit::seal::sha256(exhibit::as_bytes("abc"));
  // FIPS 180-4, example of SHA-256("abc"): ba7816bf…
  const bool right = digest[0] == std::byte{0xba} && digest[1] == std::byte{0x78};
  std::printf("%zu rule, case format %.*s, hash %s\n", pack.rules.size(),
              static_cast<int>(exhibit::casefile::kFormat.size()),
              exhibit::casefile::kFormat.data(), right ? "right" : "wrong");
  return pack.rules.size() == 1 && right ? 0 : 1;
}
