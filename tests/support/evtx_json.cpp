// evtx_json [--xml] [--slack] [--fields] FILE: every event of an EVTX file, one JSON line each, for
// comparison with other readers (tests/differential/evtx_oracle.py). Damage goes to standard error.
//
// A line is {"offset":…,"record_id":…,"slack":…,"event":{…}}; with --fields, "fields" holds
// [path, text] for each field in place of "event".
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "base/json_writer.h"
#include "evidence/evtx.h"
#include "exhibit/evidence.h"

namespace {

using namespace exhibit;

class File final : public evidence::ByteStream {
 public:
  explicit File(std::FILE* file) : file_(file) {}
  ~File() override { std::fclose(file_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  Result<std::size_t> read(std::span<std::byte> into) override {
    return std::fread(into.data(), 1, into.size(), file_);
  }

 private:
  std::FILE* file_;
};

struct Options {
  bool xml = false;
  bool fields = false;
  evidence::ParseOptions parse;
};

void print(const event::Batch& batch, const event::Event& event, const event::PathTable& paths,
           const Options& options) {
  std::string line;
  if (options.xml) {
    evidence::append_event_xml(line, batch, event, paths);
    std::puts(line.c_str());
    return;
  }
  base::JsonWriter json(line);
  json.begin_object().member("offset", event.offset).member("record_id", event.record_id);
  json.member("slack", event.slack);
  if (options.fields) {
    json.key("fields").begin_array();
    for (const event::Field& field : batch.event_fields(event)) {
      json.begin_array().string(paths.path(field.path));
      if (field.value.is_null()) {
        json.null();
      } else {
        json.string(event::to_text(field.value));
      }
      json.end_array();
    }
    json.end_array();
  } else {
    std::string rendered;
    evidence::append_event_json(rendered, batch, event, paths);
    json.key("event").raw(rendered);
  }
  json.end_object();
  std::puts(line.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const char* name = nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--xml") {
      options.xml = true;
    } else if (argument == "--slack") {
      options.parse.slack = true;
    } else if (argument == "--fields") {
      options.fields = true;
    } else {
      name = argv[i];
    }
  }
  std::FILE* file = name == nullptr ? nullptr : std::fopen(name, "rb");
  if (file == nullptr) {
    std::fputs("usage: evtx_json [--xml] [--slack] [--fields] FILE\n", stderr);
    return 2;
  }
  const event::FieldNames names;
  event::PathTable paths(names);
  const auto parser = evidence::make_evtx_parser(paths, options.parse);
  const auto source = evidence::make_evtx_source({}, std::make_unique<File>(file));
  event::Batch batch;
  while (source->next(batch)) {
    parser->parse(batch);
    for (const event::Event& event : batch.events) print(batch, event, paths, options);
    for (const event::Damage& damage : batch.damage)
      std::fprintf(stderr, "%llu +%llu %s\n", static_cast<unsigned long long>(damage.offset),
                   static_cast<unsigned long long>(damage.length),
                   std::string(to_string(damage.kind)).c_str());
  }
  return 0;
}
