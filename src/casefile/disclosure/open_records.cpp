#include "casefile/disclosure/open_records.h"

#include <algorithm>
#include <fstream>
#include <memory>

#include "base/text.h"
#include "casefile/disclosure/personal.h"
#include "casefile/disclosure/read_set.h"
#include "casefile/layout.h"
#include "casefile/leaves.h"
#include "casefile/member.h"
#include "casefile/pack.h"
#include "casefile/sink.h"

namespace exhibit::casefile {
namespace {

constexpr std::uint8_t kOpened = 1;
constexpr std::uint8_t kWholeShape = 1, kPartOfShape = 2;
constexpr std::size_t kShapeSizeBytesMax = 16 << 20;  // of paths
constexpr std::size_t kLeavesAtOnce = 32'768;
constexpr std::uint64_t kPieceSizeMax = 64 << 20;
// Where an EVTX file has its chunks when nothing is damaged.
constexpr std::uint64_t kEvtxHeaderSize = 4096, kEvtxChunkSize = 65'536;

// docs/formats/disclosure.md: all integers are big-endian.
template <std::unsigned_integral T>
void put(std::string& out, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
}
void put_bytes(std::string& out, Bytes bytes) { out += as_text(bytes); }
void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

/// A list of paths that records share, and how much of it is opened.
struct Shape {
  seal::Key key{};
  seal::ShapeOpening opening;
  std::vector<bool> opened;  // by place
  bool whole = false;
  std::optional<std::uint32_t> number;  // given when the first record that uses it is written
};

std::string shape_bytes(const Shape& shape) {
  std::string out;
  const auto& paths = shape.opening.paths;
  if (shape.whole) {
    put(out, kWholeShape);
    put_bytes(out, shape.key);
    put(out, static_cast<std::uint32_t>(paths.size()));
    for (const auto& path : paths) put_text(out, path.path);
    return out;
  }
  put(out, kPartOfShape);
  put(out, static_cast<std::uint32_t>(paths.size() + shape.opening.padding.size()));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    put(out, std::uint8_t{shape.opened[i]});
    if (shape.opened[i]) {
      put_bytes(out, paths[i].salt);
      put_text(out, paths[i].path);
    } else {
      put_bytes(out, seal::path_commitment(paths[i].salt, paths[i].path));
    }
  }
  for (const seal::Digest& padding : shape.opening.padding) {
    put(out, std::uint8_t{0});
    put_bytes(out, padding);
  }
  return out;
}

/// A record, opened, before its shape has a number and its way to the root is known.
struct Opened {
  std::string slots;  // u16 b and the slots
  seal::Digest shape{};
  seal::Digest leaf{};
  DisclosedRecord told;
};

class Opener {
 public:
  Opener(const SourceFacts& facts, const seal::Key& key, const DiscloseOptions& options,
         RunRules& rules)
      : facts_(facts), key_(key), options_(options), rules_(rules) {
    for (const std::string& field : options.fields) wanted_.push_back(base::ascii_lower(field));
    for (const std::string& field : options.keep) kept_.push_back(base::ascii_lower(field));
    for (const Redaction& redaction : options.redactions)
      redactions_.emplace_back(base::ascii_lower(redaction.field), redaction.reason);
  }

  Result<void> open(const event::Batch& batch, const event::Event& event,
                    const event::PathTable& paths, const RecordKey& at,
                    const ChosenRecord& chosen) {
    const auto fields = batch.event_fields(event);
    std::vector<std::string_view> texts;
    std::vector<seal::FieldView> views;
    for (const event::Field& field : fields) {
      texts.push_back(paths.path(field.path));
      views.push_back({.path = texts.back(),
                       .type = static_cast<std::uint8_t>(field.value.type),
                       .value = field.value.bytes()});
    }
    std::size_t path_bytes = 0;
    for (const std::string_view text : texts) path_bytes += text.size();
    if (path_bytes > kShapeSizeBytesMax)
      return fail(ErrorCode::limit,
                  "the names of a record's fields are longer than a bundle takes");
    const Bytes raw = batch.record_bytes(event);
    const seal::RecordOpening opening = seal::open_record(
        key_, facts_.pseudonym,
        {.offset = event.offset, .stream = at.stream, .raw = raw, .fields = views});
    Opened out;
    out.shape = opening.shape.commitment;
    out.leaf = seal::leaf_hash(as_bytes(opening.entry));
    out.told = tell(event, texts, at, chosen);
    EXHIBIT_CHECK(decide(out.told, batch, event, texts, chosen));
    Shape& shape = shape_of(opening.shape, texts);
    shape.whole |= out.told.paths;
    for (std::size_t i = 0; i < out.told.fields.size(); ++i)
      if (!out.told.fields[i].withheld) shape.opened[i] = true;
    write_slots(out, opening);
    size_bytes_ += out.slots.size();
    if (size_bytes_ > kBundleSizeBytesMax)
      return fail(ErrorCode::limit, "so much is a handover and no disclosure");
    opened_.emplace(at, std::move(out));
    return {};
  }

