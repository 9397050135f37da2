// The logs of many machines, written as EVTX, as JSON lines, or both from the same events.
//
// EVTX:    a log for each machine and channel, in files of some 20 MiB (HOST/Channel-001.evtx), or
//          the chunks of all logs in one file in the order in which they fill. One template for the
//          header of a provider's events, one for each kind's data, defined once in a chunk.
// JSON:    flat, every value a string but the event id, with the rendered message: as Winlogbeat
//          and OTRF's exports have them. One file a day, or one file.
// Memory:  an open chunk for each log, whatever the size of the output.
// Errors:  std::runtime_error when a file cannot be written.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ordinary/event_kind.h"
#include "ordinary/value.h"
#include "support/evtx_shape.h"

namespace exhibit::ordinary {

struct Options {
  std::filesystem::path folder;
  std::uint64_t seed = 1;
  std::uint64_t size_bytes = 0;  // of the EVTX form; the same events are written whatever the form
  bool evtx = true;
  bool json = false;
  bool one_file = false;
};

/// Who wrote an event.
struct Writer {
  std::uint32_t process_id = 0;
  std::uint32_t thread_id = 0;
};

class Logs {
 public:
  explicit Logs(Options options);
  ~Logs();
  Logs(const Logs&) = delete;
  Logs& operator=(const Logs&) = delete;

  /// `host` counts from 0; `values` are the kind's fields in order.
  void write(std::size_t host, const std::string& computer, Kind kind, std::int64_t ticks,
             std::span<const Value> values, const Writer& writer);
  void finish();

  /// What the records so far take in EVTX, near enough, whether or not it is written.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  struct File;
  struct Log;
  Log& log_of(std::size_t host, const std::string& computer, const Provider& provider);
  void write_evtx(Log& log, Kind kind, const std::string& computer, std::int64_t ticks,
                  std::span<const Value> values, const Writer& writer);
  void write_json(const EventKind& kind, const std::string& computer, std::uint64_t id,
                  std::int64_t ticks, std::span<const Value> values);
  void take_chunks(Log& log);
  void end_file(Log& log);

  Options options_;
  std::vector<std::unique_ptr<Log>> logs_;  // by host and channel
  std::map<std::string, std::size_t, std::less<>> channels_;
  std::vector<std::optional<test::EvtxShape>> data_shapes_;
  std::unique_ptr<File> one_evtx_;
  std::unique_ptr<File> json_;
  std::int64_t json_day_ = -1;
  std::uint64_t chunks_ = 0;  // in the one file
  std::uint64_t size_bytes_ = 0;
  std::uint64_t records_ = 0;
  Sid system_;
  // Scratch of one record.
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<test::EvtxSlot> slots_;
  std::string line_;
  std::string message_;
  std::string text_;
};

}  // namespace exhibit::ordinary
