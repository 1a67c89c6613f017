#include "sim/drill/shell_run.hpp"

#include "sim/base/ensure.hpp"
#include "sim/drill/shell_machine.hpp"

namespace drdrill::shell {

struct Carried {
  Variables variables;
  std::map<std::string, std::shared_ptr<const List>, std::less<>> functions;
  int status = 0;
};

namespace {

constexpr std::size_t depth_limit = 1000;  ///< frames; a level of nesting takes about four

}  // namespace

void Frame::clear() {
  phase = Phase::words;
  list = nullptr;
  pipeline = nullptr;
  command = nullptr;
  owned.reset();
  index = part = mark = 0;
  unchecked = expanding = substituted = background = false;
  io = {};
  input.text.clear();
  input.at = 0;
  buffer.clear();
  fields.clear();
  values.clear();
  arguments.clear();
  saved.clear();
  worst = 0;
}

Run::State::State(std::shared_ptr<const List> l, Host& h) : list(std::move(l)), host(&h) {}

bool Run::State::go_on() {
  if (!started) {
    started = true;
    push_list(*list, {nullptr, &out, &err}, false);
  }
  try {
    while (depth > 0 && !waiting) {
      try {
        step(top());
      } catch (const BadExpansion& bad) {
        complain(top(), bad.what, 1);
        leave_shell(1);
      }
    }
  } catch (const Exceeded& exceeded) {
    pop_to(0);
    waiting = false;
    shell.status = 2;
    err += "drdrill: " + exceeded.what + "; the command ends here\n";
  }
  if (depth > 0) return false;
  if (!ended) out += err;
  ended = true;
  return true;
}

void Run::State::finish(const Result& result) {
  ENSURE(waiting && depth > 0, "a result for a shell that waits for none");
  waiting = false;
  try {
    apply(top(), result);
  } catch (const Exceeded& exceeded) {
    pop_to(0);
    shell.status = 2;
    err += "drdrill: " + exceeded.what + "; the command ends here\n";
  }
}

Frame& Run::State::push(Frame::Kind kind, const Io& io, bool unchecked) {
  if (depth == depth_limit) throw Exceeded{"commands are nested too deeply"};
  if (depth == frames.size()) frames.push_back(std::make_unique<Frame>());
  Frame& frame = *frames[depth++];
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
  frame.mark = shell.variables.enter_subshell();
  frame.options = shell.options;
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
  }
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
  if (frame.index > 0 && shell.status != 0) frame.worst = shell.status;
  if (frame.index == commands.size()) {
    if (shell.options.pipefail && commands.size() > 1) shell.status = frame.worst;
    if (frame.pipeline->negated) shell.status = shell.status == 0 ? 1 : 0;
    const Command::Kind last = commands.back().kind;
    const bool checked =
        !frame.unchecked &&
        (commands.size() > 1 || last == Command::Kind::simple || last == Command::Kind::subshell);
    pop();
    if (checked && shell.options.errexit && shell.status != 0) leave_shell(shell.status);
    return;
  }
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
    if (frame.index + 1 < commands.size()) io.out = &frame.buffer;
    push_subshell(Frame::Kind::subshell, io, unchecked);
  }
  ++frame.index;
  push(Frame::Kind::command, io, unchecked).command = &command;
}

/// The commands within have ended.
void Run::State::step_subshell(Frame& frame) {
  if (frame.background) {
    shell.jobs.push_back(shell.status);
    shell.status = 0;
    order_assumed = true;
  }
  if (frame.kind == Frame::Kind::capture) {
    while (!frame.buffer.empty() && frame.buffer.back() == '\n') frame.buffer.pop_back();
    Frame& asker = *frames[depth - 2];
    asker.substituted = true;
    asker.expander.substituted(std::move(frame.buffer));
  }
  pop();
}

Run::Run(std::shared_ptr<const List> list, Host& host)
    : state_(std::make_unique<State>(std::move(list), host)) {
  ENSURE(state_->list, "a run needs a list");
}
Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

void Run::set(std::string_view name, std::string value) {
  if (name.find_first_not_of("0123456789") != std::string_view::npos || name.empty() || name == "0")
    return state_->shell.variables.set(name, std::move(value));
  constexpr std::size_t most = 1000;
  const std::size_t number = name.size() > 4 ? most + 1 : std::stoul(std::string(name));
  ENSURE(number > 0 && number <= most, "a positional parameter between 1 and 1000");
  std::vector<std::string> arguments = state_->shell.variables.arguments();
  if (arguments.size() < number) arguments.resize(number);
  arguments[number - 1] = std::move(value);
  state_->shell.variables.set_arguments(std::move(arguments));
}

bool Run::resume() {
  return state_->go_on();
}
void Run::finish(const Result& result) {
  state_->finish(result);
}
std::map<std::string, std::string, std::less<>>& Run::files() {
  return state_->shell.files;
}
std::shared_ptr<const Carried> Run::carried() const {
  const ShellState& shell = state_->shell;
  return std::make_shared<const Carried>(Carried{shell.variables, shell.functions, shell.status});
}
void Run::carry(const Carried& left) {
  state_->shell.variables = left.variables;
  state_->shell.functions = left.functions;
  state_->shell.status = left.status;
}

bool Run::ended() const {
  return state_->ended;
}
int Run::exit_status() const {
  return state_->shell.status;
}
bool Run::understood() const {
  return state_->understood;
}
bool Run::order_assumed() const {
  return state_->order_assumed;
}
const std::string& Run::output() const {
  return state_->out;
}

}  // namespace drdrill::shell
