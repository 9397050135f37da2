// The test vectors of docs/formats/commitments.md are what this code computes, so that the document
// cannot drift. On a failure the text that should stand there is printed.
#include <gtest/gtest.h>

#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/commitment.h"
#include "support/support.h"

namespace exhibit::seal {
namespace {

template <std::size_t kSize>
std::array<std::byte, kSize> counted(std::uint8_t first) {
  std::array<std::byte, kSize> out;
  for (std::size_t i = 0; i < kSize; ++i) out[i] = static_cast<std::byte>(first + i);
  return out;
}

class Vectors {
 public:
  void add(std::string_view name, Bytes value) {
    text_ += name;
    text_ += value.empty() ? " =" : " = ";
    text_ += base::to_hex(value);
    text_ += '\n';
  }
  void add_slots(std::span<const FieldOpening> fields, std::span<const Digest> padding) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string f = std::to_string(i);
      const FieldOpening& field = fields[i];
      add("salt_" + f, field.salt);
      add("value_" + f, as_bytes(field.value));
      add("F_" + f, field_commitment(field.salt, field.type, as_bytes(field.value)));
    }
    add_padding("F_", fields.size(), padding);
  }
  void add_shape(const ShapeOpening& shape) {
    for (std::size_t i = 0; i < shape.paths.size(); ++i) {
      const std::string n = std::to_string(i);
      add("path_salt_" + n, shape.paths[i].salt);
      add("P_" + n, path_commitment(shape.paths[i].salt, shape.paths[i].path));
    }
    add_padding("P_", shape.paths.size(), shape.padding);
    add("C_shape", shape.commitment);
  }
  void add_padding(std::string_view name, std::size_t first, std::span<const Digest> padding) {
    for (std::size_t i = 0; i < padding.size(); ++i)
      add(std::string(name) + std::to_string(first + i), padding[i]);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string vectors() {
  Vectors out;
  const Key case_key = counted<32>(0x00);
  const Pseudonym source = counted<16>(0xa0);
  out.add("K_case", case_key);
  out.add("source", source);
  const Key source_key = derive_source_key(case_key, source);
  out.add("K_source", source_key);
  const std::string image("C\0:\0\\\0a\0.\0e\0x\0e\0", 16);
  const std::string event_id("\x10\x12", 2);
  const std::vector<FieldView> fields{{"Event.System.EventID", 0x06, as_bytes(event_id)},
                                      {"Event.EventData.Image", 0x01, as_bytes(image)},
                                      {"Event.EventData.Note", 0x00, {}}};
  const RecordView record{.offset = 0x1200,
                          .stream = kRecordStream,
                          .raw = as_bytes("the record's raw bytes"),
                          .fields = fields};
  Prf prf;
  prf.set_key(source_key);
  Key shapes_key;
  prf.apply(shapes_key_blocks(), shapes_key.data());
  out.add("K_shapes", shapes_key);
  const std::vector<std::string_view> paths{fields[0].path, fields[1].path, fields[2].path};
  out.add("K_shape", derive_shape_key(source_key, paths));
  const RecordOpening opening = open_record(source_key, source, record);
  out.add_shape(opening.shape);
  out.add("K_record", derive_record_key(source_key, record.stream, record.offset));
  out.add_slots(opening.fields, opening.padding);
  out.add("entry", as_bytes(opening.entry));
  out.add("leaf", leaf_hash(as_bytes(opening.entry)));

  const Pseudonym nonce = counted<16>(0x50);
  out.add("nonce", nonce);
  const Key statement_key = derive_statement_key(case_key, nonce);
  out.add("K_statement", statement_key);
  const std::vector<FieldView> statement{{"kind", 0x40, as_bytes("open")}};
  const StatementOpening opened = open_statement(statement_key, nonce, statement);
  out.add_slots(opened.fields, opened.padding);
  out.add("commitment", opened.commitment);
  return out.text();
}

TEST(CommitmentVectors, AreThoseOfTheDocument) {
  const std::string document =
      test::read_file(std::string(EXHIBIT_SOURCE_DIR) + "/docs/formats/commitments.md");
  const std::string_view open = "```vectors\n";
  const std::size_t start = document.find(open);
  ASSERT_NE(start, std::string::npos);
  const std::size_t end = document.find("```", start + open.size());
  EXPECT_EQ(document.substr(start + open.size(), end - start - open.size()), vectors());
}

}  // namespace
}  // namespace exhibit::seal
