// The sources of a bundle: shapes, records, and the account of what is withheld.
#include <algorithm>
#include <tuple>

#include "verify/core/bundle.h"
#include "verify/core/sha2.h"
#include "verify/core/tree.h"

namespace exhibit::verify::core {
namespace {

constexpr std::size_t kPathsSizeMax = 1 << 20;
constexpr Why kNoShapes = "the file of shapes is not in its one form";
constexpr Why kNoRecords = "the file of records is not in its one form";
constexpr Why kNeither = "a record of the range is neither disclosed nor withheld";
constexpr Why kBoth = "a record is disclosed, and also withheld or outside of all ranges";

/// Reads big-endian numbers and runs of bytes; what is beyond the end makes it fail for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <class Unsigned>
  Unsigned number() {
    const std::string_view bytes = take(sizeof(Unsigned));
    if (failed_) return 0;
    return load_big_endian<Unsigned>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
  }
  template <std::size_t N>
  std::array<std::uint8_t, N> array() {
    const std::string_view bytes = take(N);
    if (failed_) return {};
    return array_of<N>(bytes);
  }
  std::string_view take(std::size_t size) {
    if (failed_ || size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::string_view prefixed() { return take(number<std::uint32_t>()); }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Shape {
  bool whole = false;
  std::size_t places = 0;                   // with its padding
  std::span<const std::string_view> paths;  // by place; null data where it is not opened
  Digest commitment{};
};

struct Record {
  std::uint8_t stream = 0;
  std::uint64_t index = 0;
  std::uint32_t shape = 0;
  std::span<const OpenedField> fields;
  std::span<const std::uint8_t> reasons;
  std::span<const Digest> slots;
  std::span<const Digest> proof;
};

}  // namespace

class BundleSources {
 public:
  BundleSources(BundleCheck& bundle, const Pseudonym& source, std::string_view name)
      : b_(bundle),
        arena_(bundle.arena_),
        source_(source),
        name_(name),
        ranges_(bundle.ranges_of(source)),
        trees_{bundle.tree_of(source, 0), bundle.tree_of(source, 1)} {}

  void check_source(std::string_view shapes, std::string_view records) {
    const Why shapes_form = read_shapes(shapes);
    Why why = shapes_form;
    if (why.empty()) why = read_records(records);
    constexpr Why kUnused = "a shape is used by no record";
    if (why.empty() && first_used_ != shapes_.size()) why = kUnused;
    if (!shapes_form.empty()) {
      b_.judge("shapes", name_, shapes_form);
      b_.undecidable("records", name_, "the shapes of its records cannot be read");
    } else {
      b_.judge("shapes", name_, why == kUnused ? kUnused : kHolds);
      b_.judge("records", name_, why == kUnused ? kHolds : why);
    }
    read_ = shapes_form.empty() && (why.empty() || why == kUnused);
    for (BundleFinding& finding : b_.findings_of(source_))
      finding.disclosed = is_disclosed(finding.stream, finding.record);
  }

  /// Of each stream that a range or a record is of.
  void check_indexes() {
    for (std::uint8_t stream = 0; stream < 2; ++stream) {
      const bool ranged = std::any_of(ranges_.begin(), ranges_.end(),
                                      [&](const BundleRange& r) { return r.stream == stream; });
      const bool disclosed =
          std::any_of(seen_.items().begin(), seen_.items().end(),
                      [&](const Place& place) { return place.stream == stream; });
      if (!ranged && !disclosed) continue;
      const std::string_view subject = b_.subject(name_, stream);
      if (!read_)
        b_.undecidable("index", subject, "the records cannot all be read");
      else if (!ranged)
        b_.judge("index", subject, kBoth);
      else
        check_index(stream, subject);
    }
  }

 private:
  // Whether each record of the ranges is disclosed or withheld, once.
  void check_index(std::uint8_t stream, std::string_view name) {
    const BundleTree* tree = trees_[stream];
    if (tree == nullptr)
      return b_.undecidable("index", name, "no statement that holds names its tree of records");
    std::size_t at = 0;  // in seen_
    while (at < seen_.size() && seen_[at].stream < stream) ++at;
    const auto next = [&]() -> std::optional<std::uint64_t> {
      if (at == seen_.size() || seen_[at].stream != stream) return std::nullopt;
      return seen_[at].index;
    };
    std::uint64_t disclosed = 0, withheld = 0;
    for (const BundleRange& range : ranges_) {
      if (range.stream != stream) continue;
      if (range.to > tree->size)
        return b_.say("index", name, Verdict::invalid,
                      "the range goes beyond the end of the source");
      std::uint64_t place = range.from;
      const auto disclosed_up_to = [&](std::uint64_t end) -> Why {
        for (; place < end; ++place, ++at, ++disclosed) {
          if (next() != place) return next() && *next() < place ? kBoth : kNeither;
        }
        return kHolds;
      };
      for (const BundleRun& run : range.withheld) {
        if (const Why why = disclosed_up_to(run.from); !why.empty())
          return b_.judge("index", name, why, number(place));
        withheld += run.to - run.from;
        place = run.to;
        b_.listener_.withheld({.source = name_,
                               .stream = stream,
                               .from = run.from,
                               .to = run.to,
                               .reason = reason_name(run.reason)});
      }
      if (const Why why = disclosed_up_to(range.to); !why.empty())
        return b_.judge("index", name, why, number(place));
    }
    if (const auto left = next()) return b_.judge("index", name, kBoth, number(*left));
    Writer detail(arena_, 96);
    detail.number(disclosed).text(" disclosed, ").number(withheld).text(" withheld, of ");
    b_.say("index", name, Verdict::valid, kHolds, detail.number(tree->size).view());
  }

  std::string_view number(std::uint64_t value) {
    Writer out(arena_, 24);
    return out.number(value).view();
  }

  // docs/formats/disclosure.md, "shapes".
  Why read_shapes(std::string_view bytes) {
    Reader in(bytes);
    std::size_t paths_size = 0;
    while (!in.at_end()) {
      Shape shape;
      List<std::string_view> paths;
      const auto take_path = [&]() -> Why {
        const std::string_view path = in.prefixed();
        paths_size += path.size();
        if (in.failed() || !is_utf8(path)) return kNoShapes;
        if (paths_size > kPathsSizeMax) return "the shapes have more than 1 MiB of paths";
        return paths.push(arena_, path) ? kHolds : kNoMemory;
      };
      const auto form = in.number<std::uint8_t>();
      if (form == 1) {
        const Key key = in.array<32>();
        const auto count = in.number<std::uint32_t>();
        if (in.failed() || count > kShapePlacesMax) return kNoShapes;
        for (std::uint32_t i = 0; i < count; ++i) EXHIBIT_WHY(take_path());
        shape.whole = true;
        shape.places = bucket(count + kRecordOwnSlots);
        shape.commitment = shape_commitment(key, paths.items());
      } else if (form == 2) {
        const auto count = in.number<std::uint32_t>();
        if (in.failed() || count > kShapePlacesMax || count == 0 || bucket(count) != count)
          return kNoShapes;
        List<Digest> places;
        for (std::uint32_t i = 0; i < count; ++i) {
          const auto tag = in.number<std::uint8_t>();
          if (tag == 0) {
            if (!places.push(arena_, in.array<32>()) || !paths.push(arena_, {})) return kNoMemory;
          } else if (tag == 1) {
            const Salt salt = in.array<16>();
            EXHIBIT_WHY(take_path());
            if (!places.push(arena_, path_commitment(salt, paths.back()))) return kNoMemory;
          } else {
            return kNoShapes;
          }
          if (in.failed()) return kNoShapes;
        }
        shape.places = count;
        shape.commitment = shape_commitment(places.items());
      } else {
        return kNoShapes;
      }
      shape.paths = paths.items();
      if (!shapes_.push(arena_, shape)) return kNoMemory;
    }
    return no_shape_twice();
  }

  [[nodiscard]] Why no_shape_twice() {
    List<std::uint32_t> order;
    for (std::uint32_t i = 0; i < shapes_.size(); ++i)
      if (!order.push(arena_, i)) return kNoMemory;
    const auto commitment = [this](std::uint32_t i) -> const Digest& {
      return shapes_[i].commitment;
    };
    std::sort(order.items().begin(), order.items().end(),
              [&](std::uint32_t a, std::uint32_t b) { return commitment(a) < commitment(b); });
    for (std::size_t i = 1; i < order.size(); ++i)
      if (commitment(order[i]) == commitment(order[i - 1])) return "the same shape stands twice";
    return kHolds;
  }

  [[nodiscard]] bool is_disclosed(std::uint8_t stream, std::uint64_t index) const {
    const std::span<const Place> all = seen_.items();
    const auto at = std::lower_bound(
        all.begin(), all.end(), Place{stream, index}, [](const Place& a, const Place& b) {
          return std::tie(a.stream, a.index) < std::tie(b.stream, b.index);
        });
    return at != all.end() && at->stream == stream && at->index == index;
  }

  // docs/formats/disclosure.md, "records". Each is checked as it is read.
  Why read_records(std::string_view bytes) {
    first_used_ = 0;
    Reader in(bytes);
    while (!in.at_end()) {
      const std::size_t mark = arena_.used();
      Record record;
      EXHIBIT_WHY(read_record(in, record));
      if (seen_.size() != 0 && std::tie(record.stream, record.index) <=
                                   std::tie(seen_.back().stream, seen_.back().index))
        return "the records are not in order, each once";
      if (record.shape > first_used_ || record.shape >= shapes_.size())
        return "a record names a shape that does not stand here in its order";
      if (record.shape == first_used_) ++first_used_;
      check_record(record);
      // What a record took goes; only its number stays.
      arena_.release(mark);
      if (!seen_.push(arena_, {.stream = record.stream, .index = record.index})) return kNoMemory;
    }
    return kHolds;
  }

  Why read_record(Reader& in, Record& out) {
    out.stream = in.number<std::uint8_t>();
    out.index = in.number<std::uint64_t>();
    out.shape = in.number<std::uint32_t>();
    const auto count = in.number<std::uint16_t>();
    if (in.failed() || out.stream > 1 || count < 8 ||
        (count != kSlotsMax && bucket(count) != count))
      return kNoRecords;
    List<Digest> slots;
    List<OpenedField> fields;
    List<std::uint8_t> reasons;
    for (std::uint32_t f = 0; f < count; ++f) {
      const auto tag = in.number<std::uint8_t>();
      Digest slot;
      if (tag == kOpened) {
        const Salt salt = in.array<16>();
        OpenedField field{.slot = f, .path = {}, .type = in.number<std::uint8_t>(), .value = {}};
        field.value = in.prefixed();
        slot = field_commitment(salt, field.type, field.value);
        if (!fields.push(arena_, field)) return kNoMemory;
      } else {
        if (tag < kReasonMin || tag > kReasonMax) return kNoRecords;
        slot = in.array<32>();
      }
      if (in.failed()) return kNoRecords;
      if (!slots.push(arena_, slot) ||
          !reasons.push(arena_, tag == kOpened ? std::uint8_t{0} : tag))
        return kNoMemory;
    }
    const auto siblings = in.number<std::uint8_t>();
    if (siblings > kProofHashesMax) return kNoRecords;
    List<Digest> proof;
    for (std::uint8_t i = 0; i < siblings; ++i)
      if (!proof.push(arena_, in.array<32>())) return kNoMemory;
    if (in.failed()) return kNoRecords;
    out.slots = slots.items();
    out.reasons = reasons.items();
    out.proof = proof.items();
    out.fields = fields.items();
    name_fields(out, fields.items());
    return kHolds;
  }

  // The path of slot f is that of place f - 3.
  void name_fields(const Record& record, std::span<OpenedField> fields) const {
    if (record.shape >= shapes_.size()) return;
    const Shape& shape = shapes_[record.shape];
    for (OpenedField& field : fields)
      if (field.slot >= kRecordOwnSlots && field.slot - kRecordOwnSlots < shape.paths.size())
        field.path = shape.paths[field.slot - kRecordOwnSlots];
  }

  // docs/formats/commitments.md, "Fields of a record".
  [[nodiscard]] Why opens(const Record& record, const Shape& shape) const {
    if (std::min(shape.places, kSlotsMax) != record.slots.size())
      return "the record has another number of slots than its shape";
    bool shape_opened = false;
    for (const OpenedField& field : record.fields) {
      if (field.slot < kRecordOwnSlots) {
        constexpr std::array<std::uint8_t, kRecordOwnSlots> kOwn{kRawType, kShapeType, kPlaceType};
        if (field.type != kOwn[field.slot]) return "a slot of the record's own has another type";
        if (field.slot != 1) continue;
        shape_opened = true;
        if (field.value != view(shape.commitment))
          return "the paths are not those that the record committed to";
      } else if (field.type >= kNamesType) {
        return "a field has a type that only a record's own slots have";
      } else if (field.path.data() == nullptr) {
        return "a field is opened and its path is not";
      }
    }
    return shape_opened ? kHolds : Why("slot 1 is not opened, so no field has a name");
  }

  void check_record(const Record& record) {
    Writer out(arena_, name_.size() + 32);
    const std::string_view subject =
        out.text(name_).byte('/').number(record.stream).byte('/').number(record.index).view();
    const Shape& shape = shapes_[record.shape];
    const BundleTree* tree = trees_[record.stream];
    Why why = opens(record, shape);
    const auto entry = record_entry(source_, record.slots);
    const Digest leaf = leaf_hash(view(entry));
    std::array<Step, kProofHashesMax> steps;
    bool proven = false;
    if (why.empty() && tree != nullptr) {
      why = verify_inclusion(leaf, record.index, tree->size, record.proof, tree->root, steps);
      proven = why.empty();
    }
    if (why.empty() && !proven)
      b_.undecidable("record", subject, "no statement that holds names its tree of records");
    else
      b_.judge("record", subject, why);
    b_.listener_.path({.subject = subject,
                       .index = record.index,
                       .tree_size = tree == nullptr ? 0 : tree->size,
                       .leaf = leaf,
                       .steps = proven ? std::span<const Step>(steps).first(record.proof.size())
                                       : std::span<const Step>()});
    b_.listener_.record({.source = name_,
                         .stream = record.stream,
                         .index = record.index,
                         .valid = proven,
                         .fields = record.fields,
                         .reasons = record.reasons,
                         .whole_list = shape.whole,
                         .paths = shape.paths});
  }

  struct Place {
    std::uint8_t stream = 0;
    std::uint64_t index = 0;
  };
  BundleCheck& b_;
  Arena& arena_;
  Pseudonym source_;
  std::string_view name_;
  std::span<const BundleRange> ranges_;
  std::array<const BundleTree*, 2> trees_;  // by stream; null where no statement names one
  List<Shape> shapes_;
  std::size_t first_used_ = 0;  // how many shapes were used so far
  List<Place> seen_;
  bool read_ = true;  // seen_ has all of the records
};

void BundleCheck::check_sources() {
  std::size_t file = sources_begin_, range = 0;
  for (;;) {
    // The next pseudonym, of a file or of a range: both are in order.
    std::optional<Pseudonym> from_file, from_range;
    if (file < files_.size() && files_[file].name.starts_with("sources/"))
      from_file = hex_array<16>(files_[file].name.substr(8, 32));
    if (range < ranges_.size()) from_range = ranges_[range].source;
    if (!from_file && !from_range) return;
    const Pseudonym source =
        !from_range || (from_file && *from_file < *from_range) ? *from_file : *from_range;
    Writer out(arena_, 32);
    const std::string_view name = out.hex(view(source)).view();
    BundleSources sources(*this, source, name);
    if (from_file == source) {
      sources.check_source(files_[file].content, files_[file + 1].content);
      file += 2;
    }
    sources.check_indexes();
    while (range < ranges_.size() && ranges_[range].source == source) ++range;
    undecidable("source.fields", name,
                "that opened fields are those of the raw record takes the source, or a neutral's "
                "statement");
    undecidable("source.complete", name,
                "that every record of the source is in its tree takes the source, or a neutral's "
                "statement");
  }
}

void BundleCheck::check_findings() {
  constexpr Why kNoEngine = "this takes the rule engine: run the command";
  constexpr Why kNotHere = "the record that the finding is about is not disclosed";
  for (const BundleFinding& finding : findings_.items()) {
    Writer out(arena_, 160);
    out.hex(view(finding.source)).byte('/').number(finding.stream).byte('/');
    out.number(finding.record).byte('/').text(finding.rule);
    undecidable("finding.read_set", out.view(), finding.disclosed ? kNoEngine : kNotHere,
                command());
    undecidable("finding.rule", out.view(), finding.disclosed ? kNoEngine : kNotHere, command());
    listener_.finding({.source = out.view().substr(0, 32),
                       .rule = finding.rule,
                       .stream = finding.stream,
                       .record = finding.record});
  }
}

}  // namespace exhibit::verify::core
