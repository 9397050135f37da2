// A disclosure bundle made from the document alone, for tests: small, whole, and open to changes.
// `exhibit disclose` is other code; that both agree with the checker is the test of the document.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "exhibit/seal.h"
#include "exhibit/verify.h"

namespace exhibit::verify::core::testing {

using base::JsonValue;

inline std::string bytes_of(Bytes bytes) { return std::string(as_text(bytes)); }

template <class Unsigned>
std::string big_endian(Unsigned value) {
  std::string out;
  for (std::size_t i = sizeof value; i-- > 0;)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  return out;
}
inline std::string prefixed(std::string_view text) {
  return big_endian(static_cast<std::uint32_t>(text.size())) + std::string(text);
}

/// A tar of the form of a handover; names are shorter than 100 bytes.
inline std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out;
  const auto octal = [](std::string& block, std::size_t at, std::size_t digits, std::size_t value) {
    for (std::size_t i = digits; i-- > 0; value >>= 3)
      block[at + i] = static_cast<char>('0' + (value & 7));
  };
  for (const auto& [name, content] : files) {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    octal(block, 100, 7, 0644);
    octal(block, 108, 7, 0);
    octal(block, 116, 7, 0);
    octal(block, 124, 11, content.size());
    octal(block, 136, 11, 0);
    block[156] = '0';
    block.replace(257, 8, std::string("ustar\00000", 8));
    block.replace(148, 8, 8, ' ');
    std::size_t sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    octal(block, 148, 6, sum);
    block[154] = '\0';
    block[155] = ' ';
    out += block + content;
    out.append((512 - content.size() % 512) % 512, '\0');
  }
  return out.append(1024, '\0');
}

struct Log {
  seal::SigningKey log_key, entry_key, cosign_key;
  std::string party, origin;
  std::vector<Statement> statements;
  std::vector<std::string> entries;
  std::vector<seal::Digest> leaves;

  Log(std::string case_id, std::string party_name)
      : log_key(*seal::SigningKey::generate()),
        entry_key(*seal::SigningKey::generate()),
        cosign_key(*seal::SigningKey::generate()),
        party(std::move(party_name)),
        origin(case_id + "/" + party) {
    add("open",
        {{.name = "format", .value = "exhibit/v1"},
         {.name = "case", .value = case_id},
         {.name = "party", .value = party},
         {.name = "origin", .value = origin},
         {.name = "log_key", .value = verifier().to_string()},
         {.name = "entry_key",
          .value = seal::VerifierKey{.name = entry_key_name(origin), .key = entry_key.public_key()}
                       .to_string()},
         {.name = "cosign_key", .value = cosigner().to_string()},
         {.name = "operator", .value = "A. Nyman"}});
  }
  [[nodiscard]] seal::VerifierKey verifier() const {
    return {.name = origin, .key = log_key.public_key()};
  }
  [[nodiscard]] seal::VerifierKey cosigner() const {
    return {.name = cosign_key_name(origin),
            .key = cosign_key.public_key(),
            .role = seal::KeyRole::cosigner};
  }
  std::uint64_t add(std::string kind, const std::vector<StatementField>& fields) {
    seal::Key key;
    seal::random_bytes(key);
    Entry entry{.kind = std::move(kind),
                .log = origin,
                .party = party,
                .time = "2026-11-22T12:00:00.0000000Z",
                .commitment = {}};
    statements.push_back(make_statement(key, statements.size(), entry, fields));
    entries.push_back(sign_entry(statements.back().entry, entry_key));
    leaves.push_back(seal::leaf_hash(as_bytes(entries.back())));
    return statements.size() - 1;
  }
  [[nodiscard]] std::string checkpoint_text(std::size_t size) const {
    return seal::Checkpoint{
        .origin = origin, .size = size, .root = seal::tree_root(std::span(leaves).first(size))}
        .to_text();
  }
  [[nodiscard]] std::string checkpoint(std::size_t size) const {
    return seal::sign_note(checkpoint_text(size), origin, log_key);
  }
  [[nodiscard]] std::string checkpoint() const { return checkpoint(entries.size()); }
  /// A line of entries.jsonl that opens the fields named, and the names.
  [[nodiscard]] std::string line(std::uint64_t index,
                                 const std::vector<std::string>& opened) const {
    const Statement& statement = statements[index];
    JsonValue slots = JsonValue::array();
    for (std::size_t f = 0; f < statement.opening.fields.size(); ++f) {
      const seal::FieldOpening& field = statement.opening.fields[f];
      if (f == 0 || std::ranges::find(opened, field.path) != opened.end()) {
        JsonValue slot = JsonValue::object();
        slot.set("salt", JsonValue::string(base::to_hex(field.salt)));
        slot.set("type", JsonValue::integer(field.type));
        if (base::is_utf8(field.value)) {
          slot.set("value", JsonValue::string(field.value));
        } else {
          JsonValue tagged = JsonValue::object();
          tagged.set("base64", JsonValue::string(base::to_base64(as_bytes(field.value))));
          slot.set("value", std::move(tagged));
        }
        slots.push(std::move(slot));
      } else {
        slots.push(JsonValue::string(
            base::to_hex(seal::field_commitment(field.salt, field.type, as_bytes(field.value)))));
      }
    }
    for (const seal::Digest& padding : statement.opening.padding)
      slots.push(JsonValue::string(base::to_hex(padding)));
    JsonValue path = JsonValue::array();
    for (const seal::Digest& d : seal::inclusion_proof(leaves, index))
      path.push(JsonValue::string(base::to_hex(d)));
    JsonValue out = JsonValue::object();
    out.set("entry", JsonValue::string(entries[index]));
    out.set("index", JsonValue::unsigned_integer(index));
    out.set("nonce", JsonValue::string(base::to_hex(statement.nonce)));
    out.set("path", std::move(path));
    out.set("slots", std::move(slots));
    return out.canonical() + "\n";
  }
  [[nodiscard]] std::string seen_line(std::size_t size, std::string_view note) const {
    JsonValue path = JsonValue::array();
    for (const seal::Digest& d : seal::consistency_proof(leaves, size))
      path.push(JsonValue::string(base::to_hex(d)));
    JsonValue out = JsonValue::object();
    out.set("note", JsonValue::string(note));
    out.set("path", std::move(path));
    return out.canonical() + "\n";
  }
};

