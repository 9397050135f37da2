#include <string>
#include <vector>

#include "cli/help.h"

namespace exhibit::cli {

namespace {

std::vector<std::string_view> top_words() {
  std::vector<std::string_view> out;
  for (const Verb& verb : all_verbs()) {
    const auto head = verb.name.substr(0, verb.name.find(' '));
    if (out.empty() || out.back() != head) out.push_back(head);
  }
  return out;
}

std::string verbs_below(std::string_view first) {
  std::string out;
  for (const Verb& verb : all_verbs()) {
    const auto space = verb.name.find(' ');
    if (space == std::string_view::npos || verb.name.substr(0, space) != first) continue;
    if (!out.empty()) out += " ";
    out += verb.name.substr(space + 1);
  }
  return out;
}

std::string flag_words(const Verb& verb) {
  std::string out;
  Words words(verb.flags);
  for (auto name = words.next(); !name.empty(); name = words.next()) {
    const Flag* flag = find_flag(name);
    if (!out.empty()) out += " ";
    out += "--" + std::string(name);
    if (flag->letter != 0) out += " -" + std::string(1, flag->letter);
  }
  return out;
}

std::string bash_script() {
  std::string top;
  for (const auto word : top_words()) top += (top.empty() ? "" : " ") + std::string(word);
  std::string out =
      "# bash completion for exhibit\n"
      "_exhibit() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
      "verb=${COMP_WORDS[1]} "
      "words=\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '" +
      top +
      "' -- \"$cur\"))\n"
      "    return\n"
      "  fi\n"
      "  case $verb in\n";
  for (const auto word : top_words()) {
    const auto below = verbs_below(word);
    if (below.empty()) continue;
    out += "    " + std::string(word) +
           ")\n      if [ \"$COMP_CWORD\" -eq 2 ]; then\n        COMPREPLY=($(compgen -W '" +
           below +
           "' -- \"$cur\"))\n        return\n      fi\n      verb=\"$verb ${COMP_WORDS[2]}\"\n"
           "      ;;\n";
  }
  out += "  esac\n  case $prev in\n";
  for (const Flag& flag : all_flags()) {
    if (flag.value_name.empty()) continue;
    std::string names = "--" + std::string(flag.name);
    if (flag.letter != 0) names += "|-" + std::string(1, flag.letter);
    std::string action = "return";
    if (flag.completes == Completes::choice) {
      action = "COMPREPLY=($(compgen -W '" + std::string(flag.choices) + "' -- \"$cur\")); return";
    } else if (flag.completes == Completes::path) {
      action = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); return";
    } else if (flag.completes == Completes::folder) {
      action = "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\")); return";
    }
    out += "    " + names + ") " + action + " ;;\n";
  }
  out += "  esac\n  case $verb in\n";
  for (const Verb& verb : all_verbs()) {
    out += "    '" + std::string(verb.name) + "') words='" + flag_words(verb) + "'";
    if (!verb.choices.empty())
      out += "; [[ $cur == -* ]] || words='" + std::string(verb.choices) + "'";
    out += " ;;\n";
  }
  out +=
      "  esac\n"
      "  if [[ $cur == -* || $verb == completion || $verb == help ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
      "  else\n"
      "    compopt -o filenames\n"
      "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
      "  fi\n"
      "}\n"
      "complete -F _exhibit exhibit\n";
  return out;
}

// Inside single quotes of a zsh _arguments specification.
std::string zsh_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out;
}

std::string zsh_value(const Verb& verb, const Flag& flag) {
  if (flag.value_name.empty()) return {};
  std::string out = ":" + zsh_escaped(value_name_of(verb, flag)) + ":";
  if (flag.completes == Completes::choice) out += "(" + std::string(flag.choices) + ")";
  if (flag.completes == Completes::path) out += "_files";
  if (flag.completes == Completes::folder) out += "_files -/";
  return out;
}

