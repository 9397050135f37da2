// What a chain of custody lacks. docs/formats/case.md lists every gap by its id.
#include <algorithm>

#include "casefile/chain.h"

namespace exhibit::casefile {
namespace {

using Gap = CustodyReport::Gap;

std::string name_of(const EntryRef& entry) {
  return entry.party + "/" + std::to_string(entry.index);
}

class GapFinder {
 public:
  explicit GapFinder(Chain& chain) : chain_(chain), report_(chain.report) {}

  void find() {
    acquisitions();
    hand_overs();
    for (const auto& [party, entries] : chain_.entries) log(party, entries);
    for (const std::string& party : chain_.unsound)
      add("log.unsound", {},
          "The log of " + party + " is not as it should be: `exhibit verify` says how.");
    independent_time();
    std::ranges::stable_sort(report_.gaps, {}, &Gap::id);
  }

 private:
  void add(std::string id, std::optional<EntryRef> entry, std::string sentence) {
    // What is the same of many entries is one gap.
    std::size_t at = 0;
    while (at < report_.gaps.size() &&
           (report_.gaps[at].id != id || report_.gaps[at].sentence != sentence))
      ++at;
    if (at == report_.gaps.size())
      report_.gaps.push_back(
          {.id = std::move(id), .entries = {}, .count = 0, .sentence = std::move(sentence)});
    Gap& gap = report_.gaps[at];
    ++gap.count;
    if (entry && gap.entries.size() < kGapEntriesKept) gap.entries.push_back(*std::move(entry));
  }

  void acquisitions() {
    for (const CustodyReport::Source& source : report_.sources) {
      const Step& step = source.acquired;
      const std::string& party = step.entry.party;
      if (!step.machine || step.machine->ntp == Machine::Ntp::unknown)
        add("clock.unknown", step.entry,
            "How the clock of " + party + " stood when he acquired is not on record.");
      else if (step.machine->ntp == Machine::Ntp::unsynchronised)
        add("clock.unsynchronised", step.entry,
            "The clock of " + party + " was not synchronised when he acquired.");
      if (step.operator_name.empty())
        add("operator.unnamed", step.entry, "Who acquired for " + party + " is not on record.");
      if (step.said.authority.empty())
        add("authority.unnamed", step.entry,
            "By what right " + party + " acquired is not on record.");
      if (!source.source.complete || source.read_errors != 0)
        add("source.partial", step.entry, "Of a source, not all bytes could be read.");
      if (source.same_after && !*source.same_after)
        add("source.changed", step.entry,
            "A file was not the same, or not to be read, when it was hashed once more.");
      for (const auto& [manifest, as] : source.listed)
        if (as == ListedAs::differs)
          add("source.differs", step.entry, "A source is not what another tool wrote down of it.");
    }
  }

  void hand_overs() {
    for (const CustodyReport::HandOver& hand_over : report_.hand_overs) {
      const EntryRef& given = hand_over.given.entry;
      if (hand_over.arrivals.empty())
        add("transfer.unreceived", given,
            "What " + given.party + " handed to " + hand_over.to +
                " was never received, as far as "
                "is on record here.");
      for (const auto& arrival : hand_over.arrivals) {
        const EntryRef& received = arrival.received.entry;
        if (arrival.received.time < hand_over.given.time)
          add("receive.before-transfer", received,
              "By the clocks, " + received.party + " received " + name_of(given) +
                  " before it was handed over.");
        if (arrival.verdict == "invalid")
          add("receive.invalid", received, "What " + received.party + " received did not verify.");
        if (arrival.verdict == "undecidable")
          add("receive.undecided", received,
              "What " + received.party + " received could not be verified in all.");
        if (!arrival.complete)
          add("receive.incomplete", received,
              "Not all that was handed over had arrived when " + received.party + " received it.");
      }
    }
    for (const auto& [entry, why] : chain_.stray_receipts)
      add("receive.without-transfer", entry,
          entry.party + " received what nobody handed him: " + why + ".");
  }

  void log(const std::string& party, const std::vector<Chain::Entry>& entries) {
    std::string latest;
    std::optional<std::uint64_t> first_act;
    bool received = party == report_.sealer;
    for (std::uint64_t i = 0; i < entries.size(); ++i) {
      const auto& [kind, time] = entries[i];
      if (time < latest)
        add("time.backwards", EntryRef{.party = party, .index = i},
            "In the log of " + party + ", time goes backwards.");
      latest = std::max(latest, time);
      if (kind == "receive") received = true;
      if (kind != "open" && kind != "receive" && !received && !first_act) first_act = i;
    }
    if (first_act)
      add("party.never-received", EntryRef{.party = party, .index = *first_act},
          party + " acts on the case without having received it before, as far as is on record.");
  }

  void independent_time() {
    for (const Report::Log& log : report_.logs) {
      std::uint64_t covered = 0;
      for (const auto& seen : log.seen) covered = std::max(covered, seen.tree_size);
      for (const auto& stamp : log.stamps)
        if (stamp.verdict != verify::Verdict::invalid) covered = std::max(covered, stamp.tree_size);
      if (covered == 0)
        add("time.own-word", {},
            "When the entries of " + log.party +
                " were made is his word alone: no cosignature and no time stamp.");
      else if (covered < log.tree_size)
        add("time.own-word", EntryRef{.party = log.party, .index = covered},
            "From this entry on, when " + log.party + " made them is his word alone.");
    }
  }

  Chain& chain_;
  CustodyReport& report_;
};

}  // namespace

void find_gaps(Chain& chain) { GapFinder(chain).find(); }

}  // namespace exhibit::casefile