/// A source with records of two shapes in turn, each of which has one field more than the last.
struct Source {
  seal::Key key;
  seal::Pseudonym pseudonym;
  std::vector<seal::RecordOpening> records;
  std::vector<std::uint8_t> streams;
  std::vector<seal::Digest> leaves;

  explicit Source(std::size_t count) {
    seal::random_bytes(key);
    seal::random_bytes(pseudonym);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string raw = "<Event>" + std::to_string(i) + "</Event>";
      const std::string id(1, static_cast<char>(i)), image = "C:\\Windows\\a.exe";
      std::vector<seal::FieldView> fields{
          {.path = "Event.System.EventID", .type = 6, .value = as_bytes(id)},
          {.path = "Event.EventData.Image", .type = 0x40, .value = as_bytes(image)}};
      if (i % 2 != 0) fields.push_back({.path = "Event.EventData.Note", .type = 0x40, .value = {}});
      records.push_back(seal::open_record(
          key, pseudonym, {.offset = 512 * i, .raw = as_bytes(raw), .fields = fields}));
      leaves.push_back(seal::leaf_hash(as_bytes(records.back().entry)));
    }
  }
  [[nodiscard]] std::string name() const { return base::to_hex(pseudonym); }
  [[nodiscard]] std::string shape(std::size_t record, bool whole) const {
    const seal::ShapeOpening& opening = records[record].shape;
    std::string out;
    if (whole) {
      std::vector<std::string_view> paths;
      for (const auto& path : opening.paths) paths.push_back(path.path);
      out = "\x01" + bytes_of(seal::derive_shape_key(key, paths)) +
            big_endian(static_cast<std::uint32_t>(paths.size()));
      for (const std::string_view path : paths) out += prefixed(path);
      return out;
    }
    out = "\x02" +
          big_endian(static_cast<std::uint32_t>(opening.paths.size() + opening.padding.size()));
    for (std::size_t i = 0; i < opening.paths.size(); ++i) {
      const auto& path = opening.paths[i];
      if (i == 1) {  // the second path is withheld
        out += std::string(1, '\0') + bytes_of(seal::path_commitment(path.salt, path.path));
      } else {
        out += "\x01" + bytes_of(path.salt) + prefixed(path.path);
      }
    }
    for (const seal::Digest& padding : opening.padding) {
      out += '\0';
      out += bytes_of(padding);
    }
    return out;
  }
  /// With the slots opened; the others are withheld as personal data.
  [[nodiscard]] std::string record(std::size_t index, std::uint32_t shape_number,
                                   const std::vector<std::size_t>& opened) const {
    const seal::RecordOpening& opening = records[index];
    const std::size_t slots = opening.fields.size() + opening.padding.size();
    std::string out = std::string(1, '\0') + big_endian(std::uint64_t{index}) +
                      big_endian(shape_number) + big_endian(static_cast<std::uint16_t>(slots));
    for (std::size_t f = 0; f < opening.fields.size(); ++f) {
      const seal::FieldOpening& field = opening.fields[f];
      if (std::ranges::find(opened, f) != opened.end()) {
        out +=
            "\x01" + bytes_of(field.salt) + static_cast<char>(field.type) + prefixed(field.value);
      } else {
        out += "\x04" +
               bytes_of(seal::field_commitment(field.salt, field.type, as_bytes(field.value)));
      }
    }
    for (const seal::Digest& padding : opening.padding) out += "\x04" + bytes_of(padding);
    const std::vector<seal::Digest> proof = seal::inclusion_proof(leaves, index);
    out += static_cast<char>(proof.size());
    for (const seal::Digest& sibling : proof) out += bytes_of(sibling);
    return out;
  }
};

