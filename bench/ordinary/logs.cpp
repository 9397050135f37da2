#include "ordinary/logs.h"

#include <stdexcept>

#include "base/json_writer.h"
#include "base/time.h"

namespace exhibit::ordinary {
namespace {

constexpr std::size_t kFileSizeBytes = 20 << 20;
constexpr std::int64_t kTicksPerDay = 86'400 * base::kTicksPerSecond;
// Headers of record, header data and the template definitions of a chunk's share.
constexpr std::uint64_t kRecordOverheadBytes = 195;

test::EvtxAttribute attribute(std::string name, test::EvtxNode content) {
  return {.name = std::move(name), .content = {std::move(content)}};
}

test::EvtxNode place(EvtxType type) { return test::xml_value(test::evtx_null(type)); }

test::EvtxNode leaf(std::string name, EvtxType type) {
  return test::xml_element(std::move(name), {place(type)});
}

// As the event log service writes it: what is the same for all events of a provider on one machine
// is text of the template.
test::EvtxNode header_tree(const Provider& provider, const std::string& computer) {
  using test::xml_element;
  using test::xml_text;
  std::vector<test::EvtxAttribute> named = {
      attribute("Name", xml_text(provider.name)),
      attribute("Guid", xml_text(test::evtx_guid(provider.guid).text))};
  if (provider.event_source != nullptr) {
    named.push_back(attribute("EventSourceName", xml_text(provider.event_source)));
  }
  test::EvtxNode system = xml_element(
      "System",
      {xml_element("Provider", {}, std::move(named)),
       xml_element("EventID", {place(EvtxType::uint16)},
                   {attribute("Qualifiers", place(EvtxType::uint16))}),
       leaf("Version", EvtxType::uint8), leaf("Level", EvtxType::uint8),
       leaf("Task", EvtxType::uint16), leaf("Opcode", EvtxType::uint8),
       leaf("Keywords", EvtxType::hex64),
       xml_element("TimeCreated", {}, {attribute("SystemTime", place(EvtxType::filetime))}),
       leaf("EventRecordID", EvtxType::uint64),
       xml_element("Correlation", {}, {attribute("ActivityID", place(EvtxType::guid))}),
       xml_element("Execution", {},
                   {attribute("ProcessID", place(EvtxType::uint32)),
                    attribute("ThreadID", place(EvtxType::uint32))}),
       xml_element("Channel", {xml_text(provider.channel)}),
       xml_element("Computer", {xml_text(computer)}),
       xml_element("Security", {}, {attribute("UserID", place(EvtxType::sid))})});
  return xml_element(
      "Event", {std::move(system), test::xml_fragment({})},
      {attribute("xmlns", xml_text("http://schemas.microsoft.com/win/2004/08/events/event"))});
}

test::EvtxNode data_tree(const EventKind& kind) {
  std::vector<test::EvtxNode> data;
  for (const FieldForm& field : kind.fields) {
    if (kind.user_data != nullptr) {
      data.push_back(leaf(field.name, field.type));
    } else {
      data.push_back(test::xml_element("Data",
                                       {test::xml_value(test::evtx_null(field.type), false)},
                                       {attribute("Name", test::xml_text(field.name))}));
    }
  }
  if (kind.user_data == nullptr) return test::xml_element("EventData", std::move(data));
  return test::xml_element(
      "UserData", {test::xml_element(kind.user_data, std::move(data),
                                     {attribute("xmlns", test::xml_text(kind.user_namespace))})});
}

void append_milliseconds(std::string& out, std::int64_t ticks) {
  base::append_rfc3339(out, ticks);
  out.resize(out.size() - 5);  // 2026-03-02T08:00:00.1234567Z
  out += 'Z';
}

}  // namespace

struct Logs::File {
  explicit File(std::filesystem::path where, const char* mode = "wb") : path(std::move(where)) {
    std::filesystem::create_directories(path.parent_path());
    handle = std::fopen(path.c_str(), mode);
    check(handle != nullptr);
  }
  ~File() {
    if (handle != nullptr) std::fclose(handle);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  void write(std::string_view bytes) {
    check(std::fwrite(bytes.data(), 1, bytes.size(), handle) == bytes.size());
  }
  void write_start(std::string_view bytes) {
    check(std::fseek(handle, 0, SEEK_SET) == 0);
    write(bytes);
  }
  void close() {
    std::FILE* closing = handle;
    handle = nullptr;
    check(std::fclose(closing) == 0);
  }
  void check(bool good) const {
    if (!good) throw std::runtime_error("cannot write " + path.string());
  }
  std::filesystem::path path;
  std::FILE* handle = nullptr;
};

// Between two chunks a log's file is closed: there are more logs than files may be open.
struct Logs::Log {
  explicit Log(std::uint64_t first_id, std::filesystem::path stem_path)
      : writer({.minor_version = 2, .first_record_id = first_id}),
        next_id(first_id),
        stem(std::move(stem_path)) {}
  test::EvtxWriter writer;
  std::uint64_t next_id;
  std::filesystem::path stem;  // HOST/Channel
  std::vector<std::optional<test::EvtxShape>> headers =
      std::vector<std::optional<test::EvtxShape>>(kProviderCount);
  std::size_t chunks = 0;  // in the current file
  int files = 0;           // complete ones
  [[nodiscard]] std::filesystem::path file() const {
    std::array<char, 24> number{};
    std::snprintf(number.data(), number.size(), "-%03d.evtx", files + 1);
    return stem.string() + number.data();
  }
};

Logs::Logs(Options options)
    : options_(std::move(options)), data_shapes_(kKindCount), system_(make_sid("S-1-5-18")) {
  for (std::size_t i = 0; i < kProviderCount; ++i) {
    channels_.try_emplace(provider(i).channel, channels_.size());
  }
  if (!options_.one_file) return;
  if (options_.evtx) {
    one_evtx_ = std::make_unique<File>(options_.folder / "ordinary.evtx");
    one_evtx_->write(std::string(test::kEvtxFileHeaderSizeBytes, '\0'));
  }
  if (options_.json) json_ = std::make_unique<File>(options_.folder / "ordinary.jsonl");
}

Logs::~Logs() = default;

Logs::Log& Logs::log_of(std::size_t host, const std::string& computer, const Provider& provider) {
  const std::size_t index = host * channels_.size() + channels_.find(provider.channel)->second;
  if (index >= logs_.size()) logs_.resize(index + 1);
  if (logs_[index] == nullptr) {
    // Logs do not begin with the month: each starts somewhere in its own numbering.
    logs_[index] = std::make_unique<Log>(
        1 + index * 7'919 % 1'000'003,
        options_.folder / computer.substr(0, computer.find('.')) / provider.log);
  }
  return *logs_[index];
}

void Logs::write(std::size_t host, const std::string& computer, Kind kind, std::int64_t ticks,
                 std::span<const Value> values, const Writer& writer) {
  const EventKind& form = event_kind(kind);
  if (values.size() != form.fields.size()) {
    throw std::logic_error("event " + std::to_string(form.id) + " has other fields");
  }
  Log& log = log_of(host, computer, provider(form.provider));
  write_evtx(log, kind, computer, ticks, values, writer);
  if (options_.json) write_json(form, computer, log.next_id, ticks, values);
  ++log.next_id;
  ++records_;
}

void Logs::write_evtx(Log& log, Kind kind, const std::string& computer, std::int64_t ticks,
                      std::span<const Value> values, const Writer& writer) {
  const EventKind& form = event_kind(kind);
  const Provider& from = provider(form.provider);
  bytes_.clear();
  ends_.clear();
  slots_.clear();
  const auto slot = [&](EvtxType type, const Value& value) {
    append_bytes(bytes_, type, value);
    slots_.push_back({.type = type});
    ends_.push_back(bytes_.size());
  };
  const auto absent = [&] {
    slots_.push_back({});
    ends_.push_back(bytes_.size());
  };
  if (from.event_source != nullptr) {
    slot(EvtxType::uint16, 16384);
  } else {
    absent();
  }
  slot(EvtxType::uint16, form.id);
  slot(EvtxType::uint8, form.version);
  slot(EvtxType::uint8, form.level);
  slot(EvtxType::uint16, form.task);
  slot(EvtxType::uint8, form.opcode);
  slot(EvtxType::hex64, form.keywords);
  slot(EvtxType::filetime, ticks);
  slot(EvtxType::uint64, log.next_id);
  absent();  // no activity
  slot(EvtxType::uint32, writer.process_id);
  slot(EvtxType::uint32, writer.thread_id);
  if (from.as_system) {
    slot(EvtxType::sid, system_);
  } else {
    absent();
  }
  const std::size_t header_slots = slots_.size();
  auto value = values.begin();
  for (const FieldForm& field : form.fields) slot(field.type, *value++);
  size_bytes_ += bytes_.size() + 4 * slots_.size() + kRecordOverheadBytes;
  if (!options_.evtx) return;

  std::size_t begin = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].bytes = std::string_view(bytes_).substr(begin, ends_[i] - begin);
    begin = ends_[i];
  }
  auto& header = log.headers[form.provider];
  if (!header) header.emplace(header_tree(from, computer));
  auto& data = data_shapes_[static_cast<std::size_t>(kind)];
  if (!data) data.emplace(data_tree(form));
  const std::span<const test::EvtxSlot> slots = slots_;
  const test::EvtxInstance fragment{.shape = &*data, .slots = slots.subspan(header_slots)};
  log.writer.add({.shape = &*header, .slots = slots.first(header_slots), .fragment = &fragment},
                 ticks);
  take_chunks(log);
}

