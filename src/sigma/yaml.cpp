#include "sigma/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/text.h"

namespace exhibit::sigma::yaml {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kNodesExpected = 128;  // of a rule
constexpr std::size_t kKeysCompared = 16;    // one by one, below which no table is worth making

Mark to_mark(const yaml_mark_t& start, const yaml_mark_t& end) {
  const auto cap = [](std::size_t n) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(n, 0x7fffffff));
  };
  Mark mark{.line = cap(start.line + 1), .column = cap(start.column + 1), .length = 1};
  if (end.line == start.line && end.column > start.column)
    mark.length = cap(end.column - start.column);
  return mark;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// YAML 1.2.2 section 10.3.2, without octal (`0o7`), which no rule means.
bool is_integer(std::string_view text) {
  if (text.starts_with("0x") && text.size() > 2)
    return text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return is_digits(text);
}

bool is_real(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
    if (!is_digits(exponent)) return false;
    text = text.substr(0, e);
  }
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return e != std::string_view::npos && is_digits(text);
  const std::string_view whole = text.substr(0, dot), part = text.substr(dot + 1);
  if (whole.empty()) return is_digits(part);
  return is_digits(whole) && (part.empty() || is_digits(part));
}

Kind plain_kind(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
    return Kind::null;
  if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
      text == "FALSE")
    return Kind::boolean;
  if (is_integer(text)) return Kind::integer;
  if (is_real(text)) return Kind::real;
  return Kind::text;
}

