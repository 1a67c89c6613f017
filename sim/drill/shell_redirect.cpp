#include <algorithm>
#include <iterator>

#include "sim/drill/shell_machine.hpp"

/// Where commands read and write.
namespace drdrill::shell {

using Mode = Expander::Mode;
using Phase = Frame::Phase;

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
  switch (redirect.kind) {
    case Redirect::Kind::read:
      return open_to_read(frame, redirect.stream, target);
    case Redirect::Kind::document:
    case Redirect::Kind::text:
      if (redirect.kind == Redirect::Kind::text) target += '\n';
      frame.inputs.push_back(std::make_unique<Input>(Input{std::move(target), 0}));
      frame.io.put({redirect.stream, frame.inputs.back().get(), nullptr});
      return true;
    case Redirect::Kind::duplicate:
      return duplicate(frame, redirect, target);
    case Redirect::Kind::write:
    case Redirect::Kind::append:
      return open_to_write(frame, redirect, target);
  }
  return false;
}

bool Run::State::open_to_read(Frame& frame, int stream, const std::string& given) {
  const std::string target(plain_path(given));
  frame.inputs.push_back(std::make_unique<Input>());
  Input& input = *frame.inputs.back();
  if (target != "/dev/null") {
    const auto file = shell.files.find(target);
    if (file == shell.files.end()) {
      understood = false;
      complain(frame, target + ": No such file or directory", 1);
      return false;
    }
    shell.budget.append(input.text, file->second);
  }
  frame.io.put({stream, &input, nullptr});
  return true;
}

bool Run::State::open_to_write(Frame& frame, const Redirect& redirect, const std::string& given) {
  const std::string target(plain_path(given));
  if (target.empty()) {
    complain(frame, ": No such file or directory", 1);
    return false;
  }
  std::string* to = nullptr;
  if (target == "/dev/stdout") {
    to = frame.io.out;
  } else if (target == "/dev/stderr" || target == "/dev/tty") {
    to = frame.io.err;
  } else if (target != "/dev/null") {
    const bool there = shell.files.count(target) != 0;
    if (shell.options.noclobber && there && !redirect.force &&
        redirect.kind == Redirect::Kind::write) {
      complain(frame, target + ": cannot overwrite existing file", 1);
      return false;
    }
    to = &shell.files[target];
    if (redirect.kind == Redirect::Kind::write) to->clear();
  }
  frame.io.put({redirect.both ? 1 : redirect.stream, nullptr, to});
  if (redirect.both) frame.io.err = to;
  return true;
}

/// >&2, <&3, 3>&-
bool Run::State::duplicate(Frame& frame, const Redirect& redirect, const std::string& target) {
  Stream stream{redirect.stream, nullptr, nullptr};
  if (target != "-") {
    const auto number = to_number(target);
    if (!number || *number < 0 || *number > stream_limit) {
      complain(frame, target + ": ambiguous redirect", 1);
      return false;
    }
    const Stream from = frame.io.get(static_cast<int>(*number));
    stream.in = from.in;
    stream.out = from.out;
  }
  frame.io.put(stream);
  return true;
}

/// exec with redirections only: they hold for the rest of the shell.
void Run::State::redirect_shell(Frame& frame) {
  const Io before = frames[depth - 2]->io;
  std::vector<int> numbers{0, 1, 2};
  for (const Stream& stream : frame.io.more) numbers.push_back(stream.number);
  for (const int number : numbers) {
    const Stream now = frame.io.get(number), old = before.get(number);
    if (now.in == old.in && now.out == old.out) continue;
    for (std::size_t at = depth; at > 0; --at) {
      Frame& other = *frames[at - 1];
      const Stream held = other.io.get(number);
      if (held.in == old.in && held.out == old.out) other.io.put(now);
      if (other.is_subshell()) break;
    }
  }
  std::move(frame.inputs.begin(), frame.inputs.end(), std::back_inserter(opened));
  frame.inputs.clear();
  std::move(frame.outlets.begin(), frame.outlets.end(), std::back_inserter(outlets));
  frame.outlets.clear();
}

/// $(< file) is what is in the file.
bool Run::State::reads_only_a_file(const Frame& frame) const {
  if (!frame.command || !frame.command->simple.assignments.empty() ||
      frame.command->redirects.size() != 1 ||
      frame.command->redirects[0].kind != Redirect::Kind::read || depth < 4)
    return false;
  return frames[depth - 4]->kind == Frame::Kind::capture &&
         frames[depth - 3]->list->items.size() == 1 &&
         frames[depth - 2]->pipeline->commands.size() == 1;
}

}  // namespace drdrill::shell
