// URLs and places to listen: what is accepted names a host and a port, and cannot end a line of
// HTTP.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "exhibit/http.h"

namespace {

using namespace exhibit;

void require(bool holds) {
  if (!holds) std::abort();
}
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = http::Url::parse(text)) {
    require(!url->host.empty() && !url->port.empty() && url->target.starts_with('/'));
    require(is_plain(url->host) && is_plain(url->port) && is_plain(url->target));
    const auto again =
        http::Url::parse((url->tls ? "https://" : "http://") + url->authority() + url->target);
    require(again || text.size() + 1 >= http::kUrlSizeMax);
    require(!again || (again->host == url->host && again->port == url->port &&
                       again->target == url->target && again->tls == url->tls));
  }
  if (const auto endpoint = http::Endpoint::parse(text)) require(is_plain(endpoint->address));
  return 0;
}
