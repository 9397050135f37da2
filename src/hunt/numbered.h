// A batch as the seal takes it: records whose fields go by the numbers of their paths.
//
// Threads:  one worker's.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exhibit/event.h"
#include "exhibit/seal.h"

namespace exhibit::hunt {

/// The committer's view of a path table, which must outlive it.
class NumberedPaths final : public seal::PathTexts {
 public:
  explicit NumberedPaths(const event::PathTable& paths) : paths_(paths) {}
  [[nodiscard]] std::string_view text(std::uint32_t path) const override {
    return paths_.path(path);
  }

 private:
  const event::PathTable& paths_;
};

class NumberedBatch {
 public:
  /// The batch's records, in order of its events. Views into the batch, valid until the next call.
  std::span<const seal::NumberedRecord> of(const event::Batch& batch) {
    records_.clear();
    fields_.clear();
    fields_.reserve(batch.fields.size());  // views of it are taken while it fills
    for (const event::Event& event : batch.events) {
      const std::size_t first = fields_.size();
      for (const event::Field& field : batch.event_fields(event)) {
        // The members one by one: what is built elsewhere and copied waits for its own stores.
        seal::NumberedField& out = fields_.emplace_back();
        out.path = field.path;
        out.type = static_cast<std::uint8_t>(field.value.type);
        out.value = field.value.bytes();
      }
      records_.push_back({.offset = event.offset,
                          .stream = event.slack ? seal::kSlackStream : seal::kRecordStream,
                          .raw = batch.record_bytes(event),
                          .fields = std::span(fields_).subspan(first)});
    }
    return records_;
  }

 private:
  std::vector<seal::NumberedRecord> records_;
  std::vector<seal::NumberedField> fields_;
};

}  // namespace exhibit::hunt
