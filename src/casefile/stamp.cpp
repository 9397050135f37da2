#include "casefile/stamp.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "casefile/cosign.h"
#include "casefile/layout.h"

namespace exhibit::casefile {
namespace {

constexpr std::size_t kNonceSize = 16;
constexpr auto kKinds = std::to_array<std::string_view>({".tsq", ".tsr", ".pem", ".crl", ".ocsp"});

/// A case's logs, read under the lock; nobody's is written.
Result<Case::Impl> lock_logs(const Home& home, const std::string& directory) {
  Case::Impl impl(home);
  impl.directory = directory;
  while (impl.directory.size() > 1 && impl.directory.ends_with('/')) impl.directory.pop_back();
  EXHIBIT_TRY(impl.id, read_case_id(impl.directory));
  EXHIBIT_TRY(impl.lock, files::lock_folder(impl.directory));
  EXHIBIT_CHECK(impl.load_others());
  return impl;
}

const timestamp::Check* find_check(const timestamp::TokenReport& report, std::string_view id) {
  const auto found = std::ranges::find(report.checks, id, &timestamp::Check::id);
  return found == report.checks.end() ? nullptr : &*found;
}

// What a token without trust says, when it stamps these bytes.
Result<std::optional<timestamp::TokenReport>> stamps(Bytes bytes, Bytes token) {
  EXHIBIT_TRY(timestamp::TokenReport report,
              timestamp::verify_token({.stamped = bytes, .token = token}, {}));
  const timestamp::Check* form = find_check(report, "timestamp.form");
  if (form == nullptr || form->verdict == timestamp::Verdict::invalid)
    return fail(ErrorCode::malformed, "this is no time stamp token, and no response with one");
  const timestamp::Check* imprint = find_check(report, "timestamp.imprint");
  if (imprint == nullptr || imprint->verdict != timestamp::Verdict::valid)
    return std::optional<timestamp::TokenReport>{};
  return std::optional(std::move(report));
}

}  // namespace

bool is_stamp_file(std::string_view name) {
  return name.size() > 64 && layout::is_sha256(name.substr(0, 64)) &&
         std::ranges::find(kKinds, name.substr(64)) != kKinds.end();
}

Result<std::vector<std::uint64_t>> list_stamped(const std::string& directory,
                                                std::string_view party) {
  return list_sizes(directory + "/" + layout::stamped_folder(party), true);
}

Result<StampFolder> read_stamp_folder(const std::string& folder) {
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(folder));
  StampFolder out;
  for (const files::Item& item : items) {
    if (item.folder || !is_stamp_file(item.name)) continue;
    if (out.names.size() == kStampFilesMax)
      return fail(ErrorCode::limit, "there are too many files beside a stamped checkpoint");
    EXHIBIT_TRY(std::string bytes, files::read(folder + item.name, timestamp::kCrlSizeMax));
    if (base::to_hex(seal::sha256(as_bytes(bytes))) != item.name.substr(0, 64)) continue;
    out.names.push_back(item.name);
    const std::string_view kind = std::string_view(item.name).substr(64);
    if (kind == ".tsq") out.requests.push_back(std::move(bytes));
    if (kind == ".tsr") {
      out.tokens.push_back(std::move(bytes));
      out.token_names.push_back(item.name);
    }
    if (kind == ".pem") out.certificates.push_back(std::move(bytes));
    if (kind == ".crl") out.crls.push_back(std::move(bytes));
    if (kind == ".ocsp") out.ocsp_responses.push_back(std::move(bytes));
  }
  return out;
}

Result<bool> add_stamp_file(const std::string& folder, std::string_view bytes,
                            std::string_view kind) {
  const std::string path = folder + base::to_hex(seal::sha256(as_bytes(bytes))) + std::string(kind);
  if (files::exists(path)) return false;
  EXHIBIT_TRY(const std::vector<files::Item> items, files::list(folder));
  if (items.size() >= kStampFilesMax)
    return fail(ErrorCode::limit, "there are too many files beside this stamped checkpoint");
  EXHIBIT_CHECK(files::replace(path, bytes));
  return true;
}

