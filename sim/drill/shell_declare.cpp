#include <algorithm>
#include <array>

#include "sim/drill/shell_machine.hpp"

/// Built-ins that say what variables and options are: declare and its kin, unset, set, shopt.
namespace drdrill::shell {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         text.find_first_not_of(letters) == std::string_view::npos;
}

/// The letters of declare -rxiAa…
struct Attributes {
  bool on = true;
  std::string letters;
  bool has(char c) const { return letters.find(c) != std::string::npos; }
};

void give(Variable& variable, const Attributes& attributes) {
  for (const char c : attributes.letters) {
    if (c == 'x') variable.exported = attributes.on;
    if (c == 'i') variable.integer = attributes.on;
    if (c == 'n') variable.reference = attributes.on;
    if (c == 'l' || c == 'u')
      variable.letters = !attributes.on ? Variable::Letters::as_given
                         : c == 'l'     ? Variable::Letters::lower
                                        : Variable::Letters::upper;
    const bool array = (c == 'a' || c == 'A') && attributes.on;
    if (array && !variable.array()) {
      if (!variable.value.empty()) {
        if (c == 'A') variable.keys.emplace_back("0");
        variable.items.push_back(std::move(variable.value));
      }
      variable.value.clear();
      variable.kind = c == 'A' ? Variable::Kind::associative : Variable::Kind::indexed;
    }
  }
}

struct Option {
  std::string_view name;
  char letter;
  bool Options::*field;
};
constexpr std::array<Option, 7> options{{{"errexit", 'e', &Options::errexit},
                                         {"nounset", 'u', &Options::nounset},
                                         {"pipefail", 0, &Options::pipefail},
                                         {"errtrace", 'E', &Options::errtrace},
                                         {"allexport", 'a', &Options::allexport},
                                         {"noglob", 'f', &Options::noglob},
                                         {"noclobber", 'C', &Options::noclobber}}};
/// What changes nothing that is simulated.
constexpr std::string_view harmless_letters = "xvbhmTH";
constexpr std::array<std::string_view, 8> harmless{"xtrace",    "verbose", "notify",  "hashall",
                                                   "functrace", "monitor", "history", "posix"};
constexpr std::array<Option, 4> shell_options{{{"nullglob", 0, &Options::nullglob},
                                               {"nocasematch", 0, &Options::nocasematch},
                                               {"inherit_errexit", 0, &Options::inherit_errexit},
                                               {"lastpipe", 0, &Options::lastpipe}}};
constexpr std::array<std::string_view, 10> harmless_shell_options{
    "extglob",    "expand_aliases", "checkwinsize", "globstar", "dotglob",
    "nocaseglob", "histappend",     "cmdhist",      "execfail", "failglob"};

}  // namespace

// ---- declare --------------------------------------------------------------------------------

/// export, readonly, declare, typeset, local.
bool Run::State::do_declare(Frame& frame) {
  const std::string& command = frame.fields[0];
  const std::size_t function = function_around();
  Attributes attributes;
  if (command == "export") attributes.letters = "x";
  if (command == "readonly") attributes.letters = "r";
  bool local =
      command == "local" || ((command == "declare" || command == "typeset") && function > 0);
  shell.status = 0;
  if (command == "local" && function == 0) {
    complain(frame, "local: can only be used in a function", 1);
    return true;
  }
  std::size_t first = 1;
  for (; first < frame.fields.size(); ++first) {
    const std::string& word = frame.fields[first];
    if (word.size() < 2 || (word[0] != '-' && word[0] != '+')) break;
    if (word.find_first_not_of("rxgaAilunpfF", 1) != std::string::npos || word == "-f" ||
        word == "-F") {
      understood = false;
      complain(frame, command + ": " + word + ": this option is not known here", 2);
      return true;
    }
    attributes.on = word[0] == '-';
    attributes.letters += word.substr(1);
  }
  if (command == "export" && attributes.has('n')) attributes = {false, "x"};
  local = local && !attributes.has('g');
  const auto prepare = [&](const std::string& name) {
    if (local) frames[function - 1]->saved.push_back(shell.variables.save(name));
  };
  for (std::size_t i = first; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    std::size_t equals = word.find('=');
    const bool append = equals != std::string::npos && equals > 0 && word[equals - 1] == '+';
    const std::string name = word.substr(0, append ? equals - 1 : equals);
    if (!is_name(name)) {
      complain(frame, command + ": `" + word + "': not a valid identifier", 1);
      continue;
    }
    const std::optional<std::string> value =
        equals == std::string::npos ? std::nullopt : std::optional(word.substr(equals + 1));
    prepare(name);
    declare(name, value, append, attributes.letters, attributes.on, local);
  }
  if (frame.command && frame.arrays.size() == frame.command->simple.declared.size())
    for (std::size_t i = 0; i < frame.arrays.size(); ++i) {
      const Assignment& assignment = frame.command->simple.declared[i];
      prepare(assignment.name);
      const bool elements_only = !assignment.array;
      Attributes given = attributes;
      if (!given.has('A')) given.letters += 'a';
      declare(assignment.name, std::nullopt, false, given.letters, given.on,
              local && !elements_only);
      if (assignment.array)
        assign_array(assignment, std::move(frame.arrays[i]));
      else
        assign_element(shell, assignment.name, frame.arrays[i][0].subscript.value_or(""),
                       std::move(frame.arrays[i][0].value), assignment.append);
      if (attributes.on && attributes.has('r')) protect(assignment.name);
    }
  return true;
}

