// Who judges the events of one group: the fast engine, or the reference where that is cheaper.
//
// The fast engine puts all questions about a field to a value at once; the reference stops at the
// first part of a condition that is false. Mostly one shared look answers thousands of questions.
// But expressions, globs and very short literals each cost their own, and a pack may hide hundreds
// of them behind something that never holds: only the fast engine would pay. So the work that grows
// with their number is counted; where it adds up, a few events are judged and timed by both, and
// the quicker goes on for a while. Both find the same, so the clock decides over nothing but time.
//
// Threads:  one worker's.
// Cost:     a trial of kTrialEvents for each kTrialWork, four times rarer each time the fast engine
//           wins; the reference is given four times as many events each time it wins, and then
//           tried again.
#pragma once

#include <cstdint>

namespace exhibit::sigma::fast {

class Rival {
 public:
  /// About the bytes that were looked at for a single question: some 20 ms of them.
  static constexpr std::uint64_t kTrialWork = std::uint64_t{1} << 24;
  static constexpr std::uint32_t kTrialEvents = 4;
  static constexpr std::uint32_t kEventsMin = 1'024;
  static constexpr std::uint32_t kEventsMax = std::uint32_t{1} << 24;

  enum class Judge : std::uint8_t { fast, both, reference };
  [[nodiscard]] Judge judge() const { return judge_; }

  /// Of an event that the fast engine judged.
  void add_work(std::uint64_t work) {
    work_ += work;
    if (work_ >= trial_at_) start_trial();
  }
  /// Of an event that both judged.
  void add_trial(std::int64_t fast_ns, std::int64_t reference_ns) {
    balance_ns_ += fast_ns - reference_ns;
    if (--left_ != 0) return;
    if (balance_ns_ > 0) {
      judge_ = Judge::reference;
      left_ = events_;
      if (events_ < kEventsMax) events_ *= 4;
    } else {
      judge_ = Judge::fast;
      trial_at_ *= 4;
      events_ = kEventsMin;
    }
  }
  /// Of an event that the reference judged.
  void add_event() {
    if (--left_ == 0) start_trial();
  }

 private:
  void start_trial() {
    judge_ = Judge::both;
    left_ = kTrialEvents;
    work_ = 0;
    balance_ns_ = 0;
  }

  Judge judge_ = Judge::fast;
  std::uint32_t left_ = 0;
  std::uint32_t events_ = kEventsMin;
  std::uint64_t work_ = 0;
  std::uint64_t trial_at_ = kTrialWork;
  std::int64_t balance_ns_ = 0;
};

}  // namespace exhibit::sigma::fast
