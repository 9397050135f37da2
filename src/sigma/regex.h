// Regular expressions as rules use them: RE2 syntax, case-sensitive, unanchored, over UTF-8.
//
// RE2 decides in time linear in the text, whatever the pattern, so a rule cannot hang a hunt; what
// it cannot take (back-references, look-around) rejects the rule with RE2's own reason.
//
// Threads:  a Regex is const after compile() and may be shared.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::sigma {

inline constexpr std::size_t kMaxRegexSizeBytes = 8192;        // of one pattern, as written
inline constexpr std::size_t kMaxRegexMemoryBytes = 16 << 20;  // of one compiled pattern

class Regex {
 public:
  /// nullopt when RE2 refuses `pattern`; `reason` then holds why, in RE2's words.
  [[nodiscard]] static std::optional<Regex> compile(std::string_view pattern, std::string& reason);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// True when the pattern matches somewhere in `text`.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace exhibit::sigma