/// One name: its attributes, then its value. A local one begins as nothing.
void Run::State::declare(const std::string& name, const std::optional<std::string>& value,
                         bool append, const std::string& letters, bool on, bool local) {
  const Attributes attributes{on, letters};
  const bool refers = attributes.has('n') && on;
  const std::string meant(refers ? std::string_view(name) : shell.variables.resolved(name));
  Variable made = local ? Variable() : changeable(shell, meant);
  const bool fresh = local || !shell.variables.find(meant);
  give(made, attributes);
  if (shell.options.allexport) made.exported = true;
  if (refers && value) {
    made.value = *value;
    shell.variables.set(meant, std::move(made));
    return;
  }
  if (fresh && !value && !made.array() && !made.integer && !made.exported && !made.reference) {
    // Declared, and not set.
    if (local) shell.variables.unset(meant);
    if (!letters.empty() && !local) shell.variables.set(meant, std::move(made));
    return;
  }
  shell.variables.set(meant, std::move(made));
  if (value) assign(shell, meant, *value, append);
  if (on && attributes.has('r')) protect(meant);
}

void Run::State::protect(const std::string& name) {
  const Variable* found = shell.variables.find(name);
  Variable made = found ? *found : Variable();
  made.readonly = true;
  shell.variables.set(shell.variables.resolved(name), std::move(made));
}

/// unset [-v|-f] name…, name[subscript]
bool Run::State::do_unset(Frame& frame) {
  shell.status = 0;
  bool variables = true, functions = true;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    if (word == "-v" || word == "-f") {
      variables = word == "-v";
      functions = word == "-f";
      continue;
    }
    const std::size_t open = word.find('[');
    if (open != std::string::npos && word.ends_with(']')) {
      unset_element(word.substr(0, open), word.substr(open + 1, word.size() - open - 2));
      continue;
    }
    const std::string meant(shell.variables.resolved(word));
    const Variable* variable = shell.variables.find(word);
    if (variables && variable && variable->readonly) {
      complain(frame, "unset: " + word + ": cannot unset: readonly variable", 1);
      continue;
    }
    if (variables && variable) {
      shell.variables.unset(meant);
    } else if (functions && shell.functions->count(word) != 0) {
      Functions all = *shell.functions;
      all.erase(all.find(word));
      shell.functions = std::make_shared<const Functions>(std::move(all));
    }
  }
  return true;
}

void Run::State::unset_element(const std::string& name, const std::string& subscript) {
  const std::string meant(shell.variables.resolved(name));
  const Variable* before = shell.variables.find(meant);
  if (!before) return;
  if (subscript == "@" || subscript == "*") return shell.variables.unset(meant);
  Variable made = changeable(shell, meant);
  std::optional<std::size_t> place;
  if (made.kind == Variable::Kind::associative) {
    place = made.find(std::string_view(subscript));
  } else {
    long long at = evaluate(subscript, shell);
    if (at < 0 && !made.items.empty()) at += made.index_of(made.items.size() - 1) + 1;
    place = made.find(at);
  }
  if (!place) return;
  made.erase(*place);
  shell.variables.set(meant, std::move(made));
}

// ---- options --------------------------------------------------------------------------------

