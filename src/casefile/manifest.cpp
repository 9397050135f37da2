// Hash manifests as other tools write them.
//
// Sources of the forms: hashdeep(1) and md5deep(1); GNU coreutils `md5sum` (a name with a backslash
// or a line break is escaped, and the line begins with a backslash) and its --tag, which is BSD's;
// Velociraptor's uploads.json and its exports of hash() and upload() as JSON lines or CSV.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "casefile/manifest_json.h"
#include "exhibit/acquisition.h"
#include "exhibit/seal.h"

namespace exhibit::casefile {
namespace {

using Line = HashManifest::Line;
using seal::OtherHash;

constexpr std::string_view kHashdeep = "%%%% HASHDEEP-";
constexpr std::size_t kColumnsMax = 256;
constexpr std::size_t kSha256Digits = 64;

// Puts a digest in where it is one; what is no digest of this kind is none at all.
bool put_digest(Digests& out, std::string_view algorithm, std::string_view hex) {
  std::string digest = base::ascii_lower(hex);
  if (!base::from_hex(digest)) return false;
  if (algorithm == "sha256" || algorithm == "sha2-256") {
    if (digest.size() != kSha256Digits) return false;
    out.sha256 = std::move(digest);
    return true;
  }
  const auto hash = seal::parse_other_hash(algorithm == "sha2-512" ? "sha512" : algorithm);
  if (!hash || digest.size() != seal::hex_digits(*hash) || out.find(*hash) != nullptr) return false;
  out.others.emplace_back(*hash, std::move(digest));
  return true;
}

bool has_digest(const Digests& digests) {
  return !digests.sha256.empty() || !digests.others.empty();
}

// Without a name of its own the length says which it is; SM3 is as long as SHA-256 and seldom.
std::string_view algorithm_of_length(std::size_t digits) {
  switch (digits) {
    case 32:
      return "md5";
    case 40:
      return "sha1";
    case 64:
      return "sha256";
    case 128:
      return "sha512";
    default:
      return {};
  }
}

// The names of columns and members that hold a path, the better first.
constexpr std::array<std::string_view, 12> kPathNames{
    "sourcefile", "ospath", "fullpath",          "vfs_path",   "path", "upload.path",
    "filename",   "file",   "upload.storedname", "storedname", "name", "_sourcefile"};

// `Sha256`, `Hash.SHA256` and `upload.sha256` alike.
std::string_view algorithm_named(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  for (const std::string_view known : {"sha256", "md5", "sha1", "sha512", "sm3"})
    if (last == known) return known;
  return {};
}

std::optional<Line> line_of(const JsonTexts& members) {
  Line out;
  std::size_t best = kPathNames.size();
  for (const auto& [name, value] : members) {
    if (const auto algorithm = algorithm_named(name); !algorithm.empty()) {
      put_digest(out.digests, algorithm, value);
      continue;
    }
    const auto* const found = std::ranges::find(kPathNames, name);
    const auto rank = static_cast<std::size_t>(found - kPathNames.begin());
    if (rank >= best) continue;
    best = rank;
    out.path = value;
  }
  if (out.path.empty() || !has_digest(out.digests)) return std::nullopt;
  return out;
}

// GNU's escapes, which a leading backslash announces.
std::optional<std::string> unescape(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '\\') {
      out += name[i];
      continue;
    }
    const char next = ++i < name.size() ? name[i] : '\0';
    if (next != '\\' && next != 'n' && next != 'r') return std::nullopt;
    out += next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
  }
  return out;
}