  /// What was opened, by record; the shapes are numbered as records ask for them.
  std::map<RecordKey, Opened>& opened() { return opened_; }
  std::uint32_t number_of(const seal::Digest& shape, std::string& shapes) {
    Shape& found = shapes_.at(shape);
    if (!found.number) {
      found.number = numbered_++;
      shapes += shape_bytes(found);
    }
    return *found.number;
  }

 private:
  DisclosedRecord tell(const event::Event& event, const std::vector<std::string_view>& texts,
                       const RecordKey& at, const ChosenRecord& chosen) const {
    DisclosedRecord out;
    out.source = facts_.source.sha256;
    out.index = at.index;
    out.offset = event.offset;
    out.slack = event.slack;
    out.time = event.time;
    out.whole = options_.whole;
    out.paths = options_.whole;
    out.fields.resize(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) out.fields[i].path = texts[i];
    for (const ChosenFinding& finding : chosen.findings) out.findings.push_back(finding.id);
    return out;
  }

  // Which fields are opened, and why the others are not.
  Result<void> decide(DisclosedRecord& out, const event::Batch& batch, const event::Event& event,
                      const std::vector<std::string_view>& texts, const ChosenRecord& chosen) {
    const auto fields = batch.event_fields(event);
    std::vector<bool> asked(texts.size(), options_.whole);
    std::vector<Needed> needed;
    for (const ChosenFinding& finding : chosen.findings) {
      EXHIBIT_TRY(const RunRules::Rule rule, rules_.find(*finding.run, finding.rule_sha256));
      needed.push_back(needed_fields(read_set(*rule.pack, rule.number, event),
                                     facts_.source.info.format, texts));
      out.paths |= needed.back().whole_list;
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (needed.back().fields[i]) asked[i] = true;
    }
    bool redacted = false;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      DisclosedField& field = out.fields[i];
      const std::vector<std::string> names = lower_names(texts[i]);
      field.text = event::to_text(fields[i].value);
      if (chosen.by_itself) asked[i] = asked[i] || wanted_.empty() || is_any_of(names, wanted_);
      if (!asked[i]) field.withheld = options_.reason;
      if (options_.redact_personal_data && !is_any_of(names, kept_) &&
          is_personal(names, fields[i].value.type, field.text)) {
        field.withheld = Withheld::personal_data;
        field.personal = redacted = true;
      }
      for (const auto& [name, reason] : redactions_)
        if (std::ranges::find(names, name) != names.end()) {
          field.withheld = reason;
          redacted = true;
        }
      // Beyond what can be opened one by one; the raw bytes and the list of paths have them.
      if (i + seal::kRecordOwnSlots >= seal::kSlotsMax && !field.withheld)
        field.withheld = options_.reason;
    }
    if (redacted) out.whole = false;  // the raw bytes would show it all
    for (std::size_t f = 0; f < needed.size(); ++f)
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (needed[f].fields[i] && out.fields[i].withheld) {
          out.undecidable.push_back(chosen.findings[f].id);
          break;
        }
    return {};
  }

  static bool is_any_of(const std::vector<std::string>& names, const std::vector<std::string>& of) {
    return std::ranges::any_of(
        names, [&](const std::string& name) { return std::ranges::find(of, name) != of.end(); });
  }

  Shape& shape_of(const seal::ShapeOpening& opening, const std::vector<std::string_view>& texts) {
    const auto [at, fresh] = shapes_.try_emplace(opening.commitment);
    if (fresh) {
      at->second.key = seal::derive_shape_key(key_, texts);
      at->second.opening = opening;
      at->second.opened.resize(texts.size());
    }
    return at->second;
  }

  void write_slots(Opened& out, const seal::RecordOpening& opening) const {
    put(out.slots, static_cast<std::uint16_t>(opening.fields.size() + opening.padding.size()));
    for (std::size_t f = 0; f < opening.fields.size(); ++f) {
      const seal::FieldOpening& slot = opening.fields[f];
      std::optional<Withheld> withheld;
      if (f >= seal::kRecordOwnSlots) {
        withheld = out.told.fields[f - seal::kRecordOwnSlots].withheld;
      } else if (slot.type != seal::kShapeFieldType && !out.told.whole) {
        withheld = options_.reason;
      }
      if (withheld) {
        put(out.slots, static_cast<std::uint8_t>(*withheld));
        put_bytes(out.slots, seal::field_commitment(slot.salt, slot.type, as_bytes(slot.value)));
      } else {
        put(out.slots, kOpened);
        put_bytes(out.slots, slot.salt);
        put(out.slots, slot.type);
        put_text(out.slots, slot.value);
      }
    }
    for (const seal::Digest& padding : opening.padding) {
      put(out.slots, static_cast<std::uint8_t>(options_.reason));
      put_bytes(out.slots, padding);
    }
  }