// Owns one libyaml parser and builds one document after the other.
class Reader {
 public:
  Reader(std::string_view bytes, File& file) : file_(file), bytes_(bytes) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (yaml_parser_initialize(&parser_) == 0) return;  // out of memory
    ready_ = true;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(bytes.data()),
                                 bytes.size());
  }
  ~Reader() {
    if (ready_) yaml_parser_delete(&parser_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void read() {
    while (ready_) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) {
        syntax_error();
        return;
      }
      const bool go_on = take(event);
      yaml_event_delete(&event);
      if (!go_on) return;
    }
  }

 private:
  struct Open {
    NodeId node;
    std::string anchor;
    std::size_t first_child;  // in children_
  };

  bool take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        start_document(event);
        return true;
      case YAML_DOCUMENT_END_EVENT:
        return end_document();
      case YAML_STREAM_END_EVENT:
        return false;
      case YAML_SCALAR_EVENT:
        scalar(event);
        return !stopped_;
      case YAML_SEQUENCE_START_EVENT:
        open(event, Kind::sequence, event.data.sequence_start.anchor);
        return !stopped_;
      case YAML_MAPPING_START_EVENT:
        open(event, Kind::mapping, event.data.mapping_start.anchor);
        return !stopped_;
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return true;
      case YAML_ALIAS_EVENT:
        alias(event);
        return !stopped_;
      default:
        return true;
    }
  }

  void start_document(const yaml_event_t& event) {
    // The first document begins at the file's first byte; later ones at the line of their `---`.
    const std::size_t line = file_.documents.empty() && !any_document_ ? 0 : event.start_mark.line;
    document_ = {};
    document_.nodes.reserve(kNodesExpected);
    document_.begin = line == 0 ? 0 : offset_of(line);
    document_.line = static_cast<std::uint32_t>(line + 1);
    if (any_document_ && last_kept_) file_.documents.back().end = document_.begin;
    any_document_ = true;
    last_kept_ = false;
    has_root_ = false;
    broken_ = false;
    open_.clear();
    children_.clear();
    anchors_.clear();
  }

  bool end_document() {
    if (broken_) {
      ++file_.rejected;
    } else if (has_root_ && document_[document_.root].kind != Kind::null) {
      document_.end = bytes_.size();
      file_.documents.push_back(std::move(document_));
      last_kept_ = true;
      if (file_.documents.size() >= kMaxDocuments) {
        problem("S104", Mark{},
                "the file holds more than " + std::to_string(kMaxDocuments) + " documents",
                "split the file");
        ++file_.rejected;
        return false;
      }
    }
    return true;
  }

  // Adds a node and hangs it below the innermost open collection.
  NodeId add(Node node) {
    const auto id = static_cast<NodeId>(document_.nodes.size());
    document_.nodes.push_back(std::move(node));
    hang(id);
    return id;
  }

  void hang(NodeId id) {
    if (open_.empty()) {
      document_.root = id;
      has_root_ = true;
      return;
    }
    Node& parent = document_.nodes[open_.back().node];
    children_.push_back(id);
    parent.expanded += document_.nodes[id].expanded;
    if (parent.expanded > kMaxNodes || document_.nodes.size() > kMaxNodes)
      stop("S104", document_.nodes[id].mark,
           "the document holds more than " + std::to_string(kMaxNodes) + " nodes",
           "split the rule");
  }

  void scalar(const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    Node node;
    node.text = kept({reinterpret_cast<const char*>(data.value), data.length});
    node.plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    node.kind = node.plain && data.plain_implicit != 0 ? plain_kind(node.text) : Kind::text;
    node.mark = to_mark(event.start_mark, event.end_mark);
    const NodeId id = add(std::move(node));
    remember(data.anchor, id);
  }

  void open(const yaml_event_t& event, Kind kind, const yaml_char_t* anchor) {
    Node node;
    node.kind = kind;
    node.mark = to_mark(event.start_mark, event.start_mark);
    if (open_.size() >= kMaxDepth) {
      stop("S104", node.mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels", "");
      return;
    }
    const auto id = static_cast<NodeId>(document_.nodes.size());
    document_.nodes.push_back(std::move(node));
    open_.push_back(
        {id, anchor != nullptr ? reinterpret_cast<const char*>(anchor) : "", children_.size()});
  }

  std::string_view kept(std::string_view text) {
    if (text.empty()) return {};
    auto* copy = static_cast<char*>(file_.storage->allocate(text.size(), 1));
    std::copy(text.begin(), text.end(), copy);
    return {copy, text.size()};
  }
  std::span<const NodeId> kept(std::span<const NodeId> ids) {
    if (ids.empty()) return {};
    auto* copy = static_cast<NodeId*>(file_.storage->allocate(ids.size_bytes(), alignof(NodeId)));
    std::copy(ids.begin(), ids.end(), copy);
    return {copy, ids.size()};
  }

  void close() {
    if (open_.empty()) return;
    const Open done = std::move(open_.back());
    open_.pop_back();
    document_.nodes[done.node].children = kept(std::span(children_).subspan(done.first_child));
    children_.resize(done.first_child);
    if (document_[done.node].kind == Kind::mapping) check_keys(done.node);
    hang(done.node);
    // Only now: an alias inside its own anchor must not find it.
    if (!done.anchor.empty()) anchors_[done.anchor] = done.node;
  }

  void remember(const yaml_char_t* anchor, NodeId id) {
    if (anchor != nullptr) anchors_[reinterpret_cast<const char*>(anchor)] = id;
  }

  void alias(const yaml_event_t& event) {
    const std::string name = reinterpret_cast<const char*>(event.data.alias.anchor);
    const Mark mark = to_mark(event.start_mark, event.end_mark);
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      stop("S103", mark, "alias '*" + name + "' names no anchor before it", "");
      return;
    }
    hang(found->second);
  }

  void check_keys(NodeId id) {
    const Node& mapping = document_[id];
    std::unordered_map<std::string_view, Mark> seen;  // only of large maps: most have a few keys
    const bool is_large = mapping.children.size() > 2 * kKeysCompared;
    const auto find_first = [&](std::size_t index, const Node& key) -> const Mark* {
      if (is_large) {
        const auto [first, inserted] = seen.emplace(key.text, key.mark);
        return inserted ? nullptr : &first->second;
      }
      for (std::size_t i = 0; i < index; i += 2) {
        const Node& other = document_[mapping.children[i]];
        if (other.is_scalar() && other.text == key.text) return &other.mark;
      }
      return nullptr;
    };
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      const Node& key = document_[mapping.children[i]];
      if (!key.is_scalar()) {
        broken("S103", key.mark, "a key must be text, not " + std::string(to_string(key.kind)), "");
        continue;
      }
      if (const Mark* first = find_first(i, key))
        broken("S102", key.mark,
               "key '" + std::string(key.text) + "' stands here a second time (first in line " +
                   std::to_string(first->line) + ")",
               "YAML keeps only one of them: give the values as one list, or use a second search "
               "identifier");
    }
  }

  void problem(const char* code, Mark mark, std::string reason, std::string hint) {
    file_.problems.push_back({code, mark, std::move(reason), std::move(hint)});
  }
  void broken(const char* code, Mark mark, std::string reason, std::string hint) {
    if (!broken_) problem(code, mark, std::move(reason), std::move(hint));
    broken_ = true;
  }
  // The rest of the file is not read.
  void stop(const char* code, Mark mark, std::string reason, std::string hint) {
    if (!stopped_) {
      broken(code, mark, std::move(reason), std::move(hint));
      ++file_.rejected;
    }
    stopped_ = true;
  }

  void syntax_error() {
    if (broken_) {  // its document has its diagnostic already
      ++file_.rejected;
      return;
    }
    ++file_.rejected;
    std::string reason = parser_.problem != nullptr ? parser_.problem : "not YAML";
    if (parser_.context != nullptr) reason = std::string(parser_.context) + ": " + reason;
    if (parser_.error == YAML_READER_ERROR) {
      problem("S105", mark_of_byte(parser_.problem_offset), "not UTF-8 text: " + reason,
              "save the file as UTF-8");
      return;
    }
    problem("S101", to_mark(parser_.problem_mark, parser_.problem_mark), std::move(reason), "");
  }

  [[nodiscard]] Mark mark_of_byte(std::size_t at) {
    Mark mark;
    for (std::size_t i = 0; i < lines().size() && offset_of(i) <= at; ++i)
      mark.line = static_cast<std::uint32_t>(i + 1);
    return mark;
  }
  [[nodiscard]] std::size_t offset_of(std::size_t line) {
    return line < lines().size() ? static_cast<std::size_t>(lines()[line].data() - bytes_.data())
                                 : bytes_.size();
  }
  // Found when first asked for: a file with one good document never asks.
  [[nodiscard]] const std::vector<std::string_view>& lines() {
    if (lines_.empty()) lines_ = lines_of(bytes_);
    return lines_;
  }

  File& file_;
  std::string_view bytes_;
  std::vector<std::string_view> lines_;
  yaml_parser_t parser_{};
  bool ready_ = false;
  bool any_document_ = false, last_kept_ = false;
  bool has_root_ = false, broken_ = false, stopped_ = false;
  Document document_;
  std::vector<Open> open_;
  std::vector<NodeId> children_;  // of the open collections, one after the other
  std::map<std::string, NodeId> anchors_;
};

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
    case Kind::real:
      return "a number";
    case Kind::text:
      return "text";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a map";
  }
  return "";
}

