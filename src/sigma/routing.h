// Routing: from a rule's log source to the channels and event ids that it is put to.
//
// The table is YAML in the form of SigmaHQ's `thor.yml`: entries with `category`, `product`,
// `service`; `conditions` on fields; `rewrite` to another log source; `sources`, of which
// `WinEventLog:<channel>` is understood; `fieldmappings`. What a rule leaves open is taken as any,
// what it names must be met. A rule that no entry leads to a Windows channel stays unrouted: it is
// reported, and never put to events of another product.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibit/sigma.h"

namespace exhibit::sigma {

/// One kind of event that a log source means.
struct Target {
  Route route;
  /// Conditions beyond EventID, all of which must hold: field, values.
  std::vector<std::pair<std::string, std::vector<std::string>>> conditions;
  std::vector<std::pair<std::string, std::string>> renames;  // rule's field, event's field
};

class Routing {
 public:
  /// Problems are appended to `diagnostics`; nullopt when the table is of no use.
  [[nodiscard]] static std::optional<Routing> parse(std::string_view name, std::string_view yaml,
                                                    std::vector<Diagnostic>& diagnostics);
  /// The one that is compiled in.
  [[nodiscard]] static const Routing& standard();

  /// Targets that differ only in event id are one.
  [[nodiscard]] std::vector<Target> targets(const LogSource& source) const;
  /// True when rules of `source` may also be put to events of `channel` that stand for `category`.
  [[nodiscard]] bool leads_to(const LogSource& source, std::string_view category,
                              std::string_view channel) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& sha256() const { return sha256_; }  // of the text

 private:
  struct Entry {
    std::string category, product, service;
    std::string to_product, to_service;
    std::vector<std::uint32_t> event_ids;
    std::vector<std::pair<std::string, std::vector<std::string>>> conditions;
    std::vector<std::string> channels;
    std::vector<std::pair<std::string, std::string>> renames;
  };
  friend class RoutingReader;
  [[nodiscard]] std::vector<std::string> channels_of(std::string_view product,
                                                     std::string_view service) const;

  std::vector<Entry> entries_;
  std::string text_, sha256_;
};

/// The compiled-in table's text.
[[nodiscard]] std::string_view standard_routing_text();

}  // namespace exhibit::sigma
