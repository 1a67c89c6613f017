#include "sim/drill/shell_machine.hpp"

/// The stack of what is under way: lists, pipelines, subshells, traps.
namespace drdrill::shell {
namespace {

constexpr std::size_t subshell_work = 20;
constexpr std::size_t depth_limit = 1000;  ///< frames; a level of nesting takes about four

}  // namespace

Stream Io::get(int number) const {
  if (number == 0) return {0, in, nullptr};
  if (number == 1) return {1, nullptr, out};
  if (number == 2) return {2, nullptr, err};
  for (const Stream& stream : more)
    if (stream.number == number) return stream;
  return {number, nullptr, nullptr};
}

void Io::put(const Stream& stream) {
  if (stream.number == 0) {
    in = stream.in;
  } else if (stream.number == 1) {
    out = stream.out;
  } else if (stream.number == 2) {
    err = stream.out;
  } else {
    std::erase_if(more, [&](const Stream& s) { return s.number == stream.number; });
    more.push_back(stream);
  }
}

void Frame::clear() {
  phase = Phase::words;
  list = nullptr;
  pipeline = nullptr;
  command = nullptr;
  owned.reset();
  index = part = mark = 0;
  unchecked = expanding = substituted = background = replaces = raw = false;
  matched = falls_through = keeps_status = false;
  io = {};
  input.text.clear();
  input.at = 0;
  inputs.clear();
  buffer.clear();
  fields.clear();
  values.clear();
  arguments.clear();
  saved.clear();
  temporary.clear();
  outlets.clear();
  statuses.clear();
  elements.clear();
  arrays.clear();
  worst = 0;
}

Frame& Run::State::push(Frame::Kind kind, const Io& io, bool unchecked) {
  if (depth == depth_limit) throw Exceeded{"commands are nested too deeply"};
  if (depth == frames.size()) frames.push_back(std::make_unique<Frame>());
  Frame& frame = *frames[depth++];
  frame.fields.clear();
  frame.values.clear();
  frame.clear();
  frame.kind = kind;
  frame.io = io;
  frame.unchecked = unchecked;
  return frame;
}

void Run::State::push_list(const List& l, const Io& io, bool unchecked) {
  push(Frame::Kind::list, io, unchecked).list = &l;
}

Frame& Run::State::push_subshell(Frame::Kind kind, const Io& io, bool unchecked) {
  Frame& frame = push(kind, io, unchecked);
  shell.budget.work(subshell_work);
  frame.mark = shell.variables.enter_subshell();
  frame.options = shell.options;
  frame.functions = shell.functions;
  frame.traps = shell.traps;
  if (!shell.traps->empty()) {
    Traps kept;
    const auto error = shell.traps->find("ERR");
    if (shell.options.errtrace && error != shell.traps->end()) kept.insert(*error);
    shell.traps = std::make_shared<const Traps>(std::move(kept));
  }
  return frame;
}

void Run::State::pop() {
  Frame& frame = top();
  while (!frame.saved.empty()) {
    shell.variables.restore(std::move(frame.saved.back()));
    frame.saved.pop_back();
  }
  if (frame.kind == Frame::Kind::function)
    shell.variables.set_arguments(std::move(frame.arguments));
  if (frame.is_subshell()) {
    shell.variables.leave_subshell(frame.mark);
    shell.options = frame.options;
    shell.functions = std::move(frame.functions);
    shell.traps = std::move(frame.traps);
  }
  for (const std::string& path : frame.temporary) remove_file(path);
  frame.owned.reset();
  --depth;
}

void Run::State::pop_to(std::size_t size) {
  while (depth > size) pop();
}

/// Ends the innermost subshell, or everything.
void Run::State::leave_shell(int status) {
  while (depth > 0 && !top().is_subshell()) pop();
  shell.status = status;
  left = left || depth == 0;
}

/// Runs the command of a trap next, if there is one. That of EXIT runs once.
bool Run::State::run_trap(const std::string& signal, const Io& io) {
  const auto found = shell.traps->find(signal);
  if (found == shell.traps->end()) return false;
  const std::string command = found->second;
  if (signal == "EXIT") {
    Traps others = *shell.traps;
    others.erase(signal);
    shell.traps = std::make_shared<const Traps>(std::move(others));
  }
  if (command.empty()) return false;
  shell.budget.work(command.size() * Budget::parsing_work);
  const Parsed parsed = parse(command);
  if (parsed.error) {
    write(io.err, "bash: trap: " + parsed.error->message + "\n");
    return false;
  }
  Frame& frame = push(Frame::Kind::trap, io, true);
  frame.worst = shell.status;
  frame.owned = parsed.list;
  push_list(*frame.owned, io, signal == "ERR");
  return true;
}

/// The trap has run: all is as it was before.
void Run::State::step_trap(Frame& frame) {
  const int status = frame.worst;
  const bool leaves = frame.replaces;
  pop();
  shell.status = status;
  if (leaves) leave_shell(status);
}

void Run::State::step(Frame& frame) {
  switch (frame.kind) {
    case Frame::Kind::list:
      return step_list(frame);
    case Frame::Kind::pipeline:
      return step_pipeline(frame);
    case Frame::Kind::command:
      return step_command(frame);
    case Frame::Kind::subshell:
    case Frame::Kind::capture:
      return step_subshell(frame);
    case Frame::Kind::function:
      return pop();
    case Frame::Kind::trap:
      return step_trap(frame);
    case Frame::Kind::xargs:
      return step_xargs(frame);
  }
}

void Run::State::step_list(Frame& frame) {
  const auto& items = frame.list->items;
  if (frame.index == items.size()) {
    if (items.empty()) shell.status = 0;
    return pop();
  }
  const ListItem& item = items[frame.index++];
  if (item.joint == ListItem::Joint::and_then && shell.status != 0) return;
  if (item.joint == ListItem::Joint::or_else && shell.status == 0) return;
  shell.budget.command();
  const bool in_chain =
      frame.index < items.size() && items[frame.index].joint != ListItem::Joint::always;
  Frame& next =
      push(Frame::Kind::pipeline, frame.io, frame.unchecked || in_chain || item.pipeline.negated);
  next.pipeline = &item.pipeline;
}

void Run::State::step_pipeline(Frame& frame) {
  const auto& commands = frame.pipeline->commands;
  if (frame.index > 0) frame.statuses.push_back(shell.status);
  if (frame.index > 0 && shell.status != 0) frame.worst = shell.status;
  if (frame.index == commands.size()) return end_pipeline(frame);
  Io io = frame.io;
  const bool unchecked = frame.unchecked;
  const Command& command = commands[frame.index];
  if (commands.size() > 1) {
    if (frame.index > 0) {
      frame.input.text.swap(frame.buffer);
      frame.input.at = 0;
      frame.buffer.clear();
      io.in = &frame.input;
    }
    const bool last = frame.index + 1 == commands.size();
    if (!last) io.out = &frame.buffer;
    if (!last || !shell.options.lastpipe) push_subshell(Frame::Kind::subshell, io, unchecked);
  }
  ++frame.index;
  push(Frame::Kind::command, io, unchecked).command = &command;
}

void Run::State::end_pipeline(Frame& frame) {
  const auto& commands = frame.pipeline->commands;
  shell.pipeline.swap(frame.statuses);
  if (shell.options.pipefail && commands.size() > 1) shell.status = frame.worst;
  if (frame.pipeline->negated) shell.status = shell.status == 0 ? 1 : 0;
  const Command::Kind last = commands.back().kind;
  const bool checked = !frame.unchecked && (commands.size() > 1 || last == Command::Kind::simple ||
                                            last == Command::Kind::subshell);
  const Io io = frame.io;
  pop();
  if (!checked || shell.status == 0) return;
  const bool leaves = shell.options.errexit;
  if (!shell.traps->empty() && (shell.options.errtrace || function_around() == 0) &&
      run_trap("ERR", io)) {
    frames[depth - 2]->replaces = leaves;
    return;
  }
  if (leaves) leave_shell(shell.status);
}

/// The commands within have ended.
void Run::State::step_subshell(Frame& frame) {
  if (!shell.traps->empty() && run_trap("EXIT", frame.io_inside())) return;
  if (frame.background) {
    shell.jobs.push_back(shell.status);
    shell.status = 0;
    order_assumed = true;
  }
  if (frame.keeps_status) shell.status = frame.worst;
  if (frame.kind == Frame::Kind::capture) {
    while (!frame.raw && !frame.buffer.empty() && frame.buffer.back() == '\n')
      frame.buffer.pop_back();
    Frame& asker = *frames[depth - 2];
    asker.substituted = true;
    std::string text = std::move(frame.buffer);
    if (frame.raw) text = process_file(asker, std::move(text));
    asker.expander.substituted(std::move(text));
  }
  pop();
}

/// A file that is there while the command runs.
std::string Run::State::process_file(Frame& frame, std::string text) {
  std::string path = "/dev/fd/" + std::to_string(process_files--);
  shell.files[path] = std::move(text);
  frame.temporary.push_back(path);
  return path;
}

}  // namespace drdrill::shell
