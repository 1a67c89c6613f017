#include "sim/drill/shell_machine.hpp"

/// Built-ins that take standard input apart: read, tee, xargs.
namespace drdrill::shell {
namespace {

/// The next line of the input; false at its end.
bool next_line(Input& input, bool raw, std::string& line) {
  line.clear();
  while (input.at < input.text.size()) {
    char c = input.text[input.at++];
    if (c == '\n') return true;
    if (c == '\\' && !raw && input.at < input.text.size()) {
      c = input.text[input.at++];
      if (c == '\n') continue;
    }
    line += c;
  }
  return false;
}

/// Cuts the first field off.
std::string cut_field(std::string_view& rest, std::string_view ifs) {
  const std::size_t end = rest.find_first_of(ifs);
  std::string field(rest.substr(0, end));
  if (end == std::string_view::npos) {
    rest = {};
    return field;
  }
  rest.remove_prefix(end + 1);
  return field;
}

std::string_view trimmed(std::string_view text, std::string_view ifs) {
  const auto is_space = [&](char c) {
    return (c == ' ' || c == '\t' || c == '\n') && ifs.find(c) != std::string_view::npos;
  };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

bool Run::State::do_read(Frame& frame) {
  const auto switches = read_options(frame.fields, "rp:");
  if (!switches) return false;
  if (!frame.io.in) {
    understood = false;
    complain(frame, "read: nobody is there to answer", 1);
    return true;
  }
  std::string line;
  const bool whole = next_line(*frame.io.in, switches->has('r'), line);
  shell.budget.bytes(line.size());
  const Variable* separators = shell.variables.find("IFS");
  const std::string ifs = separators ? separators->value : " \t\n";
  const auto& names = switches->operands;
  if (names.empty()) shell.variables.set("REPLY", line);
  std::string_view rest = trimmed(line, ifs);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    std::string value = last ? std::string(rest) : cut_field(rest, ifs);
    rest = trimmed(rest, ifs);
    shell.variables.set(names[i], std::move(value));
  }
  shell.status = whole ? 0 : 1;
  return true;
}

bool Run::State::do_tee(Frame& frame) {
  const auto switches = read_options(frame.fields, "a");
  if (!switches) return false;
  const std::string_view text = frame.io.in ? frame.io.in->take_rest() : std::string_view();
  write(frame.io.out, text);
  for (const std::string& name : switches->operands) {
    if (name == "/dev/null") continue;
    std::string& file = shell.files[name];
    if (!switches->has('a')) file.clear();
    write(&file, text);
  }
  shell.status = 0;
  return true;
}

bool Run::State::do_xargs(Frame& frame) {
  std::size_t at = 1, count = 0;
  bool skip_empty = false;
  std::string mark;
  for (; at < frame.fields.size() && frame.fields[at].starts_with("-"); ++at) {
    const std::string& word = frame.fields[at];
    if (word == "-r" || word == "--no-run-if-empty") {
      skip_empty = true;
      continue;
    }
    const bool apart = word.size() == 2;
    if (!word.starts_with("-n") && !word.starts_with("-I")) return false;
    if (apart && at + 1 >= frame.fields.size()) return false;
    const std::string value = apart ? frame.fields[++at] : word.substr(2);
    if (word.starts_with("-I")) {
      mark = value;
      continue;
    }
    const auto number = to_number(value);
    if (!number || *number < 1) return false;
    count = static_cast<std::size_t>(*number);
  }
  const std::string_view text = frame.io.in ? frame.io.in->rest() : std::string_view();
  if (text.find_first_of("'\"\\") != std::string_view::npos) return false;
  if (frame.io.in) frame.io.in->take_rest();
  const Io io = frame.io;
  Frame& runner = push(Frame::Kind::xargs, io, true);
  runner.arguments.assign(frame.fields.begin() + static_cast<std::ptrdiff_t>(at),
                          frame.fields.end());
  if (runner.arguments.empty()) runner.arguments.emplace_back("echo");
  const std::string_view blanks = mark.empty() ? " \t\n" : "\n";
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find_first_of(blanks, from), text.size());
    if (end > from) runner.fields.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  shell.status = 0;
  runner.part = !mark.empty() ? 1 : count > 0 ? count : runner.fields.size();
  if (!mark.empty()) {
    runner.values.push_back(mark);
  } else if (runner.fields.empty() && !skip_empty) {
    Frame& command = push(Frame::Kind::command, io, true);
    command.phase = Frame::Phase::execute;
    command.fields = runner.arguments;
  }
  return true;
}

}  // namespace drdrill::shell