bool Run::State::set_options(Frame& frame, const std::string& word, std::size_t& at) {
  const bool on = word[0] == '-';
  for (const char letter : std::string_view(word).substr(1)) {
    std::string_view name;
    if (letter == 'o') {
      if (++at >= frame.fields.size()) return false;
      name = frame.fields[at];
    }
    const auto option = std::find_if(options.begin(), options.end(), [&](const Option& o) {
      return name.empty() ? o.letter == letter : o.name == name;
    });
    if (option != options.end())
      shell.options.*(option->field) = on;
    else if (name.empty() ? harmless_letters.find(letter) == std::string_view::npos
                          : std::find(harmless.begin(), harmless.end(), name) == harmless.end())
      return false;
  }
  return true;
}

bool Run::State::do_set(Frame& frame) {
  shell.status = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    const bool option = word.size() > 1 && (word[0] == '-' || word[0] == '+');
    if (option && word != "--") {
      if (set_options(frame, word, i)) continue;
      understood = false;
      complain(frame, "set: " + word + ": this option is not known here", 2);
      return true;
    }
    const std::size_t first = word == "--" ? i + 1 : i;
    shell.variables.set_arguments(
        {frame.fields.begin() + static_cast<std::ptrdiff_t>(first), frame.fields.end()});
    return true;
  }
  return true;
}

/// shopt -s|-u NAME…
bool Run::State::do_shopt(Frame& frame) {
  const auto switches = read_options(frame.fields, "suqo");
  if (!switches || switches->operands.empty()) return false;
  shell.status = 0;
  for (const std::string& name : switches->operands) {
    const auto option = std::find_if(shell_options.begin(), shell_options.end(),
                                     [&](const Option& o) { return o.name == name; });
    if (option != shell_options.end()) {
      bool& held = shell.options.*(option->field);
      if (switches->has('s') || switches->has('u'))
        held = switches->has('s');
      else if (!held)
        shell.status = 1;
    } else if (std::find(harmless_shell_options.begin(), harmless_shell_options.end(), name) ==
               harmless_shell_options.end()) {
      understood = false;
      complain(frame, "shopt: " + name + ": this option is not known here", 1);
    }
  }
  return true;
}

/// getopts OPTSTRING NAME [arguments…]
bool Run::State::do_getopts(Frame& frame) {
  if (frame.fields.size() < 3) return false;
  const std::string& known = frame.fields[1];
  const bool silent = known.starts_with(":");
  const std::vector<std::string> words =
      frame.fields.size() > 3
          ? std::vector<std::string>(frame.fields.begin() + 3, frame.fields.end())
          : shell.variables.arguments();
  std::string buffer;
  const std::string* held = value_of("OPTIND", shell, buffer);
  auto index = static_cast<std::size_t>(std::max(held ? to_number(*held).value_or(1) : 1, 1LL));
  if (index == 1 && getopts_index != 1) getopts_at = 1;
  const auto finish = [&](const std::string& letter, int status) {
    assign(shell, frame.fields[2], letter);
    assign(shell, "OPTIND", std::to_string(index));
    getopts_index = index;
    shell.status = status;
    return true;
  };
  const std::string word = index <= words.size() ? words[index - 1] : std::string();
  if (word.size() < 2 || word[0] != '-' || word == "--") {
    if (word == "--") ++index;
    getopts_at = 1;
    return finish("?", 1);
  }
  const char letter = word[getopts_at];
  const std::size_t at = letter == ':' ? std::string::npos : known.find(letter);
  const bool last = ++getopts_at >= word.size();
  const auto next_word = [&] {
    ++index;
    getopts_at = 1;
  };
  shell.variables.unset("OPTARG");
  if (at == std::string::npos) {
    if (last) next_word();
    if (silent)
      assign(shell, "OPTARG", std::string(1, letter));
    else
      complain(frame, "illegal option -- " + std::string(1, letter), 0);
    return finish("?", 0);
  }
  if (at + 1 >= known.size() || known[at + 1] != ':') {
    if (last) next_word();
    return finish(std::string(1, letter), 0);
  }
  std::string value = word.substr(getopts_at);
  next_word();
  if (value.empty()) {
    if (index > words.size()) {
      if (silent)
        assign(shell, "OPTARG", std::string(1, letter));
      else
        complain(frame, "option requires an argument -- " + std::string(1, letter), 0);
      return finish(silent ? ":" : "?", 0);
    }
    value = words[index - 1];
    ++index;
  }
  assign(shell, "OPTARG", value);
  return finish(std::string(1, letter), 0);
}

}  // namespace drdrill::shell
