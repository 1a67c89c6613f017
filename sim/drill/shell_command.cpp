#include <algorithm>

#include "sim/drill/shell_machine.hpp"

namespace drdrill::shell {
namespace {

using Mode = Expander::Mode;
using Phase = Frame::Phase;

constexpr std::size_t tool_work = 150;

bool is_pattern_operator(const std::string& word) {
  return word == "==" || word == "=" || word == "!=";
}

}  // namespace

void Run::State::step_command(Frame& frame) {
  switch (frame.phase) {
    case Phase::words:
      if (step_words(frame)) {
        frame.index = 0;
        frame.phase = Phase::redirects;
      }
      return;
    case Phase::redirects:
      if (!step_redirects(frame)) return;
      frame.index = frame.part = 0;
      frame.values.clear();
      frame.phase = Phase::assignments;
      return;
    case Phase::assignments:
      if (step_assignments(frame)) frame.phase = Phase::execute;
      return;
    case Phase::execute:
      return execute(frame);
    case Phase::running:
      return step_running(frame);
    case Phase::waiting:
    case Phase::done:
      if (!frame.outlets.empty()) {
        const Outlet outlet = std::move(frame.outlets.back());
        frame.outlets.pop_back();
        return feed(outlet, outlet.io);
      }
      if (frame.replaces) {
        // What took the shell's place has ended, so there is none to run its traps.
        shell.traps = std::make_shared<const Traps>();
        return leave_shell(shell.status);
      }
      return pop();
  }
}

/// True when done; otherwise a substitution was pushed.
bool Run::State::expand(Frame& frame, const Word& word, Mode mode, std::vector<std::string>& to) {
  if (!frame.expanding) {
    const bool simple = word.size() == 1 && word[0].kind == Part::Kind::literal &&
                        mode != Mode::pattern && mode != Mode::replacement &&
                        (word[0].quoted || mode == Mode::whole ||
                         word[0].text.find_first_of("*?[") == std::string::npos);
    if (simple) {
      to.push_back(word[0].text);
      shell.budget.bytes(word[0].text.size());
      shell.budget.items(1);
      return true;
    }
    frame.expander.begin(word, mode);
    frame.expanding = true;
  }
  for (;;) {
    if (frame.expander.run(shell, to)) {
      frame.expanding = false;
      return true;
    }
    const Part& wanted = frame.expander.wanted();
    if (wanted.kind == Part::Kind::process && wanted.text == ">") {
      // Its list comes when what writes into it has ended.
      std::string path = process_file(frame, {});
      frame.temporary.pop_back();
      frame.outlets.push_back({path, wanted.list, frame.io});
      frame.expander.substituted(std::move(path));
      continue;
    }
    Frame& capture = push_subshell(Frame::Kind::capture, frame.io, true);
    capture.raw = wanted.kind == Part::Kind::process;
    // As bash does outside POSIX mode.
    if (!shell.options.inherit_errexit) shell.options.errexit = false;
    Io io = frame.io;
    io.out = &capture.buffer;
    push_list(*wanted.list, io, frame.unchecked);
    return false;
  }
}

bool Run::State::step_words(Frame& frame) {
  const Command& command = *frame.command;
  if (command.kind == Command::Kind::case_of)
    return expand(frame, command.case_of.subject, Mode::whole, frame.fields);
  if (command.kind != Command::Kind::simple && command.kind != Command::Kind::for_loop) return true;
  const bool is_simple = command.kind == Command::Kind::simple;
  const auto& words = is_simple ? command.simple.words : command.for_loop.words;
  const bool whole = is_simple && command.simple.whole_words;
  for (; frame.index < words.size(); ++frame.index) {
    Mode mode = whole ? Mode::whole : Mode::fields;
    if (whole && !frame.expanding && frame.index > 1 && frame.fields[0] == "[[")
      mode = is_pattern_operator(frame.fields.back()) ? Mode::pattern : Mode::whole;
    if (!expand(frame, words[frame.index], mode, frame.fields)) return false;
  }
  return true;
}

void Run::State::execute(Frame& frame) {
  const Command::Kind kind = frame.command ? frame.command->kind : Command::Kind::simple;
  frame.phase = Phase::running;
  frame.index = 0;
  if (kind != Command::Kind::simple) return step_running(frame);
  frame.phase = Phase::done;
  strip_prefixes(frame);
  if (frame.fields.empty()) {
    if (reads_only_a_file(frame)) write(frame.io.out, frame.io.in->take_rest());
    if (!frame.substituted) shell.status = 0;
    return;
  }
  const std::string& name = frame.fields[0];
  if (const auto function = shell.functions->find(name); function != shell.functions->end())
    return call_function(frame, function->second);
  if (const Builtin builtin = find_builtin(name)) {
    if (call_builtin(frame, builtin)) return;
  } else if (name == "jq" && host->lacks(name)) {
    return apply(frame, Result{127, {}, name + ": command not found\n", true});
  } else if (find_tool(name)) {
    ToolCall call{frame.fields, frame.io.in, shell.files, shell.budget};
    shell.budget.work(tool_work);
    if (auto result = run_tool(call)) return apply(frame, *result);
  }
  const std::string_view input = frame.io.in ? frame.io.in->rest() : std::string_view();
  if (auto result = host->start({frame.fields, input})) return apply(frame, *result);
  frame.phase = Phase::waiting;
  waiting = true;
}

bool Run::State::call_builtin(Frame& frame, Builtin builtin) {
  try {
    return (this->*builtin)(frame);
  } catch (const BadExpansion& bad) {
    if (bad.ends == BadExpansion::Ends::shell) throw;
    complain(frame, frame.fields[0] + ": " + bad.what, 1);
    return true;
  }
}

/// Takes away what only says how a command is run.
void Run::State::strip_prefixes(Frame& frame) {
  auto& words = frame.fields;
  if (words.size() == 1 && words[0] == "exec") {
    redirect_shell(frame);
    words.clear();
    frame.substituted = false;
    return;
  }
  const std::size_t at = command_word(words);
  frame.replaces = std::find(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at),
                             "exec") != words.begin() + static_cast<std::ptrdiff_t>(at);
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
}

void Run::State::call_function(Frame& frame, std::shared_ptr<const List> body) {
  Frame& function = push(Frame::Kind::function, frame.io, frame.unchecked);
  function.arguments = shell.variables.arguments();
  function.owned = std::move(body);
  shell.variables.set_arguments({frame.fields.begin() + 1, frame.fields.end()});
  push_list(*function.owned, frame.io, frame.unchecked);
}

void Run::State::apply(Frame& frame, const Result& result) {
  frame.phase = Phase::done;
  shell.status = result.exit_status;
  understood = understood && result.understood;
  write(frame.io.out, result.out);
  write(frame.io.err, result.err);
}

void Run::State::write(std::string* to, std::string_view text) {
  if (to)
    shell.budget.append(*to, text);
  else
    shell.budget.bytes(text.size());
}

void Run::State::complain(Frame& frame, const std::string& message, int status) {
  write(frame.io.err, "bash: " + message + "\n");
  shell.status = status;
}

}  // namespace drdrill::shell
