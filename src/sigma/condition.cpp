#include "sigma/condition.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "sigma/modifiers.h"
#include "sigma/pattern.h"

namespace exhibit::sigma {
namespace {

struct Token {
  enum class Kind : std::uint8_t { word, open, close, pipe, end };
  Kind kind = Kind::end;
  std::string_view text;
  std::size_t offset = 0;
};

std::vector<Token> lex(std::string_view text) {
  std::vector<Token> tokens;
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  const auto is_word = [&](char c) { return !is_space(c) && c != '(' && c != ')' && c != '|'; };
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    std::size_t size = 1;
    Token::Kind kind = text[at] == '('   ? Token::Kind::open
                       : text[at] == ')' ? Token::Kind::close
                       : text[at] == '|' ? Token::Kind::pipe
                                         : Token::Kind::word;
    if (kind == Token::Kind::word)
      while (at + size < text.size() && is_word(text[at + size])) ++size;
    tokens.push_back({kind, text.substr(at, size), at});
    at += size;
  }
  tokens.push_back({Token::Kind::end, {}, text.size()});
  return tokens;
}

class Parser {
 public:
  Parser(const yaml::Node& node, const std::vector<SearchIdentifier>& identifiers,
         Diagnostics& diagnostics)
      : node_(node),
        identifiers_(identifiers),
        diagnostics_(diagnostics),
        tokens_(lex(node.text)) {}

  std::optional<Formula> parse() {
    if (peek().kind == Token::Kind::end)
      return refuse("S151", peek(), "the condition is empty", "name a search identifier");
    auto formula = expression(0);
    if (!formula) return std::nullopt;
    if (peek().kind == Token::Kind::end) return formula;
    if (peek().kind == Token::Kind::close)
      return refuse("S152", peek(), "this parenthesis was never opened");
    if (peek().kind == Token::Kind::pipe) return refuse_pipe();
    return refuse_juxtaposed();
  }

 private:
  using Names = std::vector<std::string_view>;

  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  [[nodiscard]] bool is_keyword(const Token& token, std::string_view word) const {
    return token.kind == Token::Kind::word && base::ascii_iequals(token.text, word);
  }

  std::nullopt_t refuse(std::string_view code, const Token& token, std::string reason,
                        std::string hint = {}) {
    // At the end there is nothing to underline: point at the last token instead.
    const Token& where =
        token.kind == Token::Kind::end && tokens_.size() > 1 ? tokens_[tokens_.size() - 2] : token;
    diagnostics_.error(code, diagnostics_.within(node_, where.offset, where.text.size()),
                       std::move(reason), std::move(hint));
    return std::nullopt;
  }

  std::nullopt_t refuse_pipe() {
    return refuse("S153", peek(), "'|' (aggregation) is no longer part of a condition",
                  "write a correlation rule instead (Sigma 2); those are not yet supported here");
  }