// `SHA256 (name) = digest`; the name may hold anything, so its end is the last `) = `.
std::optional<Line> tagged_line(std::string_view text, bool escaped) {
  const auto open = text.find(" (");
  const auto close = text.rfind(") = ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2)
    return std::nullopt;
  Line out;
  if (!put_digest(out.digests, base::ascii_lower(text.substr(0, open)), text.substr(close + 4)))
    return std::nullopt;
  const std::string_view name = text.substr(open + 2, close - open - 2);
  const auto path = escaped ? unescape(name) : std::string(name);
  if (!path || path->empty()) return std::nullopt;
  out.path = *path;
  return out;
}

// `digest  name`, or `digest *name` for one that was read as binary.
std::optional<Line> checksum_line(std::string_view text) {
  const bool escaped = text.starts_with('\\');
  if (escaped) text.remove_prefix(1);
  const auto digits = std::min(text.find(' '), text.size());
  Line out;
  if (!put_digest(out.digests, algorithm_of_length(digits), text.substr(0, digits)))
    return tagged_line(text, escaped);
  const std::string_view mark = text.substr(digits, 2);
  if (mark != "  " && mark != " *") return std::nullopt;
  const std::string_view name = text.substr(digits + 2);
  const auto path = escaped ? unescape(name) : std::string(name);
  if (!path || path->empty()) return std::nullopt;
  out.path = *path;
  return out;
}

// One record of a CSV file (RFC 4180), taken off `text`; a quoted value may go over lines.
std::optional<std::vector<std::string>> take_csv_row(std::string_view& text) {
  std::vector<std::string> out(1);
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c != '"') {
        out.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        out.back() += text[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"' && out.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      if (out.size() == kColumnsMax) return std::nullopt;
      out.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  text.remove_prefix(std::min(at + 1, text.size()));
  return out;
}

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<void> read(HashManifest& out) {
    const auto first = std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
    const std::string_view start = text_.substr(first);
    if (start.starts_with(kHashdeep)) {
      out.form = ManifestForm::hashdeep;
      text_ = start;
      return hashdeep(out);
    }
    if (start.starts_with('{') || start.starts_with('[')) {
      out.form = ManifestForm::velociraptor_json;
      return json(out);
    }
    if (is_csv_header(start)) {
      out.form = ManifestForm::velociraptor_csv;
      text_ = start;
      return csv(out);
    }
    out.form = ManifestForm::checksums;
    return checksums(out);
  }

 private:
  static Result<void> take(HashManifest& out, std::optional<Line> line) {
    if (!line || line->path.size() > kManifestPathSizeMax) {
      ++out.lines_unread;
      return {};
    }
    if (out.lines.size() == kManifestLinesMax)
      return fail(ErrorCode::limit, "the manifest has too many lines");
    out.lines.push_back(*std::move(line));
    return {};
  }

  static bool is_csv_header(std::string_view text) {
    const auto names = take_csv_row(text);
    return names && names->size() > 1 && std::ranges::any_of(*names, [](const std::string& name) {
             return !algorithm_named(base::ascii_lower(name)).empty();
           });
  }

  Result<void> checksums(HashManifest& out) {
    while (!text_.empty()) {
      const std::string_view line = next_line(text_);
      if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#'))
        continue;
      EXHIBIT_CHECK(take(out, checksum_line(line)));
    }
    return {};
  }

  // The second line names the columns; the last is the file's name, which may hold commas.
  Result<void> hashdeep(HashManifest& out) {
    next_line(text_);
    std::string_view head = next_line(text_);
    if (!head.starts_with("%%%% "))
      return fail(ErrorCode::malformed, "a hashdeep manifest names its columns in the second line");
    head.remove_prefix(5);
    const auto named = take_csv_row(head);
    const std::vector<std::string> columns = named.value_or(std::vector<std::string>());
    if (columns.size() < 2 || columns.back() != "filename")
      return fail(ErrorCode::malformed, "the last column of a hashdeep manifest is `filename`");
    while (!text_.empty()) {
      std::string_view line = next_line(text_);
      if (line.empty() || line.starts_with("##")) continue;
      EXHIBIT_CHECK(take(out, hashdeep_line(line, columns)));
    }
    return {};
  }

  static std::optional<Line> hashdeep_line(std::string_view line,
                                           const std::vector<std::string>& columns) {
    Line out;
    for (std::size_t i = 0; i + 1 < columns.size(); ++i) {
      const auto comma = line.find(',');
      if (comma == std::string_view::npos) return std::nullopt;
      const std::string_view algorithm = algorithm_named(columns[i]);
      if (!algorithm.empty() && !put_digest(out.digests, algorithm, line.substr(0, comma)))
        return std::nullopt;
      line.remove_prefix(comma + 1);
    }
    out.path = line;
    if (out.path.empty() || !has_digest(out.digests)) return std::nullopt;
    return out;
  }

  // Objects, one a line or in one array; what is between them but commas is not understood.
  Result<void> json(HashManifest& out) {
    for (;;) {
      const auto next = text_.find_first_not_of(" \t\r\n,[]");
      if (next == std::string_view::npos) return {};
      text_.remove_prefix(next);
      const auto object = take_json_object(text_);
      if (object) {
        EXHIBIT_CHECK(take(out, line_of(*object)));
        continue;
      }
      EXHIBIT_CHECK(take(out, std::nullopt));
      next_line(text_);
    }
  }

  Result<void> csv(HashManifest& out) {
    auto names = take_csv_row(text_);
    for (std::string& name : *names) name = base::ascii_lower(name);
    while (!text_.empty()) {
      const auto row = take_csv_row(text_);
      if (row && row->size() == 1 && row->front().empty()) continue;
      JsonTexts members;
      if (row && row->size() == names->size())
        for (std::size_t i = 0; i < row->size(); ++i) members.emplace_back((*names)[i], (*row)[i]);
      EXHIBIT_CHECK(take(out, line_of(members)));
      if (!row) next_line(text_);
    }
    return {};
  }

  std::string_view text_;
};

// Windows' own tools redirect as UTF-16 with a byte order mark.
std::string as_utf8(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) return std::string(text.substr(3));
  if (!text.starts_with("\xff\xfe")) return std::string(text);
  std::string out;
  base::append_utf16le(out, as_bytes(text.substr(2)));
  return out;
}

}  // namespace

std::string_view to_string(ManifestForm form) {
  switch (form) {
    case ManifestForm::hashdeep:
      return "hashdeep";
    case ManifestForm::velociraptor_json:
      return "velociraptor json";
    case ManifestForm::velociraptor_csv:
      return "velociraptor csv";
    case ManifestForm::checksums:
      break;
  }
  return "checksums";
}

Result<HashManifest> parse_manifest(std::string_view text, std::string_view name) {
  if (text.size() > kManifestSizeBytesMax)
    return fail(ErrorCode::limit, "a manifest is at most 256 MiB");
  HashManifest out;
  out.name = name;
  out.size_bytes = text.size();
  out.sha256 = base::to_hex(seal::sha256(as_bytes(text)));
  const std::string read = as_utf8(text);
  EXHIBIT_CHECK(Reader(read).read(out));
  if (out.lines.empty())
    return fail(ErrorCode::malformed,
                "no line of it is one of hashdeep, md5sum and its like, or a listing of "
                "Velociraptor's");
  return out;
}

}  // namespace exhibit::casefile
