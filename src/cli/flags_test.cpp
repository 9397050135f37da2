#include "cli/flags.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/help.h"

namespace exhibit::cli {
namespace {

TEST(Flags, TheTableIsSound) {
  std::set<std::string_view> names;
  std::set<char> letters;
  for (const Flag& flag : all_flags()) {
    EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
    EXPECT_TRUE(flag.letter == 0 || letters.insert(flag.letter).second) << flag.name;
    EXPECT_FALSE(flag.help.empty()) << flag.name;
    EXPECT_EQ(flag.completes == Completes::choice, !flag.choices.empty()) << flag.name;
  }
  std::set<std::string_view> used;
  for (const Verb& verb : all_verbs()) {
    EXPECT_NE(find_command(verb.name), nullptr) << verb.name << " has no command";
    Words words(verb.flags);
    for (auto name = words.next(); !name.empty(); name = words.next()) {
      EXPECT_NE(find_flag(name), nullptr) << verb.name << " names " << name;
      used.insert(name);
    }
  }
  EXPECT_EQ(used, names) << "a flag that no verb takes";
}

TEST(Flags, HelpFitsEightyColumns) {
  const auto check = [](const std::string& text) {
    std::size_t start = 0;
    while (start < text.size()) {
      const auto end = std::min(text.find('\n', start), text.size());
      EXPECT_LE(base::display_width(std::string_view(text).substr(start, end - start)), 80U)
          << text.substr(start, end - start);
      start = end + 1;
    }
  };
  check(help_overview());
  for (const Verb& verb : all_verbs()) check(help_verb(verb));
}

TEST(Arguments, TakesEveryFormOfAFlag) {
  const auto a = parse_arguments({"hunt", "-rone", "logs", "--rules=two", "-r", "three", "-qv",
                                  "--min-level", "high", "--", "--odd-name"});
  ASSERT_TRUE(a) << a.error().message;
  EXPECT_EQ(a->values("rules"), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(a->positional, (std::vector<std::string>{"logs", "--odd-name"}));
  EXPECT_TRUE(a->has("quiet") && a->has("verbose"));
  EXPECT_EQ(a->value("min-level"), "high");
  EXPECT_EQ(a->value("engine", "fast"), "fast");
}

TEST(Arguments, SaysWhatWasMeant) {
  const auto hint = [](std::vector<std::string> words) {
    const auto a = parse_arguments(words);
    return a ? std::string("accepted") : a.error().hint;
  };
  EXPECT_EQ(hint({"hnut"}), "did you mean `hunt`?");
  EXPECT_EQ(hint({"verfiy"}), "did you mean `verify`?");
  EXPECT_EQ(hint({"rules", "tset"}), "did you mean `test`?");
  EXPECT_EQ(hint({"hunt", "--min-levle", "low"}), "did you mean `--min-level`?");
  EXPECT_EQ(hint({"hunt", "--format", "jsn"}), "did you mean `json`?");
  EXPECT_EQ(hint({"hunt", "--cov", "x"}), "did you mean `--coverage`?");
  EXPECT_EQ(hint({"xyzzy"}), "see `exhibit help`");
}

TEST(Arguments, RejectsWhatMakesNoSense) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"open"},
                                                                 {"open", "a", "b"},
                                                                 {"hunt", "--rules"},
                                                                 {"hunt", "--quiet=yes"},
                                                                 {"hunt", "--replay"},
                                                                 {"hunt", "-Z"},
                                                                 {"rules"},
                                                                 {"--rules"},
                                                                 {"hunt", "--min-level", "HIGH"}}) {
    EXPECT_FALSE(parse_arguments(words)) << words.back();
  }
}

TEST(Arguments, NumbersAreWholeAndBounded) {
  EXPECT_EQ(parse_number("42", 1, 100), 42U);
  for (const auto* text : {"", "0", "101", "-1", "+1", "4x", " 4", "99999999999999999999"})
    EXPECT_FALSE(parse_number(text, 1, 100)) << text;
}

TEST(Completion, EveryVerbAndFlagIsInEveryScript) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell);
    for (const Flag& flag : all_flags()) {
      const std::string form =
          (std::string_view(shell) == "fish" ? "-l " : "--") + std::string(flag.name);
      EXPECT_NE(script.find(form), std::string::npos) << shell << form;
    }
    for (const Verb& verb : all_verbs()) {
      const auto last = verb.name.substr(verb.name.rfind(' ') + 1);
      EXPECT_NE(script.find(last), std::string::npos) << shell << verb.name;
    }
  }
  EXPECT_TRUE(completion_script("csh").empty());
}

TEST(ManualPage, NamesEveryVerbAndFlag) {
  const std::string page = manual_page("2026-01-01");
  for (const Verb& verb : all_verbs())
    EXPECT_NE(page.find(".SS exhibit " + std::string(verb.name)), std::string::npos) << verb.name;
  EXPECT_NE(page.find("\\fB\\-\\-min\\-level\\fR"), std::string::npos);
}

}  // namespace
}  // namespace exhibit::cli
