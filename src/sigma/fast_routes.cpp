#include "sigma/fast_routes.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace exhibit::sigma::fast {
namespace {

std::string key_of(const Route& route) {
  std::string key(1, static_cast<char>(route.product));
  for (const std::string& channel : route.channels) {
    key += channel;
    key += '\0';
  }
  key += '\0';  // no channel is empty
  for (const std::uint32_t id : route.event_ids) key += std::to_string(id) + ',';
  return key;
}

template <class T>
void make_distinct(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

RouteTable::RouteTable(const RulePack& pack) {
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_key;
  of_variant_.reserve(pack.variants.size());
  for (const Variant& variant : pack.variants) {
    // Rules of one folder mostly share a route.
    if (!of_variant_.empty() && *routes_[of_variant_.back()] == variant.route) {
      of_variant_.push_back(of_variant_.back());
      continue;
    }
    auto& same_key = by_key[key_of(variant.route)];
    auto known = std::find_if(same_key.begin(), same_key.end(),
                              [&](std::uint32_t i) { return *routes_[i] == variant.route; });
    if (known == same_key.end()) {
      known = same_key.insert(same_key.end(), static_cast<std::uint32_t>(routes_.size()));
      routes_.push_back(&variant.route);
    }
    of_variant_.push_back(*known);
  }
  for (const Route* route : routes_) {
    channels_.insert(channels_.end(), route->channels.begin(), route->channels.end());
    event_ids_.insert(event_ids_.end(), route->event_ids.begin(), route->event_ids.end());
  }
  make_distinct(channels_);
  make_distinct(event_ids_);
}

std::vector<std::uint32_t> RouteTable::admitted(std::string_view channel, std::uint32_t event_id,
                                                event::Product product) const {
  std::vector<char> is_admitted(routes_.size());
  for (std::size_t i = 0; i < routes_.size(); ++i)
    is_admitted[i] = admits(*routes_[i], channel, event_id, product) ? 1 : 0;
  std::vector<std::uint32_t> variants;
  for (std::uint32_t i = 0; i < of_variant_.size(); ++i)
    if (is_admitted[of_variant_[i]] != 0) variants.push_back(i);
  return variants;
}

}  // namespace exhibit::sigma::fast