  std::nullopt_t refuse_juxtaposed() {
    static const Names kOperators{"and", "or"};
    const std::string_view near = nearest(peek().text, kOperators);
    return refuse("S151", peek(),
                  "expected 'and' or 'or' before '" + std::string(peek().text) + "'",
                  near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
  }

  std::optional<Formula> expression(std::size_t depth) { return joined(depth, "or"); }

  // One level of precedence: `or` over `and` over factors.
  std::optional<Formula> joined(std::size_t depth, std::string_view word) {
    const bool is_or = word == "or";
    std::vector<Formula> parts;
    do {
      auto part = is_or ? joined(depth, "and") : factor(depth);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    } while (is_keyword(peek(), word) && ++at_);
    return is_or ? any_of(std::move(parts)) : all_of(std::move(parts));
  }

  std::optional<Formula> factor(std::size_t depth) {
    const Token& token = peek();
    if (depth >= kMaxConditionDepth)
      return refuse("S154", token,
                    "nested deeper than " + std::to_string(kMaxConditionDepth) + " levels");
    switch (token.kind) {
      case Token::Kind::end:
        return refuse("S151", token, "the condition ends where a search identifier is expected");
      case Token::Kind::pipe:
        return refuse_pipe();
      case Token::Kind::close:
        return refuse("S152", token, "a search identifier is expected before ')'");
      case Token::Kind::open: {
        ++at_;
        auto inner = expression(depth + 1);
        if (!inner) return std::nullopt;
        if (peek().kind == Token::Kind::pipe) return refuse_pipe();
        if (peek().kind == Token::Kind::word) return refuse_juxtaposed();
        if (peek().kind != Token::Kind::close)
          return refuse("S152", token, "this parenthesis is never closed");
        ++at_;
        return inner;
      }
      case Token::Kind::word:
        break;
    }
    if (is_keyword(token, "not")) {
      ++at_;
      auto inner = factor(depth + 1);
      if (!inner) return std::nullopt;
      return negation(std::move(*inner));
    }
    if (is_keyword(peek(1), "of") && peek(2).kind == Token::Kind::word) return quantified();
    if (is_keyword(token, "and") || is_keyword(token, "or"))
      return refuse("S151", token,
                    "a search identifier is expected before '" + std::string(token.text) + "'");
    return identifier();
  }

  std::optional<Formula> identifier() {
    const Token& token = peek();
    ++at_;
    for (const SearchIdentifier& known : identifiers_)
      if (known.name == token.text) return use(known, token);
    if (token.text.find('*') != std::string_view::npos)
      return refuse("S155", token, "a pattern of search identifiers needs a quantity",
                    "write '1 of " + std::string(token.text) + "' or 'all of " +
                        std::string(token.text) + "'");
    if (base::ascii_iequals(token.text, "them"))
      return refuse("S155", token, "'them' needs a quantity", "write '1 of them' or 'all of them'");
    return refuse_unknown(token);
  }

  std::nullopt_t refuse_unknown(const Token& token) {
    Names names;
    for (const SearchIdentifier& known : identifiers_) names.push_back(known.name);
    const std::string_view near = nearest(token.text, names);
    return refuse("S156", token, "no search identifier is called '" + std::string(token.text) + "'",
                  near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
  }

  // Copies what a search identifier stands for, within the rule's bound.
  std::optional<Formula> use(const SearchIdentifier& known, const Token& token) {
    known.used = true;
    nodes_ += node_count(known.formula);
    if (nodes_ > kMaxRuleNodes)
      return refuse("S123", token,
                    "the condition comes to more than " + std::to_string(kMaxRuleNodes) + " parts");
    return known.formula;
  }

  std::optional<Formula> quantified() {
    const Token quantity = peek(), pattern = peek(2);
    at_ += 3;
    std::vector<const SearchIdentifier*> chosen;
    const bool them = base::ascii_iequals(pattern.text, "them");
    const Pattern glob = name_pattern(pattern.text);
    for (const SearchIdentifier& known : identifiers_)
      if (them ? !known.name.starts_with('_') : glob_matches(glob, known.name))
        chosen.push_back(&known);
    if (chosen.empty()) {
      if (!them && pattern.text.find('*') == std::string_view::npos) return refuse_unknown(pattern);
      return refuse("S156", pattern,
                    "no search identifier matches '" + std::string(pattern.text) + "'");
    }
    std::size_t needed = 0;
    if (is_keyword(quantity, "all")) {
      needed = chosen.size();
    } else if (is_keyword(quantity, "any")) {
      needed = 1;
    } else {
      const auto [end, error] = std::from_chars(
          quantity.text.data(), quantity.text.data() + quantity.text.size(), needed);
      if (error != std::errc{} || end != quantity.text.data() + quantity.text.size() || needed == 0)
        return refuse("S157", quantity, "'of' needs 'all', 'any' or a number from 1 before it");
    }
    if (needed > chosen.size())
      return refuse("S157", quantity,
                    "only " + std::to_string(chosen.size()) + " search identifiers match '" +
                        std::string(pattern.text) + "'");
    return at_least(chosen, needed, pattern);
  }

  // Only `*` is a wildcard in names; a backslash or question mark is itself.
  static Pattern name_pattern(std::string_view text) {
    Pattern pattern;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t star = std::min(text.find('*', at), text.size());
      for (const PatternToken& token : literal_pattern(text.substr(at, star - at)))
        pattern.push_back(token);
      if (star < text.size()) open_back(pattern);
      at = star + 1;
    }
    return pattern;
  }

  std::optional<Formula> at_least(const std::vector<const SearchIdentifier*>& chosen,
                                  std::size_t needed, const Token& where) {
    // Every way to choose `needed` of them, each joined by `and`, all joined by `or`.
    std::vector<bool> taken(chosen.size(), false);
    std::fill_n(taken.begin(), needed, true);
    std::vector<Formula> ways;
    do {
      if (ways.size() >= kMaxCombinations)
        return refuse("S154", where,
                      "this quantity comes to more than " + std::to_string(kMaxCombinations) +
                          " combinations");
      std::vector<Formula> parts;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (!taken[i]) continue;
        auto part = use(*chosen[i], where);
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
      }
      ways.push_back(all_of(std::move(parts)));
    } while (std::prev_permutation(taken.begin(), taken.end()));
    for (const SearchIdentifier* each : chosen) each->used = true;
    return any_of(std::move(ways));
  }

  const yaml::Node& node_;
  const std::vector<SearchIdentifier>& identifiers_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

std::optional<Formula> parse_condition(const yaml::Node& text,
                                       const std::vector<SearchIdentifier>& identifiers,
                                       Diagnostics& diagnostics) {
  if (text.text.size() > kMaxConditionSizeBytes) {
    diagnostics.error(
        "S154", text.mark,
        "the condition is longer than " + std::to_string(kMaxConditionSizeBytes) + " bytes");
    return std::nullopt;
  }
  return Parser(text, identifiers, diagnostics).parse();
}

}  // namespace exhibit::sigma
