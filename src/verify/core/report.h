// What a check found, as lines of JSON: for the page, and for comparing the core with itself on
// another machine. Every line is an object with one member, which says what it is.
//
//   {"check":{"id","subject","verdict","why","detail","counts"}}   {"fact":{…}} {"path":{…}}
//   {"statement":{…}} {"record":{…}} {"withheld":{…}} {"finding":{…}}, {"cut":true} where the room
//   was not enough, and last {"verdict":"valid"}. Bytes are hexadecimal; numbers that may exceed
//   2^53 are decimal text.
#pragma once

#include "verify/core/text.h"

namespace exhibit::verify::core {

class Report final : public Listener {
 public:
  /// Records are told with their fields and paths only from `first` on, and `count` of them: a page
  /// shows some at a time.
  Report(std::span<char> room, std::uint64_t first, std::uint64_t count)
      : room_(room), first_(first), count_(count) {}
  [[nodiscard]] std::string_view text() const { return {room_.data(), size_}; }
  /// Says the verdict of the whole, which no want of room hides; call it last.
  void finish(Verdict whole);

  void check(const Check& check) override;
  void fact(const Fact& fact) override;
  void path(const TreePath& path) override;
  void statement(std::string_view subject, std::string_view kind,
                 std::span<const OpenedField> fields) override;
  void record(const DisclosedRecord& record) override;
  void withheld(const WithheldRun& run) override;
  void finding(const NamedFinding& finding) override;

 private:
  Report& raw(std::string_view text);
  Report& string(std::string_view text);  // quoted; what is not UTF-8 becomes U+FFFD
  Report& number(std::uint64_t value);    // quoted
  Report& hex(std::string_view bytes);    // quoted
  void fields(std::span<const OpenedField> fields);
  void begin(std::string_view head);
  void end(std::string_view tail);
  [[nodiscard]] bool told(std::uint64_t number) const {
    return number >= first_ && number - first_ < count_;
  }

  static constexpr std::size_t kTail = 64;  // kept for the last lines
  std::span<char> room_;
  std::size_t size_ = 0;
  std::size_t line_ = 0;  // where the present line begins
  bool cut_ = false;
  bool full_ = false;  // the present line does not fit
  std::uint64_t first_, count_;
  std::uint64_t records_ = 0;
};

}  // namespace exhibit::verify::core
