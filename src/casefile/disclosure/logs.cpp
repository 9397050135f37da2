#include "casefile/disclosure/logs.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "casefile/cosign.h"
#include "casefile/layout.h"
#include "casefile/stamp.h"

namespace exhibit::casefile {
namespace {

using base::JsonValue;

JsonValue path_json(std::span<const seal::Digest> path) {
  JsonValue out = JsonValue::array();
  for (const seal::Digest& digest : path) out.push(JsonValue::string(base::to_hex(digest)));
  return out;
}

JsonValue value_json(std::string_view value) {
  if (base::is_utf8(value)) return JsonValue::string(value);
  return std::move(
      JsonValue::object().set("base64", JsonValue::string(base::to_base64(as_bytes(value)))));
}

// The entry with its way to the checkpoint; of its statement the names, and the fields named.
Result<std::string> entry_line(const Case::Impl& impl, const std::string& party,
                               const Ledger& ledger, std::uint64_t index,
                               const std::vector<std::string_view>& fields) {
  EXHIBIT_TRY(const verify::Statement statement, read_statement(impl.directory, party, index));
  JsonValue slots = JsonValue::array();
  for (const seal::FieldOpening& field : statement.opening.fields) {
    const bool names = field.type == seal::kNamesFieldType;
    if (names || std::ranges::find(fields, field.path) != fields.end()) {
      slots.push(std::move(JsonValue::object()
                               .set("salt", JsonValue::string(base::to_hex(field.salt)))
                               .set("type", JsonValue::unsigned_integer(field.type))
                               .set("value", value_json(field.value))));
    } else {
      slots.push(JsonValue::string(
          base::to_hex(seal::field_commitment(field.salt, field.type, as_bytes(field.value)))));
    }
  }
  for (const seal::Digest& padding : statement.opening.padding)
    slots.push(JsonValue::string(base::to_hex(padding)));
  JsonValue line = JsonValue::object();
  line.set("entry", JsonValue::string(ledger.entries[index]))
      .set("index", JsonValue::unsigned_integer(index))
      .set("nonce", JsonValue::string(base::to_hex(statement.nonce)))
      .set("path", path_json(seal::inclusion_proof(ledger.leaves, index)))
      .set("slots", std::move(slots));
  return line.canonical() + "\n";
}

std::string seen_line(const Ledger& ledger, std::uint64_t size, const std::string& note) {
  JsonValue line = JsonValue::object();
  line.set("note", JsonValue::string(note))
      .set("path", path_json(size == ledger.checkpoint.size
                                 ? std::vector<seal::Digest>()
                                 : seal::consistency_proof(ledger.leaves, size)));
  return line.canonical() + "\n";
}

// Checkpoints that others saw or stamped, of this history and as far as `needed` at least.
Result<void> append_seen(BundleFiles& out, const Case::Impl& impl, const std::string& party,
                         const Ledger& ledger, const OpenFacts& open, std::uint64_t needed) {
  EXHIBIT_TRY(const std::vector<std::uint64_t> cosigned, list_cosigned(impl.directory, party));
  EXHIBIT_TRY(const std::vector<std::uint64_t> stamped, list_stamped(impl.directory, party));
  std::set<std::uint64_t> sizes(cosigned.begin(), cosigned.end());
  sizes.insert(stamped.begin(), stamped.end());
  std::string seen;
  BundleFiles stamps;
  for (const std::uint64_t size : sizes) {
    if (size <= needed || size > ledger.checkpoint.size) continue;
    const std::string stamp = layout::stamped_path(party, size);
    const bool is_cosigned = std::ranges::binary_search(cosigned, size);
    EXHIBIT_TRY(const std::string note,
                files::read(impl.path(is_cosigned ? layout::cosigned_path(party, size)
                                                  : stamp + "checkpoint")));
    // What is not this log's history shows nothing here; `verify` says so of the case.
    if (!read_cosigned(note, size, ledger.leaves, open.log_key)) continue;
    seen += seen_line(ledger, size, note);
    if (!std::ranges::binary_search(stamped, size)) continue;
    EXHIBIT_TRY(const StampFolder held, read_stamp_folder(impl.path(stamp)));
    EXHIBIT_TRY(std::string exact, files::read(impl.path(stamp + "checkpoint")));
    const std::string folder = "logs/" + party + "/stamped/" + std::to_string(size) + "/";
    stamps.emplace_back(folder + "checkpoint", std::move(exact));
    for (const std::string& name : held.names) {
      EXHIBIT_TRY(std::string bytes, files::read(impl.path(stamp + name)));
      stamps.emplace_back(folder + name, std::move(bytes));
    }
  }
  if (!seen.empty()) out.emplace_back("logs/" + party + "/seen.jsonl", std::move(seen));
  out.insert(out.end(), std::make_move_iterator(stamps.begin()),
             std::make_move_iterator(stamps.end()));
  return {};
}

}  // namespace

Result<void> check_log(const Case::Impl& impl, const std::string& party) {
  const auto other = std::ranges::find(impl.others, party, &PartyLog::party);
  if (party != impl.party && other == impl.others.end())
    return fail(ErrorCode::not_found, "the case lacks the log of a party");
  // A bundle's checker knows the keys that the log was opened with, and would call the rest
  // invalid.
  if ((party == impl.party ? impl.history : other->keys).changed())
    return fail(
        ErrorCode::unsupported,
        "the keys of a log were rotated: bundles of such a log cannot be made yet; hand the "
        "case over instead");
  return {};
}

Result<void> append_log(BundleFiles& out, const Case::Impl& impl, const std::string& party,
                        const std::map<std::uint64_t, std::vector<std::string_view>>& entries) {
  EXHIBIT_CHECK(check_log(impl, party));
  const auto other = std::ranges::find(impl.others, party, &PartyLog::party);
  const Ledger& ledger = party == impl.party ? impl.ledger : other->ledger;
  const OpenFacts& open = party == impl.party ? impl.open : other->open;
  out.emplace_back("logs/" + party + "/checkpoint", ledger.note);
  static const std::vector<std::string_view> kOpenFields{
      "format", "case", "party", "origin", "log_key", "entry_key", "cosign_key"};
  EXHIBIT_TRY(std::string lines, entry_line(impl, party, ledger, 0, kOpenFields));
  for (const auto& [index, fields] : entries) {
    EXHIBIT_TRY(const std::string line, entry_line(impl, party, ledger, index, fields));
    lines += line;
  }
  out.emplace_back("logs/" + party + "/entries.jsonl", std::move(lines));
  const std::uint64_t needed = entries.empty() ? 0 : entries.begin()->first;
  return append_seen(out, impl, party, ledger, open, needed);
}

}  // namespace exhibit::casefile