  const SourceFacts& facts_;
  const seal::Key& key_;
  const DiscloseOptions& options_;
  RunRules& rules_;
  std::vector<std::string> wanted_, kept_;  // names, in lower case
  std::vector<std::pair<std::string, Withheld>> redactions_;
  std::map<seal::Digest, Shape> shapes_;
  std::map<RecordKey, Opened> opened_;
  std::uint32_t numbered_ = 0;
  std::uint64_t size_bytes_ = 0;
};

// Reads the chosen records of a source again.
class ChosenReader {
 public:
  using Place = std::pair<std::uint8_t, std::uint64_t>;  // stream, offset

  ChosenReader(const SourceFacts& facts, const ChosenRecords& chosen, const std::atomic<bool>* stop,
               Opener& opener)
      : facts_(facts), stop_(stop), opener_(opener), paths_(no_names_) {
    for (const auto& record : chosen)
      left_.emplace(Place(record.first.stream, record.second.offset), &record);
    const bool slack = chosen.rbegin()->first.stream == seal::kSlackStream;
    parser_ = evidence::make_parser(facts.source.info.format, paths_, {.slack = slack});
  }

  Result<void> read() {
    if (parser_ == nullptr)
      return fail(ErrorCode::proof_mismatch, "a source no longer reads as what was sealed");
    const evidence::SourceInfo where = where_is(facts_.source);
    if (where.members.empty()) EXHIBIT_CHECK(read_pieces(where.path));
    // What is not where its format puts it (behind damage, say), or is in an archive, is come to.
    if (!left_.empty()) EXHIBIT_CHECK(read_through());
    if (!left_.empty())
      return fail(ErrorCode::proof_mismatch, "a source no longer has a record where it was sealed");
    return {};
  }

 private:
  // Of a plain file, only the pieces that hold chosen records: a million records stand between two
  // of them.
  Result<void> read_pieces(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::uint64_t done = 0;                                        // pieces below this were read
    std::vector<std::pair<std::uint64_t, std::uint64_t>> records;  // offset, length
    for (const auto& [place, record] : left_)
      records.emplace_back(place.second, record->second.length);
    std::ranges::sort(records);
    for (const auto& [offset, length] : records) {
      if (offset < done) continue;
      EXHIBIT_CHECK(check_stop());
      const bool evtx = facts_.source.info.format == evidence::Format::evtx;
      if (evtx && offset < kEvtxHeaderSize) continue;
      const std::uint64_t from =
          evtx ? offset - (offset - kEvtxHeaderSize) % kEvtxChunkSize : offset;
      const std::uint64_t size =
          std::min(evtx ? kEvtxChunkSize : length, facts_.source.size_bytes - from);
      if (offset >= facts_.source.size_bytes || size > kPieceSizeMax) continue;
      batch_.clear();
      batch_.source_offset = from;
      batch_.resize(static_cast<std::size_t>(size));
      file.clear();
      file.seekg(static_cast<std::streamoff>(from));
      if (!file.read(reinterpret_cast<char*>(batch_.buffer.data()),
                     static_cast<std::streamsize>(size)))
        continue;
      if (!evtx) {
        event::Event event;
        event.offset = offset;
        event.length = static_cast<std::uint32_t>(length);
        batch_.events.push_back(event);
      }
      EXHIBIT_CHECK(take());
      done = from + size;
    }
    return {};
  }

  Result<void> read_through() {
    EXHIBIT_TRY(const OpenedSource opened, open_source(facts_.source));
    while (!left_.empty() && opened.source->next(batch_)) {
      EXHIBIT_CHECK(check_stop());
      const auto is_here = [&](std::uint8_t stream) {
        const auto next = left_.lower_bound({stream, batch_.source_offset});
        return next != left_.end() && next->first.first == stream &&
               next->first.second < batch_.source_offset + batch_.size;
      };
      if (is_here(seal::kRecordStream) || is_here(seal::kSlackStream)) EXHIBIT_CHECK(take());
    }
    return {};
  }

  // Opens what is chosen of the batch.
  Result<void> take() {
    parser_->parse(batch_);
    for (const event::Event& event : batch_.events) {
      const std::uint8_t stream = event.slack ? seal::kSlackStream : seal::kRecordStream;
      const auto place = left_.find({stream, event.offset});
      if (place == left_.end()) continue;
      EXHIBIT_CHECK(
          opener_.open(batch_, event, paths_, place->second->first, place->second->second));
      left_.erase(place);
    }
    return {};
  }