Result<void> sweep_stamped(const std::string& directory, std::string_view party) {
  EXHIBIT_TRY(const std::vector<std::uint64_t> sizes, list_stamped(directory, party));
  for (const std::uint64_t size : sizes) {
    const std::string folder = directory + "/" + layout::stamped_path(party, size);
    EXHIBIT_TRY(const std::vector<files::Item> items, files::list(folder));
    for (const files::Item& item : items)
      if (!item.folder && item.name.ends_with(".new"))
        EXHIBIT_CHECK(files::remove_all(folder + item.name));
    if (!files::exists(folder + "checkpoint")) EXHIBIT_CHECK(files::remove_all(folder));
  }
  return {};
}

Result<StampRequest> request_stamp(const Home& home, const std::string& directory,
                                   std::string_view party, std::string_view policy) {
  EXHIBIT_TRY(const Case::Impl impl, lock_logs(home, directory));
  std::string wanted(party);
  if (wanted.empty()) {
    EXHIBIT_TRY(wanted, find_sealer(impl.directory, impl.id));
  }
  const auto log = std::ranges::find(impl.others, wanted, &PartyLog::party);
  if (log == impl.others.end())
    return fail(ErrorCode::not_found, "the party has no log in this case that can be read");
  std::array<std::byte, kNonceSize> nonce{};
  seal::random_bytes(nonce);
  nonce[0] |= std::byte{0x01};  // never nothing but zeros
  const std::string& note = log->ledger.note;
  StampRequest out{.der = {}, .party = wanted, .tree_size = log->ledger.checkpoint.size};
  EXHIBIT_TRY(out.der, timestamp::make_request(as_bytes(note), nonce, policy));
  const std::string folder = impl.path(layout::stamped_path(wanted, out.tree_size));
  EXHIBIT_CHECK(files::make_folders(folder));
  if (!files::exists(folder + "checkpoint"))
    EXHIBIT_CHECK(files::replace(folder + "checkpoint", note));
  EXHIBIT_TRY(const std::string kept, files::read(folder + "checkpoint", seal::kNoteSizeMax));
  if (kept != note)
    return fail(ErrorCode::refused,
                "another form of this checkpoint is kept as stamped: remove it, or go on from it");
  EXHIBIT_CHECK(add_stamp_file(folder, out.der, ".tsq"));
  return out;
}

Result<StampAdded> add_stamp(const Home& home, const std::string& directory,
                             const StampFiles& given) {
  EXHIBIT_TRY(const Case::Impl impl, lock_logs(home, directory));
  for (const PartyLog& log : impl.others) {
    EXHIBIT_TRY(const std::vector<std::uint64_t> sizes, list_stamped(impl.directory, log.party));
    for (const std::uint64_t size : sizes) {
      const std::string folder = impl.path(layout::stamped_path(log.party, size));
      EXHIBIT_TRY(const std::string bytes, files::read(folder + "checkpoint", seal::kNoteSizeMax));
      EXHIBIT_TRY(const auto says, stamps(as_bytes(bytes), as_bytes(given.token)));
      if (!says) continue;
      for (const auto& [list, kind] : {std::pair<const std::vector<std::string>&, std::string_view>{
                                           given.certificates, ".pem"},
                                       {given.crls, ".crl"},
                                       {given.ocsp_responses, ".ocsp"}})
        for (const std::string& file : list) EXHIBIT_CHECK(add_stamp_file(folder, file, kind));
      StampAdded out{.party = log.party, .tree_size = size, .authority = says->authority};
      if (says->time) out.time = says->time->not_after;
      EXHIBIT_TRY(out.added, add_stamp_file(folder, given.token, ".tsr"));
      return out;
    }
  }
  return fail(ErrorCode::proof_mismatch,
              "the token stamps no checkpoint that was requested from this case");
}

}  // namespace exhibit::casefile
