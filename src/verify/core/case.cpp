// Which file of a case archive comes next, and how it is read.
#include "verify/core/case.h"

#include <algorithm>

namespace exhibit::verify::core {
namespace {

constexpr std::uint64_t kWholeMax = 32 << 20;  // of a file that is kept in memory while it is read
constexpr std::uint64_t kTileWidth = 256;
constexpr std::size_t kDigestSize = 32;
constexpr Why kMissing = "the file is missing";

}  // namespace

std::string_view CaseReader::name_of(std::string_view a, std::string_view b, std::string_view c,
                                     std::string_view d) {
  Writer out(arena_, a.size() + b.size() + c.size() + d.size());
  return out.text(a).text(b).text(c).text(d).view();
}

bool CaseReader::next(Wanted& out) {
  if (!indexed_ || broken_) return false;
  for (;;) {
    mark_ = arena_.used();
    if (!advance()) return false;
    file_ = find(name_);
    if (file_ == nullptr) {
      missing();
      continue;
    }
    file_->seen = true;
    taken_ = 0;
    hash_ = {};
    tree_ = {};
    line_open_ = false;
    if (keeps_) {
      if (file_->size > kWholeMax) {
        say("archive.form", name_, Verdict::invalid, "the file is larger than it may be");
        continue;
      }
      whole_ = static_cast<char*>(arena_.take(static_cast<std::size_t>(file_->size), 1));
      if (whole_ == nullptr) {
        say("archive.form", name_, Verdict::undecidable, kNoMemory);
        continue;
      }
    }
    out = {.offset = file_->offset, .size = file_->size};
    return true;
  }
}

void CaseReader::piece(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > file_->size - taken_) return;
  if (keeps_) {
    std::memcpy(whole_ + taken_, bytes.data(), bytes.size());
    taken_ += bytes.size();
    return;
  }
  if (streamed_ == Streamed::hash) hash_.update(bytes);
  if (streamed_ == Streamed::leaves) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto at = static_cast<std::size_t>((taken_ + i) % kDigestSize);
      part_[at] = byte_at(bytes, i);
      if (at + 1 == kDigestSize) tree_.append(part_);
    }
  }
  if (streamed_ == Streamed::lines) {  // each with its newline is an entry
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::size_t newline = rest.find('\n');
      const std::string_view part =
          rest.substr(0, newline == std::string_view::npos ? std::string_view::npos : newline + 1);
      if (!line_open_) {
        hash_ = {};
        hash_.update(std::uint8_t{0});
      }
      hash_.update(part);
      line_open_ = newline == std::string_view::npos;
      if (!line_open_) tree_.append(hash_.finish());
      rest.remove_prefix(part.size());
    }
  }
  taken_ += bytes.size();
}

// ---- what comes next

bool CaseReader::advance() {
  if (stage_ == Stage::toml) {
    stage_ = Stage::checkpoint;
    step_ = 0;
    for (const File& file : files_.items()) {
      constexpr std::string_view kFolder = "ledger/", kFile = "/checkpoint";
      if (!file.name.starts_with(kFolder) || !file.name.ends_with(kFile)) continue;
      const std::string_view party =
          file.name.substr(kFolder.size(), file.name.size() - kFolder.size() - kFile.size());
      if (party.empty() || party.find('/') != std::string_view::npos) continue;
      if (logs_.size() == kCasePartiesMax) {
        say("archive.form", "archive", Verdict::invalid, "the case has more than 64 logs");
        break;
      }
      Log log;
      log.party = party;
      if (!logs_.push(arena_, log)) break;
    }
    if (logs_.size() == 0)
      say("archive.form", "archive", Verdict::undecidable, "the archive has no log");
    keeps_ = true;
    name_ = "exhibit.toml";
    return true;
  }
  while (stage_ < Stage::sources && logs_.size() != 0)
    if (advance_log()) return true;
  if (stage_ <= Stage::sources && !chosen_) choose_sealer();
  if (stage_ <= Stage::sources) {
    stage_ = Stage::sources;
    if (advance_source()) return true;
    stage_ = Stage::runs;
    step_ = 0;
  }
  if (stage_ == Stage::runs) {
    if (advance_run()) return true;
    stage_ = Stage::done;
  }
  return false;
}

