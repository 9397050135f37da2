#include "sigma/regex.h"

#include <re2/re2.h>

#include <utility>

namespace exhibit::sigma {

struct Regex::Impl {
  re2::RE2 compiled;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::optional<Regex> Regex::compile(std::string_view pattern, std::string& reason) {
  if (pattern.size() > kMaxRegexSizeBytes) {
    reason = "the pattern is longer than " + std::to_string(kMaxRegexSizeBytes) + " bytes";
    return std::nullopt;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(static_cast<std::int64_t>(kMaxRegexMemoryBytes));
  auto impl = std::unique_ptr<Impl>(
      new Impl{re2::RE2(re2::StringPiece(pattern.data(), pattern.size()), options)});
  if (!impl->compiled.ok()) {
    reason = impl->compiled.error();
    return std::nullopt;
  }
  return Regex(std::move(impl));
}

bool Regex::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), impl_->compiled);
}

}  // namespace exhibit::sigma
