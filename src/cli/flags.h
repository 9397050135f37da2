// The one table of verbs and flags. The parser, --help, the manual page and the shells' completions
// are all made from it.
//
// Threads:  constant data, safe from any thread.
// Not here: what a verb does (commands/<verb>.cpp).
#pragma once

#include <span>
#include <string_view>

namespace exhibit::cli {

/// What a value or argument names, for completion.
enum class Completes : unsigned char { nothing, path, folder, choice };

struct Flag {
  std::string_view name;        // without dashes
  char letter = 0;              // short form; 0: none
  std::string_view value_name;  // empty: a switch without value
  bool repeatable = false;      // a value flag that may be given several times
  std::string_view choices;     // the only values, separated by spaces; empty: any
  Completes completes = Completes::nothing;
  std::string_view group;  // heading in --help
  std::string_view help;
};

struct Verb {
  std::string_view name;       // `hunt`, `rules lint`
  std::string_view arguments;  // as shown: `PATH...`
  unsigned arguments_min = 0;
  unsigned arguments_max = 0;
  Completes completes = Completes::nothing;
  std::string_view choices;  // of the argument, separated by spaces
  std::string_view group;    // heading in the list of verbs
  std::string_view summary;  // one line
  std::string_view description;
  std::string_view flags;     // names, separated by spaces
  std::string_view examples;  // one a line
  /// What a flag means here where the table's words do not fit, one a line: `name=help`, or
  /// `name:VALUE=help` where its value is another too.
  std::string_view flag_notes{};
};

inline constexpr unsigned kAnyNumber = ~0U;

[[nodiscard]] std::span<const Flag> all_flags();
[[nodiscard]] std::span<const Verb> all_verbs();
/// What `flag` means for `verb`.
[[nodiscard]] std::string_view help_of(const Verb& verb, const Flag& flag);
/// What its value is called for `verb`.
[[nodiscard]] std::string_view value_name_of(const Verb& verb, const Flag& flag);
/// nullptr where there is none.
[[nodiscard]] const Flag* find_flag(std::string_view name);
[[nodiscard]] const Flag* find_flag(char letter);
[[nodiscard]] const Verb* find_verb(std::string_view name);

/// The words of a space-separated list.
class Words {
 public:
  explicit Words(std::string_view list) : rest_(list) {}
  /// The next word; empty at the end.
  std::string_view next();

 private:
  std::string_view rest_;
};
[[nodiscard]] bool contains_word(std::string_view list, std::string_view word);

}  // namespace exhibit::cli