  [[nodiscard]] Result<void> check_stop() const {
    if (stop_ != nullptr && stop_->load()) return fail(ErrorCode::interrupted, "stopped");
    return {};
  }

  const SourceFacts& facts_;
  const std::atomic<bool>* stop_;
  Opener& opener_;
  std::map<Place, const ChosenRecords::value_type*> left_;
  const event::FieldNames no_names_;
  event::PathTable paths_;
  std::unique_ptr<evidence::Parser> parser_;
  event::Batch batch_;
};

// The ways of the records of one stream to the root of its tree.
Result<TreePaths> tree_paths(const Case::Impl& impl, const SourceFacts& facts,
                             const ChosenRecords& chosen, std::uint8_t stream) {
  const bool slack = stream == seal::kSlackStream;
  if (slack && !facts.slack)
    return fail(ErrorCode::not_found, "the deleted records of a source are not sealed");
  const TreeFacts& tree = slack ? *facts.slack : facts.records;
  std::vector<std::uint64_t> indices;
  for (const auto& [at, record] : chosen) {
    if (at.stream != stream) continue;
    if (at.index >= tree.size)
      return fail(ErrorCode::proof_mismatch, "a record is beyond the record tree");
    indices.push_back(at.index);
  }
  TreePaths out(tree.size, indices);
  const std::string path = impl.path(layout::source_folder(facts.source.sha256) +
                                     (slack ? layout::kSlackLeaves : layout::kLeaves));
  EXHIBIT_TRY(files::Reader file, files::Reader::open(path));
  std::vector<seal::Digest> leaves(kLeavesAtOnce);
  for (std::uint64_t left = tree.size; left != 0;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, leaves.size()));
    const auto some = std::span(leaves).first(n);
    EXHIBIT_TRY(const std::size_t got, file.read(std::as_writable_bytes(some)));
    if (got != n * sizeof(seal::Digest))
      return fail(ErrorCode::malformed, "a file of leaves does not hold as many as it should");
    out.append(some);
    left -= n;
  }
  if (out.root() != tree.root)
    return fail(ErrorCode::proof_mismatch, "the way to the sealed root is broken: verify the case");
  return out;
}

}  // namespace

Result<RunRules::Rule> RunRules::find(const RunFacts& run, std::string_view rule_sha256) {
  auto found = packs_.find(run.criteria_sha256);
  if (found == packs_.end()) {
    EXHIBIT_TRY(sigma::RulePack pack, load_criteria(impl_.path(""), run.criteria_sha256));
    found = packs_.emplace(run.criteria_sha256, std::move(pack)).first;
  }
  const auto& rules = found->second.rules;
  const auto rule = std::ranges::find(rules, rule_sha256, &sigma::RuleInfo::sha256);
  if (rule == rules.end())
    return fail(ErrorCode::not_found, "a finding's rule is not in its run's criteria");
  return Rule{.pack = &found->second, .number = static_cast<std::uint32_t>(rule - rules.begin())};
}

Result<OpenedRecords> open_records(const Case::Impl& impl, const SourceFacts& facts,
                                   const seal::Key& source_key, const ChosenRecords& chosen,
                                   const DiscloseOptions& options, RunRules& rules, Disclosed& sum,
                                   const std::function<void(const DisclosedRecord&)>& take) {
  Opener opener(facts, source_key, options, rules);
  EXHIBIT_CHECK(ChosenReader(facts, chosen, options.stop, opener).read());
  OpenedRecords out;
  std::optional<TreePaths> paths;
  std::uint8_t paths_stream = 0;
  for (auto& [at, record] : opener.opened()) {
    if (!paths || paths_stream != at.stream) {
      EXHIBIT_TRY(paths, tree_paths(impl, facts, chosen, at.stream));
      paths_stream = at.stream;
    }
    if (paths->leaf(at.index) != record.leaf)
      return fail(ErrorCode::proof_mismatch, "a record is no longer what was sealed");
    put(out.records, at.stream);
    put(out.records, at.index);
    put(out.records, opener.number_of(record.shape, out.shapes));
    out.records += record.slots;
    const std::vector<seal::Digest> path = paths->path(at.index);
    put(out.records, static_cast<std::uint8_t>(path.size()));
    for (const seal::Digest& sibling : path) put_bytes(out.records, sibling);
    record.slots = {};
    ++sum.records;
    sum.findings += record.told.findings.size();
    for (const DisclosedField& field : record.told.fields)
      ++(field.withheld ? sum.fields_withheld : sum.fields_opened);
    if (take) take(record.told);
  }
  return out;
}

}  // namespace exhibit::casefile
