#include <array>
#include <utility>

#include "sim/drill/shell_machine.hpp"

/// Loops, conditions and groups: what a command frame does while it is running.
namespace drdrill::shell {

using Phase = Frame::Phase;

void Run::State::step_running(Frame& frame) {
  const Command& command = *frame.command;
  switch (command.kind) {
    case Command::Kind::for_loop:
      return step_for(frame);
    case Command::Kind::count_loop:
      return step_count(frame);
    case Command::Kind::while_loop:
      return step_while(frame);
    case Command::Kind::if_then:
      return step_if(frame);
    case Command::Kind::case_of:
      return step_case(frame);
    default:
      break;
  }
  frame.phase = Phase::done;
  if (command.kind == Command::Kind::function) {
    Functions all = *shell.functions;
    all[command.name] = command.group;
    shell.functions = std::make_shared<const Functions>(std::move(all));
    shell.status = 0;
    return;
  }
  Io io = frame.io;
  bool unchecked = frame.unchecked;
  if (command.kind == Command::Kind::subshell) {
    push_subshell(Frame::Kind::subshell, io, unchecked);
  } else if (command.kind == Command::Kind::background) {
    io.in = nullptr;
    unchecked = true;
    push_subshell(Frame::Kind::subshell, io, unchecked).background = true;
  }
  push_list(*command.group, io, unchecked);
}

void Run::State::step_for(Frame& frame) {
  if (frame.index == 0) shell.status = 0;
  if (frame.index == frame.fields.size()) return pop();
  assign(shell, frame.command->for_loop.variable, frame.fields[frame.index++]);
  push_list(*frame.command->for_loop.body, frame.io, frame.unchecked);
}

/// for ((init; condition; step)). `part`: 0 init, 1 condition, 2 body, 3 step; `worst` is the
/// status of the last body.
void Run::State::step_count(Frame& frame) {
  const Count& count = frame.command->count;
  const std::array<const Word*, 4> expressions{&count.init, &count.condition, nullptr, &count.step};
  if (const Word* expression = expressions[frame.part]) {
    if (frame.part == 3) frame.worst = shell.status;
    long long value = 1;  // of an expression that is not there
    if (!expression->empty()) {
      frame.values.clear();
      if (!expand(frame, *expression, Expander::Mode::whole, frame.values)) return;
      value = evaluate(frame.values.at(0), shell);
    }
    shell.budget.command();
    if (frame.part == 1 && value == 0) {
      shell.status = frame.worst;
      return pop();
    }
    frame.part = frame.part == 3 ? 1 : frame.part + 1;
    return;
  }
  frame.part = 3;
  shell.status = 0;
  push_list(*frame.command->group, frame.io, frame.unchecked);
}

/// `part` is 0 before the condition and 1 behind it; `worst` is the status of the last body.
void Run::State::step_while(Frame& frame) {
  const While& loop = frame.command->while_loop;
  if (frame.part == 0) {
    if (frame.index++ > 0) frame.worst = shell.status;
    frame.part = 1;
    return push_list(*loop.condition, frame.io, true);
  }
  frame.part = 0;
  if ((shell.status == 0) != loop.until) return push_list(*loop.body, frame.io, frame.unchecked);
  shell.status = frame.worst;
  pop();
}

void Run::State::step_if(Frame& frame) {
  const If& choice = frame.command->if_then;
  if (frame.index++ == 0) return push_list(*choice.condition, frame.io, true);
  frame.phase = Phase::done;
  if (shell.status == 0) return push_list(*choice.then, frame.io, frame.unchecked);
  shell.status = 0;
  if (choice.otherwise) push_list(*choice.otherwise, frame.io, frame.unchecked);
}

/// With ;& and ;;& several arms may be run.
void Run::State::step_case(Frame& frame) {
  const auto& arms = frame.command->case_of.arms;
  for (; frame.index < arms.size(); ++frame.index, frame.part = 0) {
    const Case::Arm& arm = arms[frame.index];
    bool fits = std::exchange(frame.falls_through, false);
    for (; !fits && frame.part < arm.patterns.size(); ++frame.part) {
      frame.values.clear();
      if (!expand(frame, arm.patterns[frame.part], Expander::Mode::pattern, frame.values)) return;
      fits = glob_match(frame.values.at(0), frame.fields.at(0), shell.budget,
                        shell.options.nocasematch);
    }
    if (!fits) continue;
    frame.matched = true;
    frame.falls_through = arm.end == Case::End::fall_through;
    if (arm.end == Case::End::leave) frame.phase = Phase::done;
    ++frame.index;
    frame.part = 0;
    if (arm.body->items.empty()) shell.status = 0;
    return push_list(*arm.body, frame.io, frame.unchecked);
  }
  if (!frame.matched) shell.status = 0;
  frame.phase = Phase::done;
}

void Run::State::step_xargs(Frame& frame) {
  if (shell.status != 0) frame.worst = 123;  // As xargs says when one of its commands failed.
  if (frame.index >= frame.fields.size()) {
    shell.status = frame.worst;
    return pop();
  }
  shell.budget.command();
  shell.status = 0;
  const std::size_t take = std::min(frame.part, frame.fields.size() - frame.index);
  Io io = frame.io;
  io.in = nullptr;
  Frame& command = push(Frame::Kind::command, io, true);
  command.phase = Phase::execute;
  command.fields = frame.arguments;
  const auto from = frame.fields.begin() + static_cast<std::ptrdiff_t>(frame.index);
  if (frame.values.empty()) {
    command.fields.insert(command.fields.end(), from, from + static_cast<std::ptrdiff_t>(take));
  } else {
    const std::string& mark = frame.values[0];
    for (std::string& word : command.fields)
      for (std::size_t at = word.find(mark); at != std::string::npos;
           at = word.find(mark, at + from->size())) {
        word.replace(at, mark.size(), *from);
        shell.budget.bytes(word.size() / 16);
        if (word.size() > Budget::text_limit) throw Exceeded{"a text grew beyond 1 MB"};
      }
  }
  for (const std::string& word : command.fields) shell.budget.bytes(word.size());
  frame.index += take;
}

}  // namespace drdrill::shell
