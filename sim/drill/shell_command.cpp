#include "sim/drill/shell_machine.hpp"

namespace drdrill::shell {
namespace {

using Mode = Expander::Mode;
using Phase = Frame::Phase;

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
      return pop();
  }
}

/// True when done; otherwise a substitution was pushed.
bool Run::State::expand(Frame& frame, const Word& word, Mode mode, std::vector<std::string>& to) {
  if (!frame.expanding) {
    const bool simple = word.size() == 1 && word[0].kind == Part::Kind::literal &&
                        mode != Mode::pattern && (word[0].quoted || shell.files.empty());
    if (simple) {
      to.push_back(word[0].text);
      shell.budget.bytes(word[0].text.size());
      return true;
    }
    frame.expander.begin(word, mode);
    frame.expanding = true;
  }
  if (frame.expander.run(shell, to)) {
    frame.expanding = false;
    return true;
  }
  const List& wanted = frame.expander.wanted();
  Frame& capture = push_subshell(Frame::Kind::capture, frame.io, true);
  shell.options.errexit = false;  // As bash does outside POSIX mode.
  push_list(wanted, {frame.io.in, &capture.buffer, frame.io.err}, true);
  return false;
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

bool Run::State::step_redirects(Frame& frame) {
  for (; frame.index < frame.command->redirects.size(); ++frame.index) {
    const Redirect& redirect = frame.command->redirects[frame.index];
    const Word& word = redirect.document ? *redirect.document : redirect.target;
    if (word.empty())
      frame.values.emplace_back();
    else if (!expand(frame, word, Mode::whole, frame.values))
      return false;
    if (open(frame, redirect, std::move(frame.values.back()))) continue;
    shell.status = 1;
    frame.phase = Phase::done;
    return false;
  }
  return true;
}

/// False when there is no such file; then the command does not run.
bool Run::State::open(Frame& frame, const Redirect& redirect, std::string target) {
  using Kind = Redirect::Kind;
  if (redirect.kind == Kind::read) {
    const auto file = shell.files.find(target);
    frame.input.at = 0;
    frame.io.in = &frame.input;
    frame.input.text.clear();
    if (target == "/dev/null") return true;
    if (file != shell.files.end()) {
      shell.budget.append(frame.input.text, file->second);
      return true;
    }
    understood = false;
    complain(frame, target + ": No such file or directory", 1);
    return false;
  }
  if (redirect.kind == Kind::document || redirect.kind == Kind::text) {
    frame.input.at = 0;
    frame.input.text = std::move(target);
    if (redirect.kind == Kind::text) frame.input.text += '\n';
    frame.io.in = &frame.input;
    return true;
  }
  std::string*& stream = redirect.stream == 2 ? frame.io.err : frame.io.out;
  if (redirect.kind == Kind::duplicate) {
    stream = target == "1" ? frame.io.out : target == "2" ? frame.io.err : nullptr;
    return true;
  }
  if (target.empty()) {
    complain(frame, ": No such file or directory", 1);
    return false;
  }
  std::string* to = nullptr;
  if (target == "/dev/stdout") {
    to = frame.io.out;
  } else if (target == "/dev/stderr") {
    to = frame.io.err;
  } else if (target != "/dev/null") {
    to = &shell.files[target];
    if (redirect.kind == Kind::write) to->clear();
  }
  stream = to;
  if (redirect.both) frame.io.out = frame.io.err = to;
  return true;
}

bool Run::State::step_assignments(Frame& frame) {
  if (!frame.command || frame.command->kind != Command::Kind::simple) return true;
  const auto& assignments = frame.command->simple.assignments;
  const bool temporary = !frame.fields.empty();
  for (; frame.index < assignments.size(); ++frame.index) {
    const Assignment& next = assignments[frame.index];
    if (next.array) {
      for (; frame.part < next.elements.size(); ++frame.part)
        if (!expand(frame, next.elements[frame.part], Mode::fields, frame.values)) return false;
    } else if (!next.value.empty() && !expand(frame, next.value, Mode::whole, frame.values)) {
      return false;
    }
    frame.part = 0;
    assign(frame, next, std::move(frame.values), temporary);
    frame.values.clear();
  }
  return true;
}

void Run::State::assign(Frame& frame, const Assignment& assignment, std::vector<std::string> values,
                        bool temporary) {
  Variables& variables = shell.variables;
  const Variable* before = variables.find(assignment.name);
  if (before) shell.budget.bytes(before->value.size() + before->items.size() * sizeof(std::string));
  if (temporary) frame.saved.push_back(variables.save(assignment.name));
  if (assignment.array) {
    Variable made;
    made.array = true;
    if (assignment.append && before && before->array) made.items = before->items;
    if (assignment.append && before && !before->array) made.items.push_back(before->value);
    for (std::string& value : values) made.items.push_back(std::move(value));
    return variables.set(assignment.name, std::move(made));
  }
  std::string value = values.empty() ? std::string() : std::move(values[0]);
  if (!assignment.index.empty() || (before && before->array))
    return assign_element(assignment, std::move(value));
  if (assignment.append && before) {
    std::string longer = before->value;
    shell.budget.append(longer, value);
    value = std::move(longer);
  }
  variables.set(assignment.name, std::move(value));
}

void Run::State::assign_element(const Assignment& assignment, std::string value) {
  if (assignment.index == "@" || assignment.index == "*")
    throw BadExpansion{assignment.name + "[" + assignment.index + "]: bad array subscript"};
  const long long at = assignment.index.empty() ? 0 : evaluate(assignment.index, shell);
  constexpr long long most = 10000;
  if (at < 0 || at > most)
    throw BadExpansion{assignment.name + ": an index must be between 0 and 10000"};
  const Variable* before = shell.variables.find(assignment.name);
  Variable made;
  if (before) made = *before;
  if (!made.array && before) made.items.push_back(std::move(made.value));
  made.array = true;
  const auto place = static_cast<std::size_t>(at);
  if (made.items.size() <= place) made.items.resize(place + 1);
  shell.budget.bytes(made.items.size() * sizeof(std::string));
  if (assignment.append)
    shell.budget.append(made.items[place], value);
  else
    made.items[place] = std::move(value);
  shell.variables.set(assignment.name, std::move(made));
}

void Run::State::execute(Frame& frame) {
  const Command::Kind kind = frame.command ? frame.command->kind : Command::Kind::simple;
  frame.phase = Phase::running;
  frame.index = 0;
  if (kind != Command::Kind::simple) return step_running(frame);
  frame.phase = Phase::done;
  static constexpr std::string_view prefixes[] = {"command", "builtin", "exec", "nohup", "sudo"};
  for (bool again = true; again && frame.fields.size() > 1;) {
    again = false;
    for (const std::string_view prefix : prefixes)
      again = again || (frame.fields[0] == prefix && !frame.fields[1].starts_with("-"));
    if (again) frame.fields.erase(frame.fields.begin());
  }
  if (frame.fields.empty()) {
    if (!frame.substituted) shell.status = 0;
    return;
  }
  const std::string& name = frame.fields[0];
  if (const auto function = shell.functions.find(name); function != shell.functions.end())
    return call_function(frame, function->second);
  if (const Builtin builtin = find_builtin(name)) {
    if ((this->*builtin)(frame)) return;
  } else if (find_tool(name)) {
    ToolCall call{frame.fields, frame.io.in, shell.files, shell.budget};
    if (auto result = run_tool(call)) return apply(frame, *result);
  }
  const std::string_view input = frame.io.in ? frame.io.in->rest() : std::string_view();
  if (auto result = host->start({frame.fields, input})) return apply(frame, *result);
  frame.phase = Phase::waiting;
  waiting = true;
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