std::string zsh_arguments(const Verb& verb) {
  std::string out = "_arguments -s";
  Words words(verb.flags);
  for (auto name = words.next(); !name.empty(); name = words.next()) {
    const Flag& flag = *find_flag(name);
    const std::string tail =
        "[" + zsh_escaped(help_of(verb, flag)) + "]" + zsh_value(verb, flag) + "'";
    const std::string star = flag.repeatable ? "*" : "";
    out += " \\\n        '" + star + "--" + std::string(name) + tail;
    if (flag.letter != 0) out += " \\\n        '" + star + "-" + std::string(1, flag.letter) + tail;
  }
  if (!verb.choices.empty()) {
    out += " \\\n        '*:argument:(" + std::string(verb.choices) + ")'";
  } else if (verb.completes == Completes::folder) {
    out += " \\\n        '*:folder:_files -/'";
  } else if (verb.arguments_max > 0) {
    out += " \\\n        '*:path:_files'";
  }
  return out;
}

std::string zsh_script() {
  std::string out =
      "#compdef exhibit\n"
      "_exhibit() {\n"
      "  local -a verbs\n"
      "  if (( CURRENT == 2 )); then\n"
      "    verbs=(\n";
  for (const auto word : top_words()) {
    const Verb* verb = find_verb(word);
    const std::string help = verb != nullptr ? std::string(verb->summary) : verbs_below(word);
    out += "      '" + std::string(word) + ":" + zsh_escaped(help) + "'\n";
  }
  out +=
      "    )\n"
      "    _describe verb verbs\n"
      "    return\n"
      "  fi\n"
      "  local verb=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $verb in\n";
  for (const auto word : top_words()) {
    const auto below = verbs_below(word);
    if (below.empty()) continue;
    out += "    " + std::string(word) + ")\n      if (( CURRENT == 2 )); then\n        compadd " +
           below +
           "\n        return\n      fi\n      verb=\"$verb $words[2]\"\n      shift words\n"
           "      (( CURRENT-- ))\n      ;;\n";
  }
  out += "  esac\n  case $verb in\n";
  for (const Verb& verb : all_verbs()) {
    out += "    '" + std::string(verb.name) + "')\n      " + zsh_arguments(verb) + "\n      ;;\n";
  }
  out +=
      "  esac\n}\n"
      "if [ \"$funcstack[1]\" = _exhibit ]; then _exhibit \"$@\"; else compdef _exhibit exhibit; "
      "fi\n";
  return out;
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_script() {
  std::string out = "# fish completion for exhibit\ncomplete -c exhibit -f\n";
  for (const auto word : top_words()) {
    const Verb* verb = find_verb(word);
    out += "complete -c exhibit -n __fish_use_subcommand -a " + std::string(word);
    if (verb != nullptr) out += " -d " + fish_quoted(verb->summary);
    out += "\n";
    const auto below = verbs_below(word);
    if (!below.empty()) {
      out += "complete -c exhibit -n '__fish_seen_subcommand_from " + std::string(word) +
             "; and not __fish_seen_subcommand_from " + below + "' -a '" + below + "'\n";
    }
  }
  for (const Verb& verb : all_verbs()) {
    const auto space = verb.name.find(' ');
    std::string when = "__fish_seen_subcommand_from " + std::string(verb.name.substr(0, space));
    if (space != std::string_view::npos)
      when += "; and __fish_seen_subcommand_from " + std::string(verb.name.substr(space + 1));
    const std::string start = "complete -c exhibit -n " + fish_quoted(when);
    if (!verb.choices.empty()) {
      out += start + " -a " + fish_quoted(verb.choices) + "\n";
    } else if (verb.completes == Completes::path || verb.completes == Completes::folder) {
      out += start + " -F\n";
    }
    Words words(verb.flags);
    for (auto name = words.next(); !name.empty(); name = words.next()) {
      const Flag& flag = *find_flag(name);
      out += start + " -l " + std::string(name);
      if (flag.letter != 0) out += " -s " + std::string(1, flag.letter);
      if (!flag.value_name.empty()) out += " -r";
      if (flag.completes == Completes::choice) out += " -a " + fish_quoted(flag.choices);
      if (flag.completes == Completes::path || flag.completes == Completes::folder) out += " -F";
      out += " -d " + fish_quoted(help_of(verb, flag)) + "\n";
    }
  }
  return out;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  return {};
}

}  // namespace exhibit::cli