// All logs are read, and then, with all of their cosigners' keys, what was cosigned.
void CaseReader::next_log() {
  if (stage_ == Stage::cosigned) conclude_log();
  step_ = 0;
  cosigned_at_ = 0;
  if (++log_ < logs_.size()) {
    if (stage_ != Stage::cosigned) stage_ = Stage::checkpoint;
  } else {
    stage_ = stage_ == Stage::cosigned ? Stage::sources : Stage::cosigned;
    log_ = 0;
  }
}

bool CaseReader::advance_log() {
  Log& log = logs_[log_];
  Writer number(arena_, 48);
  keeps_ = true;
  switch (stage_) {
    case Stage::checkpoint:
      if (step_++ == 0) {
        name_ = name_of("ledger/", log.party, "/checkpoint");
        return true;
      }
      if (!log.formed) {
        next_log();
        return false;
      }
      stage_ = Stage::open;
      step_ = 0;
      return false;
    case Stage::open:
      if (step_++ == 0) {
        name_ = name_of("statements/", log.party, "/0.json");
        return true;
      }
      stage_ = Stage::bundles;
      step_ = 0;
      return false;
    case Stage::bundles: {
      const std::uint64_t first = step_ * kTileWidth;
      if (first >= log.checkpoint.size || log.entries.size() != first) {
        stage_ = Stage::statements;
        step_ = 0;
        return false;
      }
      // tile/entries/<N>[.p/<W>]: N in groups of three digits, all but the last behind an x.
      const std::uint64_t n = step_++;
      number.text("/tile/entries/");
      for (std::uint64_t unit = 1'000'000'000'000'000; unit >= 1000; unit /= 1000)
        if (n >= unit) {
          const std::uint64_t group = n / unit % 1000;
          number.byte('x').byte(static_cast<char>('0' + group / 100));
          number.byte(static_cast<char>('0' + group / 10 % 10));
          number.byte(static_cast<char>('0' + group % 10)).byte('/');
        }
      number.byte(static_cast<char>('0' + n % 1000 / 100));
      number.byte(static_cast<char>('0' + n % 100 / 10)).byte(static_cast<char>('0' + n % 10));
      if (log.checkpoint.size - first < kTileWidth)
        number.text(".p/").number(log.checkpoint.size - first);
      name_ = name_of("ledger/", log.party, number.view());
      return true;
    }
    case Stage::statements:
      if (step_ < log.entries.size()) {
        name_ = name_of("statements/", log.party, "/", number.number(step_++).text(".json").view());
        return true;
      }
      next_log();
      return false;
    default:
      break;
  }
  const std::string_view folder = name_of("ledger/", log.party, "/cosigned/");
  while (cosigned_at_ < files_.size()) {
    const File& file = files_[cosigned_at_++];
    if (!file.name.starts_with(folder)) continue;
    name_ = file.name;
    return true;
  }
  next_log();
  return false;
}

bool CaseReader::advance_source() {
  keeps_ = false;
  for (;; ++step_) {
    const std::uint64_t at = step_ / 3;
    if (at >= acquired_.size()) return false;
    const Acquired& source = acquired_[static_cast<std::size_t>(at)];
    if (no_sealer_ || source.log != sealer_) continue;
    Writer hex(arena_, 64);
    hex.hex(view(source.sha256));
    streamed_ = step_ % 3 == 2 ? Streamed::leaves : Streamed::hash;
    constexpr std::array<std::string_view, 3> kFiles{"/data", "/damage.jsonl", "/leaves"};
    if (step_ % 3 == 1 && source.damage == 0) continue;
    if (step_ % 3 == 2 && source.records.size == 0) continue;
    name_ = name_of("sources/", hex.view(), kFiles[static_cast<std::size_t>(step_ % 3)]);
    ++step_;
    return true;
  }
}

bool CaseReader::advance_run() {
  constexpr std::uint64_t kFiles = 7;
  keeps_ = false;
  for (;; ++step_) {
    const std::uint64_t at = step_ / kFiles;
    if (at >= runs_.size()) return false;
    const Run& run = runs_[static_cast<std::size_t>(at)];
    if (no_sealer_ || run.log != sealer_) continue;
    Writer number(arena_, 24), hex(arena_, 64);
    const std::uint64_t file = step_++ % kFiles;
    streamed_ = file < 3 ? Streamed::lines : Streamed::hash;
    if (file == 0) {
      name_ = name_of("statements/", logs_[run.log].party, "/",
                      number.number(run.entry).text(".inputs.jsonl").view());
    } else if (file < 3) {
      name_ = name_of("runs/", number.number(run.number).view(),
                      file == 1 ? "/findings.jsonl" : "/coverage.json");
    } else {
      hex.hex(view(file == 6 ? run.pack : run.criteria));
      constexpr std::array<std::string_view, 4> kNames{"/manifest.json", "/mapping.json",
                                                       "/routing.yml", "/rules.yml"};
      name_ = name_of("criteria/", hex.view(), kNames[static_cast<std::size_t>(file - 3)]);
    }
    return true;
  }
}

void CaseReader::missing() {
  constexpr std::array<std::string_view, 8> kIds{"exhibit.toml",   "checkpoint.form", "ledger.open",
                                                 "ledger.entries", "statement",       "cosignature",
                                                 "source.bytes",   "run.files"};
  std::string_view id = kIds[static_cast<std::size_t>(stage_)];
  if (name_ == "exhibit.toml") id = "exhibit.toml";
  if (name_.ends_with("/damage.jsonl")) id = "source.damage";
  if (name_.ends_with("/leaves")) id = "source.records";
  if (name_.ends_with("/data")) id = "source.bytes";
  if (stage_ == Stage::open) {
    say("checkpoint.signature", name_, Verdict::undecidable, kMissing);
    say("signer", name_, Verdict::undecidable, kMissing);
  }
  say(id, name_, Verdict::undecidable, kMissing);
}

// ---- what is done with it

void CaseReader::end() {
  if (taken_ != file_->size) {
    say("archive.form", name_, Verdict::undecidable, "the file could not be read to its end");
    return;
  }
  const std::string_view text{whole_, keeps_ ? static_cast<std::size_t>(file_->size) : 0};
  if (name_ == "exhibit.toml") return take_toml(text);
  switch (stage_) {
    case Stage::checkpoint:  // what these two say is needed to the end
      return take_checkpoint(text);
    case Stage::open:
      return take_open(text);
    case Stage::bundles:
      take_bundle(text);
      break;
    case Stage::statements:
      take_statement(text);
      break;
    case Stage::cosigned:
      take_cosigned(text);
      break;
    case Stage::sources: {
      const std::uint64_t last = step_ - 1;
      const Acquired& source = acquired_[static_cast<std::size_t>(last / 3)];
      if (last % 3 == 0) {
        check_hash("source.bytes", source.sha256, source.size);
      } else if (last % 3 == 1) {
        check_hash("source.damage", source.damage_sha256, file_->size);
      } else {
        check_tree("source.records", source.records, true);
      }
      break;
    }
    default: {
      const std::uint64_t last = step_ - 1;
      const Run& run = runs_[static_cast<std::size_t>(last / 7)];
      constexpr std::array<std::string_view, 3> kIds{"run.inputs", "run.findings", "run.coverage"};
      const std::array<const Tree*, 3> trees{&run.inputs, &run.findings, &run.coverage};
      const std::array<const Digest*, 4> hashes{&run.criteria, &run.mapping, &run.routing,
                                                &run.pack};
      const auto file = static_cast<std::size_t>(last % 7);
      if (file < 3) {
        check_tree(kIds[file], *trees[file], false);
      } else {
        check_hash("criteria", *hashes[file - 3], file_->size);
      }
    }
  }
  arena_.release(mark_);
}

void CaseReader::check_hash(std::string_view id, const Digest& expected, std::uint64_t size) {
  const bool same = hash_.finish() == expected && size == file_->size;
  judge(id, name_, same ? kHolds : Why("the bytes are not those that were sealed"));
}

void CaseReader::check_tree(std::string_view id, const Tree& expected, bool undecided) {
  const bool cut = streamed_ == Streamed::leaves ? taken_ % kDigestSize != 0 : line_open_;
  if (cut || tree_.size() != expected.size || tree_.root() != expected.root)
    return say(id, name_, Verdict::invalid, "they do not make the sealed root");
  if (undecided)
    return say(id, name_, Verdict::undecidable,
               "they make the sealed root; that they are the source's records takes the reader");
  judge(id, name_, kHolds);
}

Verdict CaseReader::finish() {
  if (!indexed_ || broken_) return worst_;
  for (const File& file : files_.items())
    if (!file.seen)
      listener_.fact({.subject = "archive", .name = "not looked at", .value = file.name});
  if (runs_.size() != 0) {
    Writer command(arena_, 64 + brought_.file_name.size());
    command.text("exhibit verify ").text(brought_.file_name).text(" --replay");
    say("replay", "runs", Verdict::undecidable, "this takes the rule engine: run the command",
        command.view());
  }
  return worst_;
}

}  // namespace exhibit::verify::core
