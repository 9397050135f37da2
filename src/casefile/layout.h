// Where things are in a case, and the texts whose every byte follows from what is sealed.
// docs/formats/case.md is the specification.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "exhibit/casefile.h"

namespace exhibit::casefile::layout {

inline constexpr std::string_view kToml = "exhibit.toml";
/// Of a source's folder: the leaf hashes of its records, and of the deleted ones.
inline constexpr const char* kLeaves = "leaves";
inline constexpr const char* kSlackLeaves = "slack-leaves";
inline constexpr std::string_view kTemporary = "tmp";
/// What a case kept out of place until it was whole is called: beside the folder that it will be.
inline constexpr std::string_view kUnborn = ".exhibit-new";

/// The sealed head of exhibit.toml: what stands behind it is for display only.
[[nodiscard]] std::string toml_head(std::string_view case_id);
/// Case id in an exhibit.toml. Errors: malformed, unsupported (another format).
[[nodiscard]] Result<std::string> read_toml(std::string_view text);

[[nodiscard]] std::string origin(std::string_view case_id, std::string_view party);
[[nodiscard]] std::string ledger_folder(std::string_view party);  // ends with '/'
/// A checkpoint of the log with what its cosigners say, whole.
[[nodiscard]] std::string cosigned_folder(std::string_view party);  // ends with '/'
[[nodiscard]] std::string cosigned_path(std::string_view party, std::uint64_t tree_size);
/// A checkpoint of the log that was stamped, with requests and tokens.
[[nodiscard]] std::string stamped_folder(std::string_view party);  // ends with '/'
[[nodiscard]] std::string stamped_path(std::string_view party, std::uint64_t tree_size);  // too
/// Another history of the log, signed as well: `checkpoint` and `leaves`, below a folder named by
/// the SHA-256 of the checkpoint.
[[nodiscard]] std::string forks_folder(std::string_view party);  // ends with '/'
[[nodiscard]] std::string statement_path(std::string_view party, std::uint64_t index);
[[nodiscard]] std::string inputs_path(std::string_view party, std::uint64_t index);
[[nodiscard]] std::string source_folder(std::string_view sha256);  // ends with '/'
[[nodiscard]] std::string criteria_folder(std::string_view sha256);
[[nodiscard]] std::string run_folder(std::uint32_t number);

[[nodiscard]] bool is_sha256(std::string_view name);  // 64 lower-case hexadecimal digits

/// Text as a JSON string; bytes that are not UTF-8 as tagged base64.
void write_text(base::JsonWriter& json, std::string_view value);
/// What write_text wrote. Errors: malformed.
[[nodiscard]] Result<std::string> read_text(const base::JsonValue* value);

/// One line of damage.jsonl, with its newline.
void append_damage(std::string& out, const event::Damage& damage);
/// reference.json of a source that was sealed in place.
[[nodiscard]] std::string reference_json(const evidence::SourceInfo& info);
/// run.json: the run statement's fields, by name.
[[nodiscard]] std::string run_json(const verify::Statement& statement);
/// The K_source that a handover hands over: 64 hexadecimal digits and a newline.
[[nodiscard]] std::string source_key_text(const seal::Key& key);
[[nodiscard]] Result<seal::Key> parse_source_key(std::string_view text);
/// What the acquire statement says of K_source, so that a wrong one is known as such.
[[nodiscard]] std::string source_key_commitment(const seal::Key& key);

/// What a destroy statement says of K_case: whether it is this one that is gone.
[[nodiscard]] std::string case_key_commitment(const seal::Key& key);

/// Hands out the paths of the tiles and entry bundles that a ledger of `size` has, relative to its
/// folder, until `take` fails: a size from a hostile case is as large as it likes.
Result<void> for_each_tile(std::uint64_t size,
                           const std::function<Result<void>(const std::string&)>& take);
/// True when for_each_tile would hand out `path`.
[[nodiscard]] bool is_tile(std::string_view path, std::uint64_t size);

}  // namespace exhibit::casefile::layout
