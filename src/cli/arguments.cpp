#include "cli/arguments.h"

#include <algorithm>
#include <charconv>

#include "cli/safe_text.h"

namespace exhibit::cli {

namespace {

// Edit distance with transposition of neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

constexpr std::size_t kWordSizeMax = 64;  // longer words are not compared: the table is quadratic

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view dashes) {
  const auto near = nearest(word, candidates);
  if (near.empty()) return {};
  return "did you mean `" + std::string(dashes) + std::string(near) + "`?";
}

std::unexpected<UsageError> wrong(std::string message, std::string hint = {}) {
  return std::unexpected(UsageError{std::move(message), std::move(hint)});
}

std::string quoted(std::string_view text) { return "`" + safe_text(text) + "`"; }

Parsed<const Verb*> parse_verb(const std::vector<std::string>& words, std::size_t& at) {
  if (words.empty() || words[0] == "-h" || words[0] == "--help") {
    at = words.empty() ? 0 : 1;
    return find_verb("help");
  }
  if (words[0] == "-V" || words[0] == "--version") {
    at = 1;
    return find_verb("version");
  }
  const auto& first = words[0];
  at = 1;
  if (const Verb* verb = find_verb(first)) return verb;
  // `rules` and `key` have verbs below them.
  std::vector<std::string_view> below, top;
  for (const Verb& verb : all_verbs()) {
    const auto space = verb.name.find(' ');
    if (space != std::string_view::npos && verb.name.substr(0, space) == first)
      below.push_back(verb.name.substr(space + 1));
    const auto head = verb.name.substr(0, space);
    if (top.empty() || top.back() != head) top.push_back(head);
  }
  if (below.empty()) {
    if (first.starts_with("-"))
      return wrong("a verb comes first, not " + quoted(first), "see `exhibit help`");
    auto hint = did_you_mean(first, top, "");
    return wrong("there is no verb " + quoted(first), hint.empty() ? "see `exhibit help`" : hint);
  }
  std::string list;
  for (const auto name : below) list += (list.empty() ? "" : ", ") + std::string(name);
  if (words.size() < 2) return wrong("`" + first + "` needs one of: " + list);
  at = 2;
  if (words[1] == "-h" || words[1] == "--help") return find_verb("help");
  if (const Verb* verb = find_verb(first + " " + words[1])) return verb;
  auto hint = did_you_mean(words[1], below, "");
  return wrong("there is no verb " + quoted(first + " " + words[1]),
               hint.empty() ? "it is one of: " + list : hint);
}

Parsed<void> take_value(Arguments& out, const Flag& flag, std::string value) {
  if (!flag.choices.empty() && !contains_word(flag.choices, value)) {
    std::vector<std::string_view> choices;
    Words words(flag.choices);
    std::string list;
    for (auto w = words.next(); !w.empty(); w = words.next()) {
      choices.push_back(w);
      list += (list.empty() ? "" : ", ") + std::string(w);
    }
    auto hint = did_you_mean(value, choices, "");
    return wrong("`--" + std::string(flag.name) + "` is one of: " + list + "; not " + quoted(value),
                 hint);
  }
  out.set(flag.name, std::move(value));
  return {};
}

Parsed<const Flag*> flag_of_verb(const Verb& verb, std::string_view name) {
  const Flag* flag = find_flag(name);
  if (flag != nullptr && contains_word(verb.flags, name)) return flag;
  std::vector<std::string_view> known;
  Words words(verb.flags);
  for (auto w = words.next(); !w.empty(); w = words.next()) known.push_back(w);
  auto hint = did_you_mean(name, known, "--");
  if (hint.empty()) hint = "see `exhibit help " + std::string(verb.name) + "`";
  return wrong("`" + std::string(verb.name) + "` has no flag " + quoted("--" + std::string(name)),
               hint);
}

Parsed<void> parse_long(Arguments& out, const std::vector<std::string>& words, std::size_t& at) {
  const std::string_view word = std::string_view(words[at]).substr(2);
  const auto equals = word.find('=');
  auto flag = flag_of_verb(*out.verb, word.substr(0, equals));
  if (!flag) return std::unexpected(flag.error());
  const Flag& f = **flag;
  if (f.value_name.empty()) {
    if (equals != std::string_view::npos)
      return wrong("`--" + std::string(f.name) + "` takes no value");
    out.set(f.name, "");
    return {};
  }
  if (equals != std::string_view::npos)
    return take_value(out, f, std::string(word.substr(equals + 1)));
  if (at + 1 >= words.size())
    return wrong("`--" + std::string(f.name) +
                 "` needs a value: " + std::string(value_name_of(*out.verb, f)));
  return take_value(out, f, words[++at]);
}

Parsed<void> parse_short(Arguments& out, const std::vector<std::string>& words, std::size_t& at) {
  const std::string_view word = words[at];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Flag* flag = find_flag(word[i]);
    if (flag == nullptr || !contains_word(out.verb->flags, flag->name)) {
      return wrong("`" + std::string(out.verb->name) + "` has no flag " +
                       quoted("-" + std::string(word.substr(i, 1))),
                   "see `exhibit help " + std::string(out.verb->name) + "`");
    }
    if (flag->value_name.empty()) {
      out.set(flag->name, "");
      continue;
    }
    if (i + 1 < word.size()) return take_value(out, *flag, std::string(word.substr(i + 1)));
    if (at + 1 >= words.size())
      return wrong("`-" + std::string(1, word[i]) +
                   "` needs a value: " + std::string(value_name_of(*out.verb, *flag)));
    return take_value(out, *flag, words[++at]);
  }
  return {};
}

}  // namespace

