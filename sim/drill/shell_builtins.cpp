#include <algorithm>
#include <array>

#include "sim/drill/shell_machine.hpp"

/// Built-ins that lead the shell elsewhere, and the table of all.
namespace drdrill::shell {

Run::State::Builtin Run::State::find_builtin(std::string_view name) {
  struct Row {
    std::string_view name;
    Builtin run;
  };
  static constexpr std::array<Row, 41> rows{{
      {".", &State::do_source},         {":", &State::do_nothing},
      {"((", &State::do_calculation},   {"[", &State::do_condition},
      {"[[", &State::do_condition},     {"bash", &State::do_bash},
      {"break", &State::do_break},      {"cd", &State::do_nothing},
      {"command", &State::do_type},     {"continue", &State::do_break},
      {"declare", &State::do_declare},  {"eval", &State::do_eval},
      {"exit", &State::do_exit},        {"export", &State::do_declare},
      {"getopts", &State::do_getopts},  {"hash", &State::do_type},
      {"let", &State::do_let},          {"local", &State::do_declare},
      {"mapfile", &State::do_mapfile},  {"printf", &State::do_printf},
      {"read", &State::do_read},        {"readarray", &State::do_mapfile},
      {"readonly", &State::do_declare}, {"return", &State::do_return},
      {"set", &State::do_set},          {"sh", &State::do_bash},
      {"shift", &State::do_shift},      {"shopt", &State::do_shopt},
      {"source", &State::do_source},    {"tee", &State::do_tee},
      {"test", &State::do_condition},   {"trap", &State::do_trap},
      {"type", &State::do_type},        {"typeset", &State::do_declare},
      {"umask", &State::do_nothing},    {"ulimit", &State::do_nothing},
      {"unset", &State::do_unset},      {"wait", &State::do_wait},
      {"which", &State::do_type},       {"xargs", &State::do_xargs},
      {"disown", &State::do_nothing},
  }};
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : found->run;
}

bool Run::built_in(std::string_view name) {
  return name == "exec" || State::find_builtin(name) != nullptr || find_tool(name) != nullptr;
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

/// How many frames there are up to the function that is running; 0: none is in this shell.
std::size_t Run::State::function_around() const {
  for (std::size_t at = depth; at > 0 && !frames[at - 1]->is_subshell(); --at)
    if (frames[at - 1]->kind == Frame::Kind::function) return at;
  return 0;
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

bool Run::State::do_shift(Frame& frame) {
  const auto count = frame.fields.size() > 1 ? to_number(frame.fields[1]) : 1;
  std::vector<std::string> arguments = shell.variables.arguments();
  shell.budget.items(arguments.size());
  if (!count || *count < 0 || static_cast<std::size_t>(*count) > arguments.size()) {
    shell.status = 1;
    return true;
  }
  arguments.erase(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(*count));
  shell.variables.set_arguments(std::move(arguments));
  shell.status = 0;
  return true;
}

bool Run::State::do_eval(Frame& frame) {
  std::string text;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    if (i > 1) text += ' ';
    shell.budget.append(text, frame.fields[i]);
  }
  run_text(frame, text, "eval");
  return true;
}

/// Runs a text in this shell.
bool Run::State::run_text(Frame& frame, const std::string& text, std::string_view who) {
  shell.budget.bytes(text.size());
  shell.budget.work(text.size() * Budget::parsing_work);
  Parsed parsed = parse(text);
  if (parsed.error) {
    complain(frame, std::string(who) + ": " + parsed.error->message, 2);
    return false;
  }
  Frame& list_frame = push(Frame::Kind::list, frame.io, frame.unchecked);
  list_frame.owned = parsed.list;
  list_frame.list = list_frame.owned.get();
  return true;
}

/// . FILE [arguments]: a file that the run knows is run here; others are the host's.
bool Run::State::do_source(Frame& frame) {
  if (frame.fields.size() < 2) return false;
  const auto file = shell.files.find(plain_path(frame.fields[1]));
  if (file == shell.files.end()) return false;
  const Io io = frame.io;
  const std::vector<std::string> given(frame.fields.begin() + 2, frame.fields.end());
  // `return` ends it as it ends a function.
  Frame& function = push(Frame::Kind::function, io, frame.unchecked);
  function.arguments = shell.variables.arguments();
  if (!given.empty()) shell.variables.set_arguments(given);
  run_text(frame, file->second, frame.fields[1]);
  return true;
}

/// bash -c TEXT [name arguments…], bash FILE [arguments…] of a file that the run knows.
bool Run::State::do_bash(Frame& frame) {
  const auto& words = frame.fields;
  std::size_t at = 1;
  bool command = false;
  Options options;
  for (; at < words.size() && words[at].size() > 1 && words[at][0] == '-'; ++at) {
    const std::string_view letters = std::string_view(words[at]).substr(1);
    if (letters.find_first_not_of("ceuxl") != std::string_view::npos) return false;
    command = command || letters.find('c') != std::string_view::npos;
    options.errexit = options.errexit || letters.find('e') != std::string_view::npos;
    options.nounset = options.nounset || letters.find('u') != std::string_view::npos;
  }
  if (at >= words.size()) return false;
  std::string text = words[at];
  if (!command) {
    const auto file = shell.files.find(plain_path(words[at]));
    if (file == shell.files.end()) return false;
    text = file->second;
  }
  shell.budget.bytes(text.size());
  shell.budget.work(text.size() * Budget::parsing_work);
  Parsed parsed = parse(text);
  if (parsed.error) {
    complain(frame, "-c: line " + std::to_string(parsed.error->line) + ": " + parsed.error->message,
             2);
    return true;
  }
  const Io io = frame.io;
  Frame& inner = push_subshell(Frame::Kind::subshell, io, true);
  shell.options = options;
  shell.functions = std::make_shared<const Functions>();
  shell.traps = std::make_shared<const Traps>();
  shell.variables.keep_exported();
  inner.owned = parsed.list;
  const std::size_t first = std::min(at + (command ? 2 : 1), words.size());
  const std::size_t own_name = command ? at + 1 : at;
  if (own_name < words.size()) assign(shell, "0", words[own_name]);
  shell.variables.set_arguments({words.begin() + static_cast<std::ptrdiff_t>(first), words.end()});
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
  ConditionOutcome outcome = evaluate_condition(frame.fields, shell);
  if (!outcome.error.empty())
    complain(frame, frame.fields[0] + ": " + outcome.error, outcome.status);
  if (!outcome.matched.empty()) {
    Variable groups;
    groups.kind = Variable::Kind::indexed;
    groups.items = std::move(outcome.matched);
    shell.variables.set("BASH_REMATCH", std::move(groups));
  }
  shell.status = outcome.status;
  return true;
}

bool Run::State::do_calculation(Frame& frame) {
  shell.status = frame.fields.at(1) == "0" ? 1 : 0;
  return true;
}

bool Run::State::do_let(Frame& frame) {
  long long value = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) value = evaluate(frame.fields[i], shell);
  shell.status = value == 0 ? 1 : 0;
  return true;
}

/// trap [COMMAND SIGNAL…]. INT, TERM and HUP are kept and never sent to anybody here.
bool Run::State::do_trap(Frame& frame) {
  std::vector<std::string> words(frame.fields.begin() + 1, frame.fields.end());
  shell.status = 0;
  if (!words.empty() && words[0] == "--") words.erase(words.begin());
  if (words.empty() || words[0] == "-p") {
    const std::vector<std::string> wanted(words.empty() ? words.begin() : words.begin() + 1,
                                          words.end());
    for (const std::string& signal : signals_in_order())
      if (const auto held = shell.traps->find(signal);
          held != shell.traps->end() &&
          (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& word) {
             return signal_name(word) == signal;
           })))
        write(frame.io.out,
              "trap -- " + quoted_for_trap(held->second) + " " + long_signal_name(signal) + "\n");
    return true;
  }
  if (words[0] == "-l") return false;
  // A single word is a signal whose trap is taken away.
  const bool takes_away = words[0] == "-" || words.size() == 1;
  const std::string command = takes_away ? std::string() : words[0];
  Traps all = *shell.traps;
  for (std::size_t i = words.size() == 1 ? 0 : 1; i < words.size(); ++i) {
    const std::string signal = signal_name(words[i]);
    if (signal.empty()) {
      complain(frame, "trap: " + words[i] + ": invalid signal specification", 1);
      continue;
    }
    if (signal == "DEBUG" || signal == "RETURN") {
      understood = false;
      complain(frame, "trap: " + signal + " is not known here", 1);
      continue;
    }
    if (takes_away)
      all.erase(signal);
    else
      all[signal] = command;
  }
  shell.traps = std::make_shared<const Traps>(std::move(all));
  return true;
}

/// command -v, type, which, hash: is there such a command? Programs that are none of ours are taken
/// to be installed; whether they are known is said where they are called.
bool Run::State::do_type(Frame& frame) {
  const bool brief = frame.fields[0] == "command" || frame.fields[0] == "which";
  const auto switches = read_options(frame.fields, "vVptPas");
  if (!switches || (frame.fields[0] == "command" && !switches->has('v') && !switches->has('V')))
    return false;
  shell.status = switches->operands.empty() ? 1 : 0;
  if (frame.fields[0] == "hash") {
    shell.status = 0;
    return true;
  }
  for (const std::string& name : switches->operands) {
    const bool ours = shell.functions->count(name) != 0 || find_builtin(name) != nullptr;
    const std::string path =
        ours || name.find('/') != std::string::npos ? name : "/usr/bin/" + name;
    write(frame.io.out, brief ? path + "\n" : name + " is " + path + "\n");
  }
  return true;
}

}  // namespace drdrill::shell