/// Everything of a bundle, before it is put together: a test changes what it wants to be wrong.
struct Made {
  std::string case_id = "incident-42";
  Log sealer{case_id, "blue"}, discloser{case_id, "cert"};
  seal::SigningKey witness_key = *seal::SigningKey::generate();
  Source source{11};
  JsonValue bundle = JsonValue::object();
  std::map<std::string, std::string> sources;  // files below sources/ and criteria/
  std::string seen;
  std::vector<std::string> disclose_fields{"bundle_sha256", "tlp", "to"};
  std::function<void(std::vector<std::pair<std::string, std::string>>&)> change;

  [[nodiscard]] seal::VerifierKey witness() const {
    return {
        .name = "court.example", .key = witness_key.public_key(), .role = seal::KeyRole::cosigner};
  }
  [[nodiscard]] std::string policy() const {
    return "log " + sealer.verifier().to_string() + "\nlog " + discloser.verifier().to_string() +
           "\nwitness court " + witness().to_string() + "\nquorum none\n";
  }

  Made() {
    const TreeRoot root{source.leaves};
    sealer.add("acquire", {{.name = "sha256", .value = std::string(64, 'a')},
                           {.name = "pseudonym", .value = source.name()},
                           {.name = "format", .value = "evtx"},
                           {.name = "record_tree.root", .value = root.hex},
                           {.name = "record_tree.size", .value = "11", .number = true},
                           {.name = "path", .value = "C:\\secret\xff"}});
    sealer.add("note", {{.name = "text", .value = "nothing of it is shown"}});
    const std::string old = sealer.checkpoint(2);
    seen = sealer.seen_line(2, old + seal::cosign_note(sealer.checkpoint_text(2), "court.example",
                                                       witness_key, 1'700'000'000));
    sources["sources/" + source.name() + "/shapes"] =
        source.shape(2, true) + source.shape(5, false);
    sources["sources/" + source.name() + "/records"] = source.record(2, 0, {0, 1, 3, 4}) +
                                                       source.record(5, 1, {1, 3, 5}) +
                                                       source.record(6, 0, {1});
    const auto run = [](std::uint64_t from, const char* reason, std::uint64_t to) {
      JsonValue out = JsonValue::object();
      out.set("from", JsonValue::unsigned_integer(from));
      out.set("reason", JsonValue::string(reason));
      out.set("to", JsonValue::unsigned_integer(to));
      return out;
    };
    JsonValue withheld = JsonValue::array();
    withheld.push(run(1, "scope", 2));
    withheld.push(run(3, "privilege", 4));
    withheld.push(run(4, "personal-data", 5));
    withheld.push(run(7, "scope", 9));
    JsonValue range = JsonValue::object();
    range.set("from", JsonValue::integer(1));
    range.set("source", JsonValue::string(source.name()));
    range.set("stream", JsonValue::integer(0));
    range.set("to", JsonValue::integer(9));
    range.set("withheld", std::move(withheld));
    JsonValue ranges = JsonValue::array();
    ranges.push(std::move(range));
    bundle.set("case", JsonValue::string(case_id));
    bundle.set("findings", JsonValue::array());
    bundle.set("format", JsonValue::string("exhibit/bundle/1"));
    bundle.set("party", JsonValue::string("cert"));
    bundle.set("ranges", std::move(ranges));
    bundle.set("rules", JsonValue{});
    bundle.set("tlp", JsonValue::string("AMBER"));
    bundle.set("to", JsonValue::string("District Court of Examplia"));
  }

  struct TreeRoot {
    std::string hex;
    explicit TreeRoot(std::span<const seal::Digest> leaves)
        : hex(base::to_hex(seal::tree_root(leaves))) {}
  };

  /// A finding on record 2, with its criteria.
  void add_finding() {
    const std::string rule = base::to_hex(seal::sha256(as_bytes("title: a rule\n")));
    sources["criteria/" + rule + ".yml"] = "title: a rule\n";
    sources["criteria/routing.yml"] = "routing\n";
    JsonValue finding = JsonValue::object();
    finding.set("record", JsonValue::integer(2));
    finding.set("rule", JsonValue::string(rule));
    finding.set("source", JsonValue::string(source.name()));
    finding.set("stream", JsonValue::integer(0));
    JsonValue findings = JsonValue::array();
    findings.push(std::move(finding));
    bundle.set("findings", std::move(findings));
    JsonValue rules = JsonValue::object();
    rules.set("builtin_mapping", JsonValue::boolean(true));
    rules.set("mapping_sha256", JsonValue::string(std::string(64, 'c')));
    rules.set("placeholders", JsonValue::array());
    rules.set(
        "routing_sha256",
        JsonValue::string(base::to_hex(seal::sha256(as_bytes(sources["criteria/routing.yml"])))));
    rules.set("semantics_version", JsonValue::integer(1));
    bundle.set("rules", std::move(rules));
  }

  /// The bundle, with a `disclose` entry over what it is now.
  std::string make() {
    JsonValue members = JsonValue::array();
    std::vector<std::pair<std::string, std::string>> below;
    for (const auto& [name, content] : sources)
      if (name.starts_with("sources/")) below.emplace_back(name, content);
    // shapes come before records, rules before routing: the reverse of the order of names
    std::ranges::sort(below, [](const auto& a, const auto& b) {
      const auto key = [](const std::string& name) {
        return std::pair(name.substr(0, 40), !name.ends_with("shapes"));
      };
      return key(a.first) < key(b.first);
    });
    for (const auto& [name, content] : sources)  // "routing.yml" comes after hexadecimal digits
      if (name.starts_with("criteria/")) below.emplace_back(name, content);
    for (const auto& [name, content] : below) {
      JsonValue member = JsonValue::object();
      member.set("name", JsonValue::string(name));
      member.set("sha256", JsonValue::string(base::to_hex(seal::sha256(as_bytes(content)))));
      member.set("size", JsonValue::unsigned_integer(content.size()));
      members.push(std::move(member));
    }
    bundle.set("members", std::move(members));
    const std::string json = bundle.canonical() + "\n";
    const std::uint64_t index = discloser.add(
        "disclose", {{.name = "bundle_sha256", .value = base::to_hex(seal::sha256(as_bytes(json)))},
                     {.name = "tlp", .value = *bundle.find_string("tlp")},
                     {.name = "to", .value = *bundle.find_string("to")},
                     {.name = "operator", .value = "B. Nyman"}});
    const std::vector<std::string> open{"case",    "party",     "origin",
                                        "log_key", "entry_key", "cosign_key"};
    std::vector<std::pair<std::string, std::string>> files{
        {"bundle/bundle.json", json},
        {"bundle/logs/blue/checkpoint", sealer.checkpoint()},
        {"bundle/logs/blue/entries.jsonl",
         sealer.line(0, open) +
             sealer.line(1, {"pseudonym", "format", "record_tree.root", "record_tree.size"})}};
    if (!seen.empty()) files.emplace_back("bundle/logs/blue/seen.jsonl", seen);
    files.emplace_back("bundle/logs/cert/checkpoint", discloser.checkpoint());
    files.emplace_back("bundle/logs/cert/entries.jsonl",
                       discloser.line(0, open) + discloser.line(index, disclose_fields));
    for (const auto& [name, content] : below) files.emplace_back("bundle/" + name, content);
    if (change) change(files);
    return tar_of(files);
  }
};

}  // namespace exhibit::verify::core::testing
