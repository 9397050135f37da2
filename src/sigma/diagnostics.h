// Collects what is wrong with one rule file, each with the place it stands at.
//
// Ownership:  borrows the file's name and bytes; appends to a caller's list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exhibit/export.h"
#include "exhibit/sigma.h"
#include "sigma/yaml.h"

namespace exhibit::sigma {

class Diagnostics {
 public:
  Diagnostics(std::string_view file EXHIBIT_LIFETIMEBOUND,
              std::string_view bytes EXHIBIT_LIFETIMEBOUND, std::vector<Diagnostic>& out);

  void error(std::string_view code, const yaml::Mark& mark, std::string reason,
             std::string hint = {});
  void warning(std::string_view code, const yaml::Mark& mark, std::string reason,
               std::string hint = {});
  /// The mark of `length` bytes at byte `offset` of a scalar's text: under the very token when the
  /// source shows it there, else under the whole scalar.
  [[nodiscard]] yaml::Mark within(const yaml::Node& scalar, std::size_t offset,
                                  std::size_t length) const;

 private:
  void add(Severity severity, std::string_view code, const yaml::Mark& mark, std::string reason,
           std::string hint);

  [[nodiscard]] const std::vector<std::string_view>& lines() const;

  std::string_view file_, bytes_;
  mutable std::vector<std::string_view> lines_;  // found when first asked for
  std::vector<Diagnostic>& out_;
};

/// The candidate that `word` is most likely a slip of, or "" when none is near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace exhibit::sigma
