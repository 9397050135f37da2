#include "evidence/evtx_paths.h"

#include <cstring>

#include "base/text.h"
#include "evidence/evtx_format.h"

namespace exhibit::evidence::evtx {

void append_component(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '.' || c == '\\') out += '\\';
    out += c;
  }
}

bool Paths::refresh() {
  met_full_table_ = false;
  if (table_.size() > kPathsMax / 2) table_.clear();
  if (table_.generation() == generation_) return false;
  forget();
  return true;
}

void Paths::clear() {
  table_.clear();
  forget();
}

void Paths::forget() {
  known_.clear();
  generation_ = table_.generation();
  met_full_table_ = false;
}

std::optional<event::PathId> Paths::below(event::PathId parent, Step step, Bytes name) {
  key_.assign(sizeof parent, '\0');
  std::memcpy(key_.data(), &parent, sizeof parent);
  key_ += static_cast<char>(step);
  key_ += as_text(name);
  if (const auto found = known_.find(key_); found != known_.end()) return found->second;

  if (table_.size() >= kPathsMax || known_.size() >= kPathsMax) {
    met_full_table_ = true;
    return std::nullopt;
  }
  std::string path;
  if (parent != kNoPath) {
    path = table_.path(parent);
    path += step == Step::attribute ? ".#attributes." : ".";
  }
  text_.clear();
  if (step == Step::data) {
    text_ = as_text(name);
  } else {
    base::append_utf16le(text_, name);
  }
  append_component(path, text_);
  if (path.size() > kPathBytesMax) return std::nullopt;
  const event::PathId id = table_.intern(path);
  known_.emplace(key_, id);
  return id;
}

}  // namespace exhibit::evidence::evtx
