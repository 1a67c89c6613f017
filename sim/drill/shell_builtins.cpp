#include <algorithm>
#include <array>

#include "sim/drill/shell_machine.hpp"

namespace drdrill::shell {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         text.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

Run::State::Builtin Run::State::find_builtin(std::string_view name) {
  struct Row {
    std::string_view name;
    Builtin run;
  };
  static constexpr std::array<Row, 24> rows{{
      {":", &State::do_nothing},        {"((", &State::do_calculation},
      {"[", &State::do_condition},      {"[[", &State::do_condition},
      {"bash", &State::do_bash},        {"break", &State::do_break},
      {"cd", &State::do_nothing},       {"continue", &State::do_break},
      {"declare", &State::do_declare},  {"eval", &State::do_eval},
      {"exit", &State::do_exit},        {"export", &State::do_declare},
      {"local", &State::do_declare},    {"read", &State::do_read},
      {"readonly", &State::do_declare}, {"return", &State::do_return},
      {"set", &State::do_set},          {"sh", &State::do_bash},
      {"shift", &State::do_shift},      {"tee", &State::do_tee},
      {"test", &State::do_condition},   {"typeset", &State::do_declare},
      {"unset", &State::do_unset},      {"wait", &State::do_wait},
  }};
  if (name == "xargs") return &State::do_xargs;
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : found->run;
}

bool Run::State::do_nothing(Frame&) {
  shell.status = 0;
  return true;
}

int Run::State::status_argument(Frame& frame) {
  if (frame.fields.size() < 2) return shell.status;
  const auto number = to_number(frame.fields[1]);
  if (!number) {
    complain(frame, frame.fields[0] + ": " + frame.fields[1] + ": numeric argument required", 2);
    return 2;
  }
  return static_cast<int>(static_cast<unsigned long long>(*number) & 0xFFU);
}

bool Run::State::do_exit(Frame& frame) {
  leave_shell(status_argument(frame));
  return true;
}

bool Run::State::do_return(Frame& frame) {
  const int status = status_argument(frame);
  std::size_t at = depth;
  while (at > 0 && frames[at - 1]->kind != Frame::Kind::function && !frames[at - 1]->is_subshell())
    --at;
  if (at == 0) {
    complain(frame, "return: can only `return' from a function or sourced script", 1);
    return true;
  }
  pop_to(at);
  shell.status = status;
  return true;
}

/// break and continue.
bool Run::State::do_break(Frame& frame) {
  const bool goes_on = frame.fields[0] == "continue";
  auto levels = frame.fields.size() > 1 ? to_number(frame.fields[1]) : 1;
  if (!levels || *levels < 1) {
    complain(frame, frame.fields[0] + ": a count of at least 1 is required", 1);
    return true;
  }
  std::size_t loop = 0;
  for (std::size_t at = depth; at > 0 && *levels > 0; --at) {
    const Frame& candidate = *frames[at - 1];
    if (candidate.is_subshell() || candidate.kind == Frame::Kind::function) break;
    if (!candidate.is_loop()) continue;
    loop = at;
    --*levels;
  }
  shell.status = 0;
  if (loop > 0) pop_to(goes_on ? loop : loop - 1);
  return true;
}

bool Run::State::set_options(Frame& frame, const std::string& word, std::size_t& at) {
  const bool on = word[0] == '-';
  for (const char letter : std::string_view(word).substr(1)) {
    std::string_view name;
    if (letter == 'o') {
      if (++at >= frame.fields.size()) return false;
      name = frame.fields[at];
    }
    if (letter == 'e' || name == "errexit")
      shell.options.errexit = on;
    else if (letter == 'u' || name == "nounset")
      shell.options.nounset = on;
    else if (name == "pipefail")
      shell.options.pipefail = on;
    else if (letter != 'x' && name != "xtrace" && letter != 'E' && name != "errtrace")
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

bool Run::State::do_shift(Frame& frame) {
  const auto count = frame.fields.size() > 1 ? to_number(frame.fields[1]) : 1;
  std::vector<std::string> arguments = shell.variables.arguments();
  shell.budget.bytes(arguments.size() * sizeof(std::string));
  if (!count || *count < 0 || static_cast<std::size_t>(*count) > arguments.size()) {
    shell.status = 1;
    return true;
  }
  arguments.erase(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(*count));
  shell.variables.set_arguments(std::move(arguments));
  shell.status = 0;
  return true;
}

/// export, readonly, declare, typeset, local.
bool Run::State::do_declare(Frame& frame) {
  const bool local = frame.fields[0] != "export" && frame.fields[0] != "readonly";
  std::size_t function = depth;
  while (function > 0 && frames[function - 1]->kind != Frame::Kind::function) --function;
  shell.status = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    if (word.starts_with("-")) {
      if (word.find_first_not_of("-rxga") == std::string::npos) continue;
      understood = false;
      complain(frame, frame.fields[0] + ": " + word + ": this option is not known here", 2);
      return true;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (!is_name(name)) {
      complain(frame, frame.fields[0] + ": `" + word + "': not a valid identifier", 1);
      continue;
    }
    if (local && function > 0) frames[function - 1]->saved.push_back(shell.variables.save(name));
    if (equals != std::string::npos)
      shell.variables.set(name, word.substr(equals + 1));
    else if (local && function > 0)
      shell.variables.unset(name);
  }
  return true;
}

bool Run::State::do_unset(Frame& frame) {
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    shell.variables.unset(frame.fields[i]);
    if (const auto found = shell.functions.find(frame.fields[i]); found != shell.functions.end())
      shell.functions.erase(found);
  }
  shell.status = 0;
  return true;
}

bool Run::State::do_eval(Frame& frame) {
  std::string text;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    if (i > 1) text += ' ';
    shell.budget.append(text, frame.fields[i]);
  }
  Parsed parsed = parse(text);
  if (parsed.error) {
    complain(frame, "eval: " + parsed.error->message, 2);
    return true;
  }
  Frame& list_frame = push(Frame::Kind::list, frame.io, frame.unchecked);
  list_frame.owned = parsed.list;
  list_frame.list = list_frame.owned.get();
  return true;
}

/// bash -c TEXT [name arguments…]
bool Run::State::do_bash(Frame& frame) {
  const auto& words = frame.fields;
  if (words.size() < 3 || words[1] != "-c") return false;
  shell.budget.bytes(words[2].size());
  Parsed parsed = parse(words[2]);
  if (parsed.error) {
    complain(frame, "-c: line " + std::to_string(parsed.error->line) + ": " + parsed.error->message,
             2);
    return true;
  }
  const Io io = frame.io;
  Frame& inner = push_subshell(Frame::Kind::subshell, io, true);
  shell.options = {};
  inner.owned = parsed.list;
  const auto first = words.begin() + std::min<std::ptrdiff_t>(4, std::ssize(words));
  shell.variables.set_arguments({first, words.end()});
  push_list(*inner.owned, io, false);
  return true;
}

bool Run::State::do_wait(Frame& frame) {
  shell.status = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const auto job = to_number(frame.fields[i]);
    const bool known = job && *job >= 1 && static_cast<std::size_t>(*job) <= shell.jobs.size();
    shell.status = known ? shell.jobs[static_cast<std::size_t>(*job) - 1] : 127;
  }
  return true;
}

bool Run::State::do_condition(Frame& frame) {
  std::string error;
  const int status = evaluate_condition(frame.fields, shell.files, shell.budget, error);
  if (!error.empty()) complain(frame, frame.fields[0] + ": " + error, status);
  shell.status = status;
  return true;
}

bool Run::State::do_calculation(Frame& frame) {
  shell.status = frame.fields.at(1) == "0" ? 1 : 0;
  return true;
}

}  // namespace drdrill::shell
