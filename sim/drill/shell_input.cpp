#include "sim/drill/shell_machine.hpp"

/// Built-ins that take text apart and put it together: read, mapfile, printf, tee, xargs.
namespace drdrill::shell {
namespace {

/// Up to the delimiter; false at the end of the input.
bool next_line(Input& input, bool raw, char delimiter, std::size_t most, std::string& line) {
  line.clear();
  while (input.at < input.text.size() && line.size() < most) {
    char c = input.text[input.at++];
    if (c == delimiter) return true;
    if (c == '\\' && !raw && input.at < input.text.size()) {
      c = input.text[input.at++];
      if (c == '\n') continue;
    }
    line += c;
  }
  return line.size() == most;
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

/// read [-r] [-p question] [-a array] [-d delimiter] [-n count] [-u stream] [-s] [-t …] name…
bool Run::State::do_read(Frame& frame) {
  const auto switches = read_options(frame.fields, "rsep:a:d:n:N:u:t:i:");
  if (!switches) return false;
  Input* in = frame.io.in;
  if (const std::string* stream = switches->value('u')) {
    const auto number = to_number(*stream);
    in = number && *number >= 0 && *number <= stream_limit
             ? frame.io.get(static_cast<int>(*number)).in
             : nullptr;
  }
  std::string line;
  bool whole = false;
  const std::string* question = switches->value('p');
  if (in) {
    const std::string* delimiter = switches->value('d');
    const std::string* count = switches->value(switches->has('N') ? 'N' : 'n');
    const auto most = count ? to_number(*count) : std::nullopt;
    whole =
        next_line(*in, switches->has('r'),
                  !delimiter           ? '\n'
                  : delimiter->empty() ? '\0'
                                       : (*delimiter)[0],
                  most && *most > 0 ? static_cast<std::size_t>(*most) : std::string::npos, line);
  } else if (auto answer = host->answer(question ? *question : std::string())) {
    if (question) write(frame.io.err, *question + *answer + "\n");
    line = std::move(*answer);
    whole = true;
  } else {
    understood = false;
    complain(frame, "read: nobody is there to answer", 1);
    return true;
  }
  shell.budget.bytes(line.size());
  give_fields(line, *switches);
  shell.status = whole ? 0 : 1;
  return true;
}

/// Splits what was read into the variables that read names.
void Run::State::give_fields(const std::string& line, const Switches& switches) {
  const Variable* separators = shell.variables.find("IFS");
  const std::string ifs = separators ? separators->value : " \t\n";
  const auto& names = switches.operands;
  std::string_view rest = trimmed(line, ifs);
  if (const std::string* array = switches.value('a')) {
    Variable made = changeable(shell, *array);
    made.kind = Variable::Kind::indexed;
    made.items.clear();
    made.indexes.clear();
    while (!rest.empty()) {
      made.items.push_back(cut_field(rest, ifs));
      rest = trimmed(rest, ifs);
    }
    shell.budget.items(made.items.size());
    return shell.variables.set(*array, std::move(made));
  }
  if (names.empty()) return assign(shell, "REPLY", line);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    std::string value = last ? std::string(rest) : cut_field(rest, ifs);
    rest = trimmed(rest, ifs);
    assign(shell, names[i], std::move(value));
  }
}

/// mapfile [-t] [-d delimiter] [-n count] [-s skipped] [-O origin] [array]
bool Run::State::do_mapfile(Frame& frame) {
  const auto switches = read_options(frame.fields, "td:n:s:u:");
  if (!switches || switches->operands.size() > 1) return false;
  const std::string name = switches->operands.empty() ? "MAPFILE" : switches->operands[0];
  const std::string* delimiter = switches->value('d');
  const char end = !delimiter ? '\n' : delimiter->empty() ? '\0' : (*delimiter)[0];
  const auto number = [&](char letter) -> std::size_t {
    const std::string* given = switches->value(letter);
    const auto value = given ? to_number(*given) : std::nullopt;
    return value && *value > 0 ? static_cast<std::size_t>(*value) : 0;
  };
  const std::size_t most = number('n');
  std::size_t skip = number('s');
  Variable made = changeable(shell, name);
  made.kind = Variable::Kind::indexed;
  made.value.clear();
  made.items.clear();
  made.indexes.clear();
  std::string_view text = frame.io.in ? frame.io.in->take_rest() : std::string_view();
  while (!text.empty() && (most == 0 || made.items.size() < most)) {
    const std::size_t at = text.find(end);
    const std::size_t size = at == std::string_view::npos ? text.size() : at + 1;
    const bool keeps_end = !switches->has('t') || at == std::string_view::npos;
    if (skip > 0)
      --skip;
    else
      made.items.emplace_back(text.substr(0, keeps_end ? size : at));
    text.remove_prefix(size);
    shell.budget.items(1);
    shell.budget.bytes(size);
  }
  shell.variables.set(name, std::move(made));
  shell.status = 0;
  return true;
}

/// printf -v NAME: into a variable.
bool Run::State::do_printf(Frame& frame) {
  const bool into = frame.fields.size() > 3 && frame.fields[1] == "-v";
  std::string name;
  if (into) {
    name = frame.fields[2];
    frame.fields.erase(frame.fields.begin() + 1, frame.fields.begin() + 3);
  }
  ToolCall call{frame.fields, frame.io.in, shell.files, shell.budget};
  auto result = tool_printf(call);
  if (!result) return false;
  if (into) {
    const std::size_t open = name.find('[');
    if (open != std::string::npos && name.ends_with(']'))
      assign_element(shell, name.substr(0, open), name.substr(open + 1, name.size() - open - 2),
                     std::move(result->out));
    else
      assign(shell, name, std::move(result->out));
    result->out.clear();
  }
  apply(frame, *result);
  return true;
}

bool Run::State::do_tee(Frame& frame) {
  const auto switches = read_options(frame.fields, "a");
  if (!switches) return false;
  const std::string_view text = frame.io.in ? frame.io.in->take_rest() : std::string_view();
  write(frame.io.out, text);
  for (const std::string& name : switches->operands) {
    if (name == "/dev/null") continue;
    std::string& file = shell.files[std::string(plain_path(name))];
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
