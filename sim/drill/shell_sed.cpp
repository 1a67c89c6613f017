#include <algorithm>

#include "sim/drill/shell_regex.hpp"
#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {
namespace {

struct Address {
  std::size_t line = 0;  ///< 0: none, unless one of the others is set
  bool last = false;
  std::optional<Pattern> pattern;
  bool set() const { return line > 0 || last || pattern.has_value(); }
};

struct SedCommand {
  Address from, to;
  bool negated = false;
  bool inside = false;  ///< of the range
  char action = 'p';    ///< p, d, q or s
  std::optional<Pattern> pattern;
  std::string replacement;
  bool every = false, print = false;
};

/// Reads a sed script; not ok() as soon as something is not known here.
class SedScript {
 public:
  SedScript(std::string_view text, Pattern::Syntax syntax) : text_(text), syntax_(syntax) {}

  std::optional<std::vector<SedCommand>> read() {
    std::vector<SedCommand> commands;
    for (skip(); at_ < text_.size(); skip()) {
      SedCommand command;
      if (!address(command.from)) return std::nullopt;
      if (take(',') && (!address(command.to) || !command.to.set())) return std::nullopt;
      blanks();
      command.negated = take('!');
      blanks();
      if (at_ == text_.size()) return std::nullopt;
      command.action = text_[at_++];
      if (command.action == 's') {
        if (!substitution(command)) return std::nullopt;
      } else if (std::string_view("pdq").find(command.action) == std::string_view::npos) {
        return std::nullopt;
      }
      blanks();
      if (at_ < text_.size() && text_[at_] != ';' && text_[at_] != '\n') return std::nullopt;
      commands.push_back(std::move(command));
    }
    return commands;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (take(' ') || take('\t')) {
    }
  }
  void skip() {
    while (take(' ') || take('\t') || take(';') || take('\n')) {
    }
  }

  /// Up to the next `end` that is not escaped.
  std::optional<std::string> delimited(char end) {
    std::string out;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == end) {
        ++at_;
        return out;
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (text_[at_] != end) out += '\\';
      }
      out += text_[at_];
    }
    return std::nullopt;
  }

  bool address(Address& made) {
    if (take('$')) {
      made.last = true;
    } else if (take('/')) {
      const auto pattern = delimited('/');
      if (!pattern || pattern->empty()) return false;
      made.pattern = Pattern::compile(*pattern, syntax_, false);
      return made.pattern.has_value();
    } else {
      const std::size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
      if (end == at_) return true;
      const auto number = to_number(text_.substr(at_, end - at_));
      if (!number || *number < 1) return false;
      made.line = static_cast<std::size_t>(*number);
      at_ = end;
    }
    return true;
  }

  bool substitution(SedCommand& command) {
    if (at_ == text_.size()) return false;
    const char end = text_[at_++];
    if (end == '\\' || end == '\n') return false;
    const auto pattern = delimited(end);
    const auto replacement = pattern ? delimited(end) : std::nullopt;
    if (!replacement || pattern->empty()) return false;
    bool ignore_case = false;
    for (; at_ < text_.size(); ++at_) {
      const char flag = text_[at_];
      if (flag == 'g')
        command.every = true;
      else if (flag == 'p')
        command.print = true;
      else if (flag == 'I' || flag == 'i')
        ignore_case = true;
      else
        break;
    }
    command.replacement = *replacement;
    command.pattern = Pattern::compile(*pattern, syntax_, ignore_case);
    return command.pattern.has_value();
  }

  std::string_view text_;
  Pattern::Syntax syntax_;
  std::size_t at_ = 0;
};

std::string filled_in(std::string_view replacement, const std::vector<std::string>& groups) {
  std::string out;
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    if (c == '&') {
      out += groups[0];
    } else if (c == '\\' && i + 1 < replacement.size()) {
      const char next = replacement[++i];
      const auto number = static_cast<std::size_t>(next - '0');
      if (next >= '0' && next <= '9')
        out += number < groups.size() ? groups[number] : std::string();
      else
        out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
    } else {
      out += c;
    }
  }
  return out;
}

bool substitute(const SedCommand& command, std::string& line, Budget& budget) {
  std::string out;
  bool any = false;
  std::size_t at = 0;
  while (at <= line.size()) {
    const auto match = command.pattern->find(line, at, budget, true);
    if (!match) break;
    any = true;
    budget.append(out, std::string_view(line).substr(at, match->at - at));
    budget.append(out, filled_in(command.replacement, match->groups));
    at = match->at + match->size;
    if (match->size == 0) {
      if (at < line.size()) out += line[at];
      ++at;
    }
    if (!command.every) break;
  }
  if (!any) return false;
  if (at < line.size()) budget.append(out, std::string_view(line).substr(at));
  line = std::move(out);
  return true;
}

bool at_address(const Address& address, std::string_view line, std::size_t number, bool last,
                Budget& budget) {
  if (address.pattern) return address.pattern->find(line, 0, budget).has_value();
  return address.last ? last : number == address.line;
}

bool applies(SedCommand& command, std::string_view line, std::size_t number, bool last,
             Budget& budget) {
  bool chosen = true;
  if (command.to.set()) {
    chosen = command.inside || at_address(command.from, line, number, last, budget);
    if (chosen && command.inside)
      command.inside = !at_address(command.to, line, number, last, budget);
    else if (chosen)
      command.inside = command.to.line == 0 || command.to.line > number;
  } else if (command.from.set()) {
    chosen = at_address(command.from, line, number, last, budget);
  }
  return chosen != command.negated;
}

}  // namespace

std::optional<Result> tool_sed(ToolCall& call) {
  const auto switches = read_options(call.argv, "nErse:");
  if (!switches || switches->has('s')) return std::nullopt;
  std::vector<std::string> operands = switches->operands;
  std::string text_of_script;
  for (const auto& [letter, value] : switches->given)
    if (letter == 'e') (text_of_script += value) += '\n';
  if (!switches->has('e')) {
    if (operands.empty()) return std::nullopt;
    text_of_script = operands[0];
    operands.erase(operands.begin());
  }
  call.budget.work(text_of_script.size() * Budget::parsing_work);
  const bool extended = switches->has('E') || switches->has('r');
  auto script =
      SedScript(text_of_script, extended ? Pattern::Syntax::extended : Pattern::Syntax::basic)
          .read();
  if (!script) return std::nullopt;
  const auto text = text_of(call, operands);
  if (!text) return std::nullopt;
  const auto lines = lines_of(*text);
  Result result;
  bool quit = false;
  for (std::size_t i = 0; i < lines.size() && !quit; ++i) {
    std::string line(lines[i]);
    bool deleted = false;
    for (SedCommand& command : *script) {
      if (!applies(command, line, i + 1, i + 1 == lines.size(), call.budget)) continue;
      const bool changed = command.action == 's' && substitute(command, line, call.budget);
      if (command.action == 'p' || (changed && command.print))
        call.budget.append(result.out, line + "\n");
      deleted = command.action == 'd';
      quit = command.action == 'q';
      if (deleted || quit) break;
    }
    if (!deleted && !switches->has('n')) call.budget.append(result.out, line + "\n");
  }
  return result;
}

}  // namespace drdrill::shell
