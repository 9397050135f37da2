#include "casefile/acquisition.h"

#include <array>

#include "base/text.h"
#include "casefile/fields.h"

namespace exhibit::casefile {
namespace {

using fields::number;
using fields::Reader;
using fields::text;

constexpr std::array<std::pair<const char*, std::string Circumstances::*>, 8> kSaid{{
    {"role", &Circumstances::role},
    {"authority", &Circumstances::authority},
    {"place", &Circumstances::place},
    {"medium", &Circumstances::medium},
    {"write_blocker", &Circumstances::write_blocker},
    {"exhibit_number", &Circumstances::exhibit_number},
    {"source_clock", &Circumstances::source_clock},
    {"tlp", &Circumstances::tlp},
}};

constexpr std::array kReadErrors{event::DamageKind::io, event::DamageKind::changed_while_reading,
                                 event::DamageKind::decompression, event::DamageKind::limit,
                                 event::DamageKind::encrypted};

void put_file(Fields& out, const FileFacts& file) {
  number(out, "file.accessed_unix_ns", file.accessed_unix_ns);
  if (file.born_unix_ns) number(out, "file.born_unix_ns", *file.born_unix_ns);
  number(out, "file.time_resolution_ns", file.time_resolution_ns);
  text(out, "file.system", file.file_system);
  number(out, "file.size_bytes", file.size_bytes);
  text(out, "file.device", file.device);
  number(out, "file.inode", file.inode);
  number(out, "file.links", file.links);
  text(out, "file.mode", file.mode);
  number(out, "file.owner", file.owner);
  number(out, "file.group", file.group);
}

std::optional<FileFacts> read_file(Reader& in) {
  if (!in.has("file.accessed_unix_ns")) return std::nullopt;
  FileFacts out;
  out.accessed_unix_ns = in.number<std::int64_t>("file.accessed_unix_ns");
  if (in.has("file.born_unix_ns")) out.born_unix_ns = in.number<std::int64_t>("file.born_unix_ns");
  out.time_resolution_ns = in.number<std::uint64_t>("file.time_resolution_ns");
  out.file_system = in.text("file.system");
  out.size_bytes = in.number<std::uint64_t>("file.size_bytes");
  out.device = in.text("file.device");
  out.inode = in.number<std::uint64_t>("file.inode");
  out.links = in.number<std::uint64_t>("file.links");
  out.mode = in.text("file.mode");
  out.owner = in.number<std::uint64_t>("file.owner");
  out.group = in.number<std::uint64_t>("file.group");
  return out;
}

void put_read_errors(Fields& out, const Acquisition& acquisition) {
  number(out, "read_errors", acquisition.read_errors_count);
  for (const ReadError& error : acquisition.read_errors) {
    text(out, "read_error.kind", event::to_string(error.kind));
    number(out, "read_error.offset", error.offset);
    number(out, "read_error.length", error.length);
    text(out, "read_error.why", error.why);
  }
}

void read_read_errors(Reader& in, Acquisition& out) {
  if (!in.has("read_errors")) return;
  out.read_errors_count = in.number<std::uint64_t>("read_errors");
  const auto kinds = in.texts("read_error.kind");
  const auto offsets = in.numbers("read_error.offset");
  const auto lengths = in.numbers("read_error.length");
  const auto reasons = in.texts("read_error.why");
  const bool whole = kinds.size() == offsets.size() && kinds.size() == lengths.size() &&
                     kinds.size() == reasons.size() && kinds.size() <= out.read_errors_count;
  in.fail_if(!whole);
  for (std::size_t i = 0; whole && i < kinds.size(); ++i) {
    ReadError error{.offset = offsets[i], .length = lengths[i], .why = reasons[i]};
    for (const event::DamageKind kind : kReadErrors)
      if (event::to_string(kind) == kinds[i]) error.kind = kind;
    out.read_errors.push_back(std::move(error));
  }
}

void put_after(Fields& out, const HashAfter& after) {
  if (!after.failed.empty()) return text(out, "hash_after.failed", after.failed);
  text(out, "hash_after.sha256", after.sha256);
  fields::flag(out, "hash_after.same", after.same);
}

std::optional<HashAfter> read_after(Reader& in) {
  if (in.has("hash_after.failed"))
    return HashAfter{.sha256 = {}, .same = false, .failed = in.text("hash_after.failed")};
  if (!in.has("hash_after.sha256")) return std::nullopt;
  return HashAfter{
      .sha256 = in.sha256("hash_after.sha256"), .same = in.flag("hash_after.same"), .failed = {}};
}

void put_listed(Fields& out, const ListedIn& listed) {
  text(out, "manifest.sha256", listed.manifest_sha256);
  text(out, "manifest.result", to_string(listed.as));
  text(out, "manifest.path", listed.path);
}

void read_listed(Reader& in, Acquisition& out) {
  const auto hashes = in.texts("manifest.sha256");
  const auto results = in.texts("manifest.result");
  const auto paths = in.texts("manifest.path");
  const bool whole = hashes.size() == results.size() && hashes.size() == paths.size();
  in.fail_if(!whole);
  for (std::size_t i = 0; whole && i < hashes.size(); ++i) {
    in.fail_if(!layout::is_sha256(hashes[i]));
    bool known = false;
    for (const ListedAs as : {ListedAs::matched, ListedAs::differs, ListedAs::not_listed}) {
      if (to_string(as) != results[i]) continue;
      known = true;
      out.listed.push_back({.manifest_sha256 = hashes[i], .as = as, .path = paths[i]});
    }
    in.fail_if(!known);
  }
}

}  // namespace

bool is_read_error(event::DamageKind kind) {
  return std::ranges::find(kReadErrors, kind) != kReadErrors.end();
}

Result<void> check_circumstances(const Circumstances& said) {
  for (const auto& [name, member] : kSaid) {
    const std::string& text = said.*member;
    if (text.size() > kCircumstanceSizeBytesMax)
      return fail(ErrorCode::usage, "what is said of an acquisition is at most 4 KiB each");
    if (!base::is_utf8(text)) return fail(ErrorCode::usage, "a text must be UTF-8");
  }
  return {};
}

void put_circumstances(Fields& out, const Circumstances& said) {
  for (const auto& [name, member] : kSaid)
    if (!(said.*member).empty()) text(out, name, said.*member);
}

Circumstances read_circumstances(Reader& in) {
  Circumstances out;
  for (const auto& [name, member] : kSaid)
    if (in.has(name)) out.*member = in.text(name);
  return out;
}

void put_machine(Fields& out, const Machine& machine) {
  text(out, "machine.name", machine.name);
  text(out, "machine.system", machine.system);
  text(out, "machine.account", machine.account);
  text(out, "machine.folder", machine.folder);
  text(out, "clock.source", machine.clock_source);
  text(out, "clock.ntp", to_string(machine.ntp));
  number(out, "clock.offset_ns", machine.offset_ns);
  number(out, "clock.estimated_error_ns", machine.estimated_error_ns);
  number(out, "clock.maximum_error_ns", machine.maximum_error_ns);
  number(out, "clock.zone_offset_s", machine.zone_offset_s);
}

std::optional<Machine> read_machine(Reader& in) {
  if (!in.has("clock.ntp")) return std::nullopt;
  Machine out;
  out.name = in.text("machine.name");
  out.system = in.text("machine.system");
  out.account = in.text("machine.account");
  out.folder = in.text("machine.folder");
  out.clock_source = in.text("clock.source");
  const std::string ntp = in.text("clock.ntp");
  for (const auto known : {Machine::Ntp::synchronised, Machine::Ntp::unsynchronised})
    if (to_string(known) == ntp) out.ntp = known;
  out.offset_ns = in.number<std::int64_t>("clock.offset_ns");
  out.estimated_error_ns = in.number<std::int64_t>("clock.estimated_error_ns");
  out.maximum_error_ns = in.number<std::int64_t>("clock.maximum_error_ns");
  out.zone_offset_s = in.number<std::int64_t>("clock.zone_offset_s");
  return out;
}

void put_acquisition(Fields& out, const Acquisition& acquisition) {
  if (!acquisition.began.empty()) {
    text(out, "read.began", acquisition.began);
    text(out, "read.ended", acquisition.ended);
  }
  if (acquisition.file) put_file(out, *acquisition.file);
  put_read_errors(out, acquisition);
  for (const auto& [hash, hex] : acquisition.digests)
    text(out, "digest." + std::string(seal::to_string(hash)), hex);
  if (acquisition.after) put_after(out, *acquisition.after);
  for (const ListedIn& listed : acquisition.listed) put_listed(out, listed);
  put_circumstances(out, acquisition.said);
  if (acquisition.machine) put_machine(out, *acquisition.machine);
}

Acquisition read_acquisition(Reader& in) {
  Acquisition out;
  if (in.has("read.began")) {
    out.began = in.text("read.began");
    out.ended = in.text("read.ended");
  }
  out.file = read_file(in);
  read_read_errors(in, out);
  for (const seal::OtherHash hash : seal::kOtherHashes) {
    const std::string name = "digest." + std::string(seal::to_string(hash));
    if (!in.has(name)) continue;
    out.digests.emplace_back(hash, in.text(name));
    in.fail_if(out.digests.back().second.size() != seal::hex_digits(hash));
  }
  out.after = read_after(in);
  read_listed(in, out);
  out.said = read_circumstances(in);
  out.machine = read_machine(in);
  return out;
}

}  // namespace exhibit::casefile
