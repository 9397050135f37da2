// Runs programs over records: the hot path of the reader, and the cache that keeps it hot.
//
// Ownership:  fields point into the batch's bytes and arena, never into a program: constants are
//             copied to the arena once for each batch, so that a batch outlives its parser.
// Threads:    one worker's.
// Limits:     kProgramsMax and kProgramBytesMax bound the cache (emptied at a chunk's start when
//             reached); kChunk…Max bound what one chunk can cost.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "evidence/evtx_format.h"
#include "evidence/evtx_paths.h"
#include "evidence/evtx_program.h"
#include "evidence/evtx_tokens.h"
#include "exhibit/event.h"

namespace exhibit::evidence::evtx {

class Runner {
 public:
  explicit Runner(event::PathTable& paths) : paths_(paths), compiler_(paths_) {}

  void begin_batch(event::Batch& batch);
  /// The batch is read anew with an empty table of paths.
  void begin_batch_afresh(event::Batch& batch);
  [[nodiscard]] bool met_full_table() const { return paths_.met_full_table(); }
  void begin_chunk(Bytes chunk);

  /// Reads the fragment at [begin, end) of the chunk: appends its fields to the batch and fills
  /// what `event` has of them. Returns what kept parts of it from being read.
  ///
  /// `strict`: only what is proved, which slack needs: instances whose definition is whole, has the
  /// instance's identifier and intact names, and whose values fit. The rest is unresolved_template.
  [[nodiscard]] std::optional<event::DamageKind> record(std::uint32_t begin, std::uint32_t end,
                                                        bool strict, event::Event& event);

 private:
  struct Cached {
    event::PathId prefix;
    std::vector<Token> tokens;
    std::vector<std::byte> text;
    Program program;
  };
  // What a definition's offset means below a path, in this chunk.
  struct Known {
    std::uint32_t chunk = 0;  // serial of the chunk that the entry is of
    std::uint32_t offset = 0;
    event::PathId prefix = kNoPath;
    std::uint32_t guid_head = 0;
    Cached* cached = nullptr;  // null: there is no readable definition
    bool names_proved = false;
    bool uncacheable = false;  // holds an instance: read again each time
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  struct Scratch {
    TokenList tokens;
    Program program;
  };
  static constexpr std::size_t kKnownSlots = 1024;
  static_assert(kKnownSlots >= 2 * kDefinitionsPerChunkMax);

  void damaged(event::DamageKind kind) {
    if (!damage_) damage_ = kind;
  }
  void fragment(std::uint32_t begin, std::uint32_t end, event::PathId prefix);
  void instance(std::uint32_t at, std::uint32_t end, event::PathId prefix);
  void uncached(std::uint32_t begin, std::uint32_t end, event::PathId prefix, bool definition,
                std::size_t slots_first);
  bool read_values(const Instance& instance, std::uint32_t end);
  const Known* resolve(std::uint32_t offset, event::PathId prefix);
  Cached* cache(event::PathId prefix, const TokenList& tokens);
  void forget_programs();
  void run(Program& program, std::size_t slots_first);
  void slot(const Op& op, const Slot& slot);
  void odd_slot(const Op& op, const Slot& slot);
  void null_unless(std::size_t before, const Op& op);
  void fields_of(const Op& op, const Slot& slot);
  void array(const Op& op, const Slot& slot);
  void joined(const Op& op, const Program& program, std::size_t slots_first);
  void field(const Op& op, const std::byte* data, std::uint32_t size, event::ValueType type);
  [[nodiscard]] const Slot& slot_of(std::size_t first, std::uint16_t number) const;
  [[nodiscard]] std::uint32_t offset_of(const std::byte* at) const {
    return static_cast<std::uint32_t>(at - chunk_.data());
  }

  Paths paths_;
  Compiler compiler_;
  std::unordered_multimap<std::uint64_t, std::unique_ptr<Cached>> cache_;
  std::size_t cache_bytes_ = 0;
  std::array<Known, kKnownSlots> known_;
  std::uint32_t known_count_ = 0;
  TokenList tokens_;
  std::array<Scratch, kInstanceDepthMax + 1> scratch_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> marks_;
  std::string text_;

  event::Batch* batch_ = nullptr;
  event::Event* event_ = nullptr;
  Bytes chunk_;
  std::uint64_t batch_serial_ = 0;
  std::uint32_t chunk_serial_ = 0;
  std::uint32_t depth_ = 0;
  bool strict_ = false;
  std::optional<event::DamageKind> damage_;
  // What this chunk has cost so far.
  std::size_t tokens_used_ = 0;
  std::size_t fields_first_ = 0;
  std::size_t steps_used_ = 0;
  std::size_t text_used_ = 0;
  std::size_t value_bytes_used_ = 0;
};

}  // namespace exhibit::evidence::evtx
