#include "verify/core/report.h"

namespace exhibit::verify::core {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::array<std::string_view, 3> kVerdicts{"valid", "undecidable", "invalid"};
// Subjects of records are "<pseudonym>/<stream>/<index>"; those of entries have one slash.
bool is_of_record(std::string_view subject) { return subject.find('/') != subject.rfind('/'); }

}  // namespace

Report& Report::raw(std::string_view text) {
  if (full_ || room_.size() < kTail || text.size() > room_.size() - kTail - size_) {
    full_ = true;
    return *this;
  }
  std::memcpy(room_.data() + size_, text.data(), text.size());
  size_ += text.size();
  return *this;
}

Report& Report::string(std::string_view text) {
  raw("\"");
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode_utf8(text, at);
    if (d.size == 0) {
      raw("\xef\xbf\xbd");
      ++at;
      continue;
    }
    const std::string_view bytes = text.substr(at, d.size);
    at += d.size;
    if (bytes == "\"" || bytes == "\\") {
      raw("\\").raw(bytes);
    } else if (d.codepoint < 0x20) {
      raw("\\u00").raw(kHex.substr(d.codepoint >> 4, 1)).raw(kHex.substr(d.codepoint & 15, 1));
    } else {
      raw(bytes);
    }
  }
  return raw("\"");
}

Report& Report::number(std::uint64_t value) {
  std::array<std::byte, 24> memory;
  Arena arena{memory};
  Writer digits(arena, memory.size());
  return raw("\"").raw(digits.number(value).view()).raw("\"");
}

Report& Report::hex(std::string_view bytes) {
  raw("\"");
  for (std::size_t i = 0; i < bytes.size(); ++i)
    raw(kHex.substr(byte_at(bytes, i) >> 4, 1)).raw(kHex.substr(byte_at(bytes, i) & 15, 1));
  return raw("\"");
}

void Report::begin(std::string_view head) {
  line_ = size_;
  full_ = false;
  raw(head);
}

void Report::end(std::string_view tail) {
  raw(tail).raw("\n");
  if (!full_) return;
  size_ = line_;  // half a line is none
  cut_ = true;
}

void Report::finish(Verdict whole) {
  if (room_.size() < kTail) return;
  const auto put = [this](std::string_view text) {
    std::memcpy(room_.data() + size_, text.data(), text.size());
    size_ += text.size();
  };
  if (cut_) put("{\"cut\":true}\n");
  put("{\"verdict\":\"");
  put(kVerdicts[static_cast<std::size_t>(whole)]);
  put("\"}\n");
}

void Report::check(const Check& check) {
  begin("{\"check\":{\"id\":");
  string(check.id).raw(",\"subject\":").string(check.subject).raw(",\"verdict\":");
  string(kVerdicts[static_cast<std::size_t>(check.verdict)]).raw(",\"why\":").string(check.why);
  raw(",\"detail\":").string(check.detail);
  end(check.counts ? ",\"counts\":true}}" : ",\"counts\":false}}");
}

void Report::fact(const Fact& fact) {
  begin("{\"fact\":{\"subject\":");
  string(fact.subject).raw(",\"name\":").string(fact.name).raw(",\"value\":");
  if (fact.name == "root" || fact.name == "fingerprint") {
    hex(fact.value);
  } else {
    string(fact.value);
  }
  end("}}");
}

void Report::path(const TreePath& path) {
  if (is_of_record(path.subject) && !told(records_)) return;
  begin("{\"path\":{\"subject\":");
  string(path.subject).raw(",\"index\":").number(path.index).raw(",\"size\":");
  number(path.tree_size).raw(",\"leaf\":").hex(view(path.leaf)).raw(",\"steps\":[");
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const Step& step = path.steps[i];
    raw(i == 0 ? "[" : ",[").raw(step.sibling_left ? "\"left\"," : "\"right\",");
    hex(view(step.sibling)).raw(",").hex(view(step.node)).raw("]");
  }
  end("]}}");
}

void Report::fields(std::span<const OpenedField> fields) {
  raw("[");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const OpenedField& field = fields[i];
    raw(i == 0 ? "{\"slot\":" : ",{\"slot\":").number(field.slot).raw(",\"path\":");
    string(field.path).raw(",\"type\":").number(field.type).raw(",\"value\":").hex(field.value);
    raw("}");
  }
  raw("]");
}

void Report::statement(std::string_view subject, std::string_view kind,
                       std::span<const OpenedField> opened) {
  begin("{\"statement\":{\"subject\":");
  string(subject).raw(",\"kind\":").string(kind).raw(",\"fields\":");
  fields(opened);
  end("}}");
}

void Report::record(const DisclosedRecord& record) {
  if (!told(records_++)) return;
  begin("{\"record\":{\"source\":");
  string(record.source).raw(",\"stream\":").number(record.stream).raw(",\"index\":");
  number(record.index).raw(record.valid ? ",\"valid\":true" : ",\"valid\":false");
  raw(record.whole_list ? ",\"whole_list\":true" : ",\"whole_list\":false");
  raw(",\"fields\":");
  fields(record.fields);
  raw(",\"reasons\":")
      .hex({reinterpret_cast<const char*>(record.reasons.data()), record.reasons.size()});
  raw(",\"paths\":[");
  for (std::size_t i = 0; i < record.paths.size(); ++i) {
    if (i != 0) raw(",");
    if (record.paths[i].data() == nullptr) {
      raw("null");
    } else {
      string(record.paths[i]);
    }
  }
  end("]}}");
}

void Report::withheld(const WithheldRun& run) {
  begin("{\"withheld\":{\"source\":");
  string(run.source).raw(",\"stream\":").number(run.stream).raw(",\"from\":").number(run.from);
  raw(",\"to\":").number(run.to).raw(",\"reason\":").string(run.reason);
  end("}}");
}

void Report::finding(const NamedFinding& finding) {
  begin("{\"finding\":{\"source\":");
  string(finding.source).raw(",\"stream\":").number(finding.stream).raw(",\"record\":");
  number(finding.record).raw(",\"rule\":").string(finding.rule);
  end("}}");
}

}  // namespace exhibit::verify::core
