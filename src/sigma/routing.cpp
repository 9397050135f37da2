#include "sigma/routing.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "exhibit/seal.h"
#include "sigma/diagnostics.h"
#include "sigma/routing_tables.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {
namespace {

constexpr std::string_view kWindows = "windows";
constexpr std::string_view kWindowsSource = "WinEventLog:";

bool same(std::string_view a, std::string_view b) { return base::ascii_iequals(a, b); }
/// What one side leaves open, the other may fill.
bool compatible(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || same(a, b);
}

bool same_but_event_ids(const Target& a, const Target& b) {
  return a.route.product == b.route.product && a.route.channels == b.route.channels &&
         a.conditions == b.conditions && a.renames == b.renames &&
         a.route.event_ids.empty() == b.route.event_ids.empty();
}

void add(std::vector<Target>& targets, Target target) {
  for (Target& known : targets) {
    if (!same_but_event_ids(known, target)) continue;
    auto& ids = known.route.event_ids;
    ids.insert(ids.end(), target.route.event_ids.begin(), target.route.event_ids.end());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return;
  }
  targets.push_back(std::move(target));
}

}  // namespace

class RoutingReader {
 public:
  RoutingReader(const yaml::Document& document, Diagnostics& diagnostics)
      : d_(document), out_(diagnostics) {}

  bool read(Routing& routing) {
    const yaml::Node& root = d_[d_.root];
    const yaml::Node* list = d_.find(root, "logsources");
    if (list == nullptr || list->kind != yaml::Kind::mapping) {
      out_.error("S201", list == nullptr ? root.mark : list->mark,
                 "a routing table needs a map called 'logsources'");
      return false;
    }
    for (std::size_t i = 0; i + 1 < list->children.size(); i += 2) {
      const yaml::Node& node = d_[list->children[i + 1]];
      if (node.kind != yaml::Kind::mapping) {
        out_.error("S202", node.mark, "an entry of the routing table must be a map");
        return false;
      }
      if (!entry(node, routing)) return false;
    }
    return true;
  }

 private:
  std::string text(const yaml::Node* map, std::string_view key) const {
    const yaml::Node* node = map == nullptr ? nullptr : d_.find(*map, key);
    return node == nullptr || !node->is_scalar() || node->kind == yaml::Kind::null
               ? std::string()
               : std::string(node->text);
  }
  std::vector<std::string> list(const yaml::Node& node) const {
    std::vector<std::string> out;
    if (node.is_scalar()) out.emplace_back(node.text);
    for (const yaml::NodeId id : node.children)
      if (d_[id].is_scalar()) out.emplace_back(d_[id].text);
    return out;
  }

  bool entry(const yaml::Node& node, Routing& routing) {
    Routing::Entry e;
    e.category = text(&node, "category");
    e.product = text(&node, "product");
    e.service = text(&node, "service");
    const yaml::Node* rewrite = d_.find(node, "rewrite");
    e.to_product = text(rewrite, "product");
    e.to_service = text(rewrite, "service");
    if (const yaml::Node* conditions = d_.find(node, "conditions")) {
      for (std::size_t i = 0; i + 1 < conditions->children.size(); i += 2) {
        const yaml::Node& field = d_[conditions->children[i]];
        const yaml::Node& values = d_[conditions->children[i + 1]];
        if (field.text != "EventID")
          e.conditions.emplace_back(field.text, list(values));
        else if (!event_ids(values, e))
          return false;
      }
    }
    if (const yaml::Node* sources = d_.find(node, "sources"))
      for (const std::string& source : list(*sources))
        if (source.starts_with(kWindowsSource))
          e.channels.push_back(source.substr(kWindowsSource.size()));
    if (const yaml::Node* renames = d_.find(node, "fieldmappings"))
      for (std::size_t i = 0; i + 1 < renames->children.size(); i += 2)
        e.renames.emplace_back(d_[renames->children[i]].text, d_[renames->children[i + 1]].text);
    routing.entries_.push_back(std::move(e));
    return true;
  }

  bool event_ids(const yaml::Node& values, Routing::Entry& e) {
    for (const std::string& value : list(values)) {
      std::uint32_t id = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), id);
      if (error != std::errc{} || end != value.data() + value.size()) {
        out_.error("S203", values.mark, "an EventID must be a number");
        return false;
      }
      e.event_ids.push_back(id);
    }
    return true;
  }

  const yaml::Document& d_;
  Diagnostics& out_;
};

std::optional<Routing> Routing::parse(std::string_view name, std::string_view text,
                                      std::vector<Diagnostic>& diagnostics) {
  Diagnostics out(name, text, diagnostics);
  const yaml::File file = yaml::parse(text);
  for (const yaml::Problem& problem : file.problems)
    out.error(problem.code, problem.mark, problem.reason, problem.hint);
  if (!file.problems.empty()) return std::nullopt;
  if (file.documents.size() != 1) {
    out.error("S201", yaml::Mark{}, "a routing table is one YAML document");
    return std::nullopt;
  }
  Routing routing;
  if (!RoutingReader(file.documents[0], out).read(routing)) return std::nullopt;
  routing.text_ = text;
  const seal::Digest digest = seal::sha256(as_bytes(text));
  routing.sha256_ = base::to_hex(digest);
  return routing;
}

std::string_view standard_routing_text() {
  static const std::string text = std::string(routing_categories()) += routing_services();
  return text;
}

const Routing& Routing::standard() {
  static const Routing routing = [] {
    std::vector<Diagnostic> problems;
    auto parsed = parse("(built in)", standard_routing_text(), problems);
    return parsed ? std::move(*parsed) : Routing();  // a test holds that it parses
  }();
  return routing;
}

std::vector<std::string> Routing::channels_of(std::string_view product,
                                              std::string_view service) const {
  std::vector<std::string> channels;
  for (const Entry& e : entries_)
    if (e.category.empty() && same(e.product, product) && same(e.service, service))
      for (const std::string& channel : e.channels)
        if (std::find(channels.begin(), channels.end(), channel) == channels.end())
          channels.push_back(channel);
  return channels;
}

std::vector<Target> Routing::targets(const LogSource& source) const {
  std::vector<Target> out;
  if (!compatible(source.product, kWindows)) return out;
  if (source.category.empty()) {
    Target target;
    if (!source.service.empty()) {
      target.route.channels = channels_of(kWindows, source.service);
      if (target.route.channels.empty()) return out;
    } else if (source.product.empty()) {
      return out;
    }
    out.push_back(std::move(target));
    return out;
  }
  for (const Entry& e : entries_) {
    if (!same(e.category, source.category) || !compatible(e.product, source.product)) continue;
    const std::string& product = e.to_product.empty() ? e.product : e.to_product;
    const std::string& service = e.to_service.empty() ? e.service : e.to_service;
    if (!same(product, kWindows) || !compatible(service, source.service)) continue;
    Target target;
    target.route.channels = e.channels;
    if (target.route.channels.empty() && !service.empty())
      target.route.channels = channels_of(product, service);
    if (target.route.channels.empty()) continue;  // a service that leads nowhere
    target.route.event_ids = e.event_ids;
    target.conditions = e.conditions;
    target.renames = e.renames;
    add(out, std::move(target));
  }
  return out;
}

bool Routing::leads_to(const LogSource& source, std::string_view category,
                       std::string_view channel) const {
  if (!same(source.category, category) || !compatible(source.product, kWindows)) return false;
  if (source.service.empty()) return true;
  const auto channels = channels_of(kWindows, source.service);
  return std::any_of(channels.begin(), channels.end(),
                     [&](const std::string& c) { return same(c, channel); });
}

}  // namespace exhibit::sigma
