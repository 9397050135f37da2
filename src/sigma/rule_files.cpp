#include "sigma/rule_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "base/text.h"
#include "sigma/yaml.h"
#include "sigma/zip.h"

namespace exhibit::sigma {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFilesWorthAThread = 64;

std::unexpected<Error> refused(const std::error_code& error) {
  if (error == std::errc::no_such_file_or_directory)
    return fail(ErrorCode::not_found, "there is no such file or folder of rules");
  return fail(ErrorCode::io, "cannot read the rules", kNoOffset,
              static_cast<std::uint32_t>(error.value()));
}

bool is_rule_name(const std::string& name) {
  const std::string lower = base::ascii_lower(name);
  if (lower.ends_with(".test.yml") || lower.ends_with(".test.yaml")) return false;
  return lower.ends_with(".yml") || lower.ends_with(".yaml");
}

Result<void> list_folder(const std::string& folder, std::vector<std::string>& out) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error), end;
  if (error) return refused(error);
  while (at != end) {
    if (is_rule_name(at->path().filename().string()) && at->is_regular_file(error))
      out.push_back(at->path().string());
    if (out.size() > kMaxRuleFiles)
      return fail(ErrorCode::limit, "the folder holds more than 200,000 rule files");
    at.increment(error);
    if (error) return refused(error);
  }
  return {};
}

// Up to the limit of a zip. A file may grow while it is read, so it is read until nothing comes.
Result<std::string> read_bounded(const std::string& path) {
  const auto failed = [] { return refused(std::error_code(errno, std::generic_category())); };
  // Without waiting: a pipe may stand where a file should.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return failed();
  const auto close = [](const int* open) { ::close(*open); };
  const std::unique_ptr<const int, decltype(close)> closer(&fd);
  struct stat info{};
  if (::fstat(fd, &info) != 0) return failed();
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::io, "a rule file must be a regular file");
  std::string bytes;
  std::array<char, 16'384> piece;
  for (;;) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed();
    if (got == 0) return bytes;
    bytes.append(piece.data(), static_cast<std::size_t>(got));
    if (bytes.size() > kMaxZipSizeBytes)
      return fail(ErrorCode::limit, "a zip of rules must not be larger than 256 MiB");
  }
}

// In order, though two may read at a time. Of what follows the first that cannot be read, nothing
// is asked for.
std::vector<Result<std::string>> read_all(const std::vector<std::string>& files, unsigned threads) {
  std::vector<Result<std::string>> out(files.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  const auto read = [&] {
    for (std::size_t i = 0; !failed && (i = next++) < files.size();) {
      out[i] = read_bounded(files[i]);
      if (!out[i]) failed = true;
    }
  };
  std::thread second;
  if (threads == 0) threads = std::thread::hardware_concurrency();
  if (threads > 1 && files.size() >= kFilesWorthAThread) {
    try {
      second = std::thread(read);
    } catch (const std::system_error&) {  // the system has no thread to give: then without
    }
  }
  read();
  if (second.joinable()) second.join();
  return out;
}

}  // namespace

Result<std::string> read_rule_file(const std::string& path) {
  EXHIBIT_TRY(std::string bytes, read_bounded(path));
  if (bytes.size() > yaml::kMaxFileSizeBytes)
    return fail(ErrorCode::limit, "a rule file must not be larger than 16 MiB");
  return bytes;
}

Result<std::vector<RuleFile>> read_rule_files(const std::vector<std::string>& paths,
                                              unsigned threads) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (error) return refused(error);
    if (!fs::is_directory(status))
      files.push_back(path);
    else if (auto listed = list_folder(path, files); !listed)
      return std::unexpected(listed.error());
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  std::vector<RuleFile> out;
  out.reserve(files.size());
  std::vector<Result<std::string>> contents = read_all(files, threads);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& path = files[i];
    EXHIBIT_TRY(std::string bytes, std::move(contents[i]));
    if (is_zip(bytes)) {
      EXHIBIT_TRY(auto members, read_zip(bytes, yaml::kMaxFileSizeBytes, [](std::string_view name) {
                    return is_rule_name(std::string(name));
                  }));
      for (auto& [name, content] : members) out.emplace_back(path + "!" + name, std::move(content));
    } else if (bytes.size() > yaml::kMaxFileSizeBytes) {
      return fail(ErrorCode::limit, "a rule file must not be larger than 16 MiB");
    } else {
      out.emplace_back(path, std::move(bytes));
    }
  }
  std::size_t total = 0;
  for (const auto& [name, bytes] : out) total += bytes.size();
  if (total > kMaxRulesSizeBytes)
    return fail(ErrorCode::limit, "the rules must not be more than 256 MiB together");
  // Members of a zip stand in the order of its directory until here.
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace exhibit::sigma
