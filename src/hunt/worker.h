// One worker: what it makes of a batch. Parses, filters, matches, cites, commits; renders nothing
// that no finding cites.
//
// Ownership:  owns its path table, parsers, engine and committer; borrows rules. Outcomes hold
// views of its channel names,
//             so a worker lives until every outcome has been committed.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "exhibit/hunt.h"
#include "hunt/feeder.h"
#include "hunt/numbered.h"
#include "hunt/task.h"

namespace exhibit::hunt {

class Worker {
 public:
  /// `compiled` is nullptr when the reference engine is asked for.
  Worker(const sigma::RulePack& pack, const sigma::CompiledRules* compiled,
         const HuntOptions& options);

  /// Fills the outcomes of `items` from their batches; many findings go to `spool`.
  void process(std::vector<WorkItem>& items, SpoolFile& spool);

 private:
  void process_batch(const SourceTask& task, Outcome& outcome);
  void count(Outcome& outcome, const event::Event& event);
  void match(Outcome& outcome, const event::Event& event, std::uint64_t local_index);
  void cite(const event::Event& event, std::uint32_t rule, std::string& json);
  void commit(const SourceTask& task, Outcome& outcome);
  void hash_whole(std::vector<WorkItem>& items);
  std::string_view channel_name(Outcome& outcome, const event::Value& channel);

  const sigma::RulePack& pack_;
  const HuntOptions& options_;
  event::PathTable paths_;
  std::unordered_map<std::uint8_t, std::unique_ptr<evidence::Parser>> parsers_;
  std::unique_ptr<sigma::Engine> engine_;
  sigma::MatchExplainer explainer_;
  NumberedPaths texts_;
  seal::RecordCommitter committer_;
  std::uint64_t paths_generation_ = 0;
  seal::ManyHasher hasher_;

  struct BytesHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::string, BytesHash, std::equal_to<>>
      channels_;  // raw bytes → text

  SpoolFile* spool_ = nullptr;

  // Scratch, reused from batch to batch.
  std::vector<std::uint32_t> matches_;
  NumberedBatch records_;
  std::vector<seal::Digest> leaves_;
  std::vector<Bytes> messages_;
  std::string key_;
};

}  // namespace exhibit::hunt