void Logs::take_chunks(Log& log) {
  const std::string chunks = log.writer.take_chunks();
  if (chunks.empty()) return;
  const std::size_t count = chunks.size() / test::kEvtxChunkSizeBytes;
  if (options_.one_file) {
    chunks_ += count;
    one_evtx_->write(chunks);
    return;
  }
  File file(log.file(), log.chunks == 0 ? "wb" : "ab");
  if (log.chunks == 0) file.write(std::string(test::kEvtxFileHeaderSizeBytes, '\0'));
  file.write(chunks);
  file.close();
  log.chunks += count;
  if (log.chunks * test::kEvtxChunkSizeBytes >= kFileSizeBytes) end_file(log);
}

void Logs::write_json(const EventKind& kind, const std::string& computer, std::uint64_t id,
                      std::int64_t ticks, std::span<const Value> values) {
  const Provider& from = provider(kind.provider);
  if (!options_.one_file && ticks / kTicksPerDay != json_day_) {
    json_day_ = ticks / kTicksPerDay;
    if (json_ != nullptr) json_->close();
    json_ = std::make_unique<File>(options_.folder /
                                   (base::to_rfc3339(ticks).substr(0, 10) + ".jsonl"));
  }
  const auto shown = [&](EvtxType type, const Value& value) -> const std::string& {
    text_.clear();
    append_text(text_, type, value);
    return text_;
  };
  line_.clear();
  message_ = kind.message;
  message_ += "\r\n";
  base::JsonWriter json(line_);
  json.begin_object().member("SourceName", from.name);
  json.member("ProviderGuid", "{" + std::string(from.guid) + "}");
  json.member("Level", std::to_string(kind.level));
  json.member("Keywords", shown(EvtxType::hex64, kind.keywords));
  json.member("Channel", from.channel).member("Hostname", computer);
  text_.clear();
  append_milliseconds(text_, ticks);
  json.member("TimeCreated", text_).member("@timestamp", text_);
  json.member("EventID", std::uint32_t{kind.id});
  auto value = values.begin();
  for (const FieldForm& field : kind.fields) {
    message_ += field.name;
    message_ += ": ";
    append_text(message_, field.type, *value++);
    message_ += "\r\n";
  }
  json.member("Message", message_).member("Task", std::to_string(kind.task));
  json.member("RecordNumber", std::to_string(id));
  value = values.begin();
  for (const FieldForm& field : kind.fields) json.member(field.name, shown(field.type, *value++));
  json.end_object();
  line_ += '\n';
  json_->write(line_);
}

void Logs::end_file(Log& log) {
  if (log.chunks == 0) return;
  File file(log.file(), "r+b");
  file.write_start(test::evtx_file_header({.minor_version = 2}, log.chunks, log.next_id));
  file.close();
  log.chunks = 0;
  ++log.files;
}

void Logs::finish() {
  for (const auto& log : logs_) {
    if (log == nullptr || !options_.evtx) continue;
    log->writer.end_chunk();
    take_chunks(*log);
    if (!options_.one_file) end_file(*log);
  }
  if (one_evtx_ != nullptr) {
    one_evtx_->write_start(test::evtx_file_header({.minor_version = 2}, chunks_, records_ + 1));
    one_evtx_->close();
  }
  if (json_ != nullptr) json_->close();
}

}  // namespace exhibit::ordinary