bool Arguments::has(std::string_view flag) const { return values_.contains(flag); }

std::string_view Arguments::value(std::string_view flag, std::string_view otherwise) const {
  const auto at = values_.find(flag);
  return at == values_.end() ? otherwise : std::string_view(at->second.back());
}

const std::vector<std::string>& Arguments::values(std::string_view flag) const {
  static const std::vector<std::string> none;
  const auto at = values_.find(flag);
  return at == values_.end() ? none : at->second;
}

Parsed<Arguments> parse_arguments(const std::vector<std::string>& words) {
  Arguments out;
  std::size_t at = 0;
  auto verb = parse_verb(words, at);
  if (!verb) return std::unexpected(verb.error());
  out.verb = *verb;
  if (out.verb->name == "help" && !words.empty() && words[0] != "help" && words[0][0] != '-')
    out.positional.push_back(words[0]);  // `exhibit rules --help`
  bool flags_ended = false;
  for (; at < words.size(); ++at) {
    const auto& word = words[at];
    if (flags_ended || word.empty() || word[0] != '-' || word == "-") {
      out.positional.push_back(word);
    } else if (word == "--") {
      flags_ended = true;
    } else {
      const auto done =
          word.starts_with("--") ? parse_long(out, words, at) : parse_short(out, words, at);
      if (!done) return std::unexpected(done.error());
    }
  }
  if (out.has("help")) return out;
  if (out.positional.size() < out.verb->arguments_min)
    return wrong("`" + std::string(out.verb->name) + "` needs " + std::string(out.verb->arguments),
                 "see `exhibit help " + std::string(out.verb->name) + "`");
  if (out.positional.size() > out.verb->arguments_max)
    return wrong("`" + std::string(out.verb->name) +
                 "` has one argument too many: " + quoted(out.positional[out.verb->arguments_max]));
  return out;
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t low,
                                          std::uint64_t high) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || text.empty() || value < low || value > high)
    return std::nullopt;
  return value;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.empty() || word.size() > kWordSizeMax) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const auto d = word.size() >= 3 && candidate.starts_with(word) ? 1 : distance(word, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace exhibit::cli
