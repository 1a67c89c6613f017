#include "sim/drill/shell_run.hpp"

#include "sim/base/ensure.hpp"
#include "sim/drill/shell_machine.hpp"

namespace drdrill::shell {

struct Carried {
  Variables variables;
  std::shared_ptr<const Functions> functions;
  std::shared_ptr<const Traps> traps;
  int status = 0;
};

namespace {

constexpr std::size_t step_work = 15;
constexpr std::size_t failure_work = 1000;  ///< what it takes to throw and catch

bool is_plain_word(const Word& word, std::string_view text) {
  return word.size() == 1 && word[0].kind == Part::Kind::literal && !word[0].quoted &&
         word[0].text == text;
}

}  // namespace

Run::State::State() = default;

void Run::State::restart(std::shared_ptr<const List> l, Host& h) {
  ENSURE(l, "a run needs a list");
  list = std::move(l);
  host = &h;
  shell.variables = {};
  shell.options = {};
  shell.files.clear();
  shell.budget = {};
  shell.functions = no_functions;
  shell.traps = no_traps;
  shell.status = 0;
  shell.jobs.clear();
  shell.pipeline.clear();
  depth = 0;
  opened.clear();
  removed.clear();
  outlets.clear();
  getopts_index = getopts_at = 1;
  process_files = first_process_file;
  script = left = started = waiting = ended = order_assumed = false;
  understood = true;
  out.clear();
  err.clear();
}

bool Run::State::go_on() {
  if (!started) {
    started = true;
    push_list(*list, {nullptr, &out, &err, {}}, false);
  }
  try {
    while (!waiting) {
      if (depth == 0 && !end_shell()) break;
      try {
        shell.budget.work(step_work);
        step(top());
      } catch (const BadExpansion& bad) {
        shell.budget.work(failure_work);
        fail_expansion(bad);
      }
    }
  } catch (const Exceeded& exceeded) {
    end_beyond_bounds(exceeded);
  }
  if (depth > 0) return false;
  if (!ended) out += err;
  ended = true;
  return true;
}

void Run::State::end_beyond_bounds(const Exceeded& exceeded) {
  pop_to(0);
  waiting = false;
  shell.status = 2;
  shell.traps = std::make_shared<const Traps>();
  outlets.clear();
  err += "drdrill: " + exceeded.what + "; the command ends here\n";
}

/// What is still to be done when the last command has ended; false: nothing.
bool Run::State::end_shell() {
  const Io io{nullptr, &out, &err, {}};
  if ((script || left) && run_trap("EXIT", io)) return true;
  if (outlets.empty()) return false;
  const Outlet outlet = std::move(outlets.back());
  outlets.pop_back();
  feed(outlet, io);
  return true;
}

/// Streams that are open go on writing to it, as to an unlinked file.
void Run::State::remove_file(std::string_view path) {
  const auto file = shell.files.find(path);
  if (file == shell.files.end()) return;
  removed.push_back(shell.files.extract(file));
  removed.back().mapped() = {};
}

/// Gives what was written into >( ) to its list.
void Run::State::feed(const Outlet& outlet, const Io& io) {
  std::string text;
  if (const auto file = shell.files.find(outlet.path); file != shell.files.end()) {
    text = std::move(file->second);
    remove_file(outlet.path);
  }
  Frame& reader = push_subshell(Frame::Kind::subshell, io, true);
  reader.keeps_status = true;
  reader.worst = shell.status;
  reader.owned = outlet.list;
  reader.input.text = std::move(text);
  Io own = io;
  own.in = &reader.input;
  push_list(*outlet.list, own, true);
}

void Run::State::fail_expansion(const BadExpansion& bad) {
  Frame& frame = top();
  complain(frame, bad.what, 1);
  frame.expanding = false;
  const bool calculates = frame.kind == Frame::Kind::command && frame.command &&
                          (frame.command->kind == Command::Kind::count_loop ||
                           (!frame.command->simple.words.empty() &&
                            is_plain_word(frame.command->simple.words[0], "((")));
  if (bad.ends == BadExpansion::Ends::shell) return leave_shell(1);
  if (calculates) {
    frame.phase = Frame::Phase::done;
    return;
  }
  while (depth > 1 && !top().is_subshell()) pop();
  if (depth == 0 || top().is_subshell()) return;
  // What stands in the same line is gone with it.
  if (top().kind != Frame::Kind::list) return pop();
  const auto& items = top().list->items;
  std::size_t& next = top().index;
  const int line = next > 0 ? items[next - 1].pipeline.commands.front().line : 0;
  while (next < items.size() && items[next].pipeline.commands.front().line == line) ++next;
}

void Run::State::finish(const Result& result) {
  ENSURE(waiting && depth > 0, "a result for a shell that waits for none");
  waiting = false;
  try {
    apply(top(), result);
  } catch (const Exceeded& exceeded) {
    end_beyond_bounds(exceeded);
  }
}

Run::Run(std::shared_ptr<const List> list, Host& host) : state_(std::make_unique<State>()) {
  state_->restart(std::move(list), host);
}
void Run::restart(std::shared_ptr<const List> list, Host& host) {
  state_->restart(std::move(list), host);
}
Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

void Run::set(std::string_view name, std::string value) {
  if (name.find_first_not_of("0123456789") != std::string_view::npos || name.empty() ||
      name == "0") {
    Variable variable;
    variable.value = std::move(value);
    variable.exported = true;
    return state_->shell.variables.set(name, std::move(variable));
  }
  constexpr std::size_t most = 1000;
  const std::size_t number = name.size() > 4 ? most + 1 : std::stoul(std::string(name));
  ENSURE(number > 0 && number <= most, "a positional parameter between 1 and 1000");
  std::vector<std::string> arguments = state_->shell.variables.arguments();
  if (arguments.size() < number) arguments.resize(number);
  arguments[number - 1] = std::move(value);
  state_->shell.variables.set_arguments(std::move(arguments));
}

void Run::as_script() {
  state_->script = true;
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
void Run::remove_file(std::string_view path) {
  state_->remove_file(path);
}
std::shared_ptr<const Carried> Run::carried() const {
  const ShellState& shell = state_->shell;
  return std::make_shared<const Carried>(
      Carried{shell.variables, shell.functions, shell.traps, shell.status});
}
void Run::carry(const Carried& left) {
  state_->shell.variables = left.variables;
  state_->shell.functions = left.functions;
  state_->shell.traps = left.traps;
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