const Node* Document::find(const Node& mapping, std::string_view key) const {
  if (mapping.kind != Kind::mapping) return nullptr;
  for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2)
    if (nodes[mapping.children[i]].text == key) return &nodes[mapping.children[i + 1]];
  return nullptr;
}

File parse(std::string_view bytes) {
  File file;
  if (bytes.size() > kMaxFileSizeBytes) {
    file.problems.push_back(
        {"S104", Mark{},
         "the file is larger than " + std::to_string(kMaxFileSizeBytes >> 20) + " MiB", ""});
    file.rejected = 1;
    return file;
  }
  // Texts are seldom longer than what they are written as; what is more comes in further blocks.
  file.storage = std::make_unique<std::pmr::monotonic_buffer_resource>(bytes.size() + 1024);
  Reader(bytes, file).read();
  return file;
}

// YAML 1.1 section 4.1.4, as libyaml counts lines: LF, CR, CRLF, NEL, LS, PS.
std::vector<std::string_view> lines_of(std::string_view bytes) {
  std::vector<std::string_view> lines;
  std::size_t start = 0, at = 0;
  if (bytes.starts_with(kByteOrderMark)) start = at = kByteOrderMark.size();
  while (at < bytes.size()) {
    const char c = bytes[at];
    if (c != '\n' && c != '\r' && c != '\xC2' && c != '\xE2') {
      ++at;
      continue;
    }
    std::size_t size = 0;
    const std::string_view rest = bytes.substr(at);
    if (rest.starts_with("\r\n"))
      size = 2;
    else if (rest[0] == '\n' || rest[0] == '\r')
      size = 1;
    else if (rest.starts_with("\xC2\x85"))
      size = 2;
    else if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9"))
      size = 3;
    if (size == 0) {
      ++at;
      continue;
    }
    lines.push_back(bytes.substr(start, at - start));
    start = at += size;
  }
  lines.push_back(bytes.substr(start));
  return lines;
}

}  // namespace exhibit::sigma::yaml
