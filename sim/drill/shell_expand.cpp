#include "sim/drill/shell_expand.hpp"

#include <algorithm>

namespace drdrill::shell {
namespace {

using Operation = Part::Operation;

constexpr std::string_view pattern_characters = "*?[]\\";
constexpr std::string_view replacement_characters = "&\\";

bool has_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool unescaped_pattern(std::string_view escaped) {
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '\\')
      ++i;
    else if (escaped[i] == '*' || escaped[i] == '?' || escaped[i] == '[')
      return true;
  }
  return false;
}

constexpr std::size_t part_work = 40;

}  // namespace

void Expander::begin(const Word& word, Mode mode) {
  mode_ = mode;
  cursors_.clear();
  cursors_.emplace_back();
  cursors_.back().word = &word;
  text_.clear();
  escaping_ = mode == Mode::pattern || mode == Mode::replacement;
  field_ = mode != Mode::fields;
  after_space_ = false;
  substituted_.reset();
}

bool Expander::run(ShellState& state, std::vector<std::string>& out) {
  if (cursors_.size() == 1 && cursors_[0].part == 0 && mode_ == Mode::fields)
    escaping_ = !state.files.empty() || state.options.nullglob;
  while (!cursors_.empty()) {
    Cursor& cursor = cursors_.back();
    if (cursor.part == cursor.word->size()) {
      finish_word(state, out);
      continue;
    }
    state.budget.work(part_work);
    const Part& next = (*cursor.word)[cursor.part];
    if (next.kind == Part::Kind::substitute || next.kind == Part::Kind::process) {
      if (!substituted_) {
        wanted_ = &next;
        return false;
      }
      const std::string text = std::move(*substituted_);
      substituted_.reset();
      ++cursor.part;
      add(text, next.quoted, state, out);
      continue;
    }
    ++cursor.part;
    part(next, state, out);
  }
  end_field(state, out);
  return true;
}

void Expander::part(const Part& part, ShellState& state, std::vector<std::string>& out) {
  switch (part.kind) {
    case Part::Kind::literal:
      return keep(part.text, part.quoted, state);
    case Part::Kind::variable:
      return variable(part, {}, state, out);
    case Part::Kind::arithmetic:
      return read_operand(part, part.argument, Cursor::Use::argument, Mode::whole, {});
    case Part::Kind::substitute:
    case Part::Kind::process:
      return;
  }
}

void Expander::variable(const Part& part, Operands operands, ShellState& state,
                        std::vector<std::string>& out) {
  const bool all = part.index == "@" || part.index == "*";
  if (!part.index.empty() && !all && !operands.have_subscript)
    return read_operand(part, part.subscript, Cursor::Use::subscript, Mode::whole,
                        std::move(operands));
  Values values = values_of_part(part, operands, state);
  if (part.indirect) values = indirect(values, state);
  operate(part, std::move(values), std::move(operands), state, out);
}

/// Asks for the next operand that is needed before anything can be done.
bool Expander::wants_operand(const Part& part, const Values& values, Operands& operands) {
  Mode mode = Mode::pattern;
  switch (part.operation) {
    case Operation::slice:
      mode = Mode::whole;
      break;
    case Operation::cut_front:
    case Operation::cut_back:
    case Operation::replace:
    case Operation::upper:
    case Operation::lower:
      break;
    default:
      return false;
  }
  if (!values.set) return false;
  if (!operands.have_argument) {
    read_operand(part, part.argument, Cursor::Use::argument, mode, std::move(operands));
    return true;
  }
  if (!part.has_second || operands.have_second) return false;
  mode = part.operation == Operation::replace ? Mode::replacement : Mode::whole;
  read_operand(part, part.second, Cursor::Use::second, mode, std::move(operands));
  return true;
}

void Expander::operate(const Part& part, Values values, Operands operands, ShellState& state,
                       std::vector<std::string>& out) {
  switch (part.operation) {
    case Operation::use_default:
    case Operation::assign_default:
    case Operation::use_other:
    case Operation::require:
      return use_or_other(part, values, std::move(operands), state, out);
    case Operation::length:
      if (!values.set && state.options.nounset && !values.declared &&
          !(part.text == "@" || part.text == "*"))
        throw BadExpansion{part.text + ": unbound variable", BadExpansion::Ends::shell};
      return add(std::to_string(values.all ? values.items.size() : values.one.size()), part.quoted,
                 state, out);
    default:
      break;
  }
  if (!values.set && !values.all && state.options.nounset)
    throw BadExpansion{
        part.text + (part.index.empty() ? "" : "[" + part.index + "]") + ": unbound variable",
        BadExpansion::Ends::shell};
  if (wants_operand(part, values, operands)) return;
  const bool changes = part.operation != Operation::none && part.operation != Operation::keys &&
                       part.operation != Operation::names;
  if (changes && values.set) {
    if (part.operation == Operation::slice && values.all) {
      const long long offset = evaluate(operands.argument, state);
      std::optional<long long> length;
      if (part.has_second) length = evaluate(operands.second, state);
      if (length && *length < 0) throw BadExpansion{operands.second + ": substring expression < 0"};
      if (offset == 0 && (part.text == "@" || part.text == "*")) {
        values.items.insert(values.items.begin(), "bash");
        values.indexes.insert(values.indexes.begin(), 0);
      }
      slice_items(values.items, values.indexes, offset, length);
    } else if (values.all) {
      for (std::string& item : values.items)
        item = operated(part, item, operands.argument, operands.second, state);
    } else {
      values.one = operated(part, values.one, operands.argument, operands.second, state);
    }
  }
  put(part, values, state, out);
}

/// ${x-…} ${x=…} ${x+…} ${x?…}
void Expander::use_or_other(const Part& part, const Values& values, Operands operands,
                            ShellState& state, std::vector<std::string>& out) {
  const bool empty =
      values.all ? values.items.empty() || (values.items.size() == 1 && values.items[0].empty())
                 : values.one.empty();
  const bool there = values.set && !(part.strong && empty);
  if (part.operation == Operation::use_other) {
    if (part.quoted) field_ = true;
    if (there) read_in_place(part);
    return;
  }
  if (there) return put(part, values, state, out);
  if (part.operation == Operation::use_default) return read_in_place(part);
  if (!operands.have_argument)
    return read_operand(part, part.argument, Cursor::Use::argument, Mode::whole,
                        std::move(operands));
  const std::string& argument = operands.argument;
  if (part.operation == Operation::require)
    throw BadExpansion{part.text + ": " +
                           (!argument.empty() ? argument
                            : part.strong     ? "parameter null or not set"
                                              : "parameter not set"),
                       BadExpansion::Ends::shell};
  if (is_special(part.text) || values.all || part.indirect ||
      (part.text[0] >= '0' && part.text[0] <= '9'))
    throw BadExpansion{"$" + part.text + ": cannot assign in this way"};
  if (operands.have_subscript)
    assign_element(state, part.text, operands.subscript, argument);
  else
    assign(state, part.text, argument);
  add(argument, part.quoted, state, out);
}

void Expander::put(const Part& part, const Values& values, ShellState& state,
                   std::vector<std::string>& out) {
  if (!values.all) {
    if (part.quoted) field_ = true;
    if (values.set) add(values.one, part.quoted, state, out);
    return;
  }
  if (values.star && (part.quoted || mode_ != Mode::fields)) {
    if (part.quoted) field_ = true;
    return keep(joined(values.items, separator_of(state), state), true, state);
  }
  for (std::size_t i = 0; i < values.items.size(); ++i) {
    if (i > 0) {
      if (mode_ != Mode::fields)
        keep(" ", true, state);
      else if (part.quoted || field_ || !text_.empty())
        end_field(state, out);
    }
    if (part.quoted) field_ = true;
    add(values.items[i], part.quoted, state, out);
  }
}

/// Reads a word next that is used as a whole.
void Expander::read_operand(const Part& part, const Word& word, Cursor::Use use, Mode mode,
                            Operands operands) {
  Cursor cursor;
  cursor.word = &word;
  cursor.owner = &part;
  cursor.use = use;
  cursor.operands = std::move(operands);
  cursor.outer = std::move(text_);
  cursor.outer_mode = mode_;
  cursor.outer_escaping = escaping_;
  cursor.outer_field = field_;
  cursors_.push_back(std::move(cursor));
  text_.clear();
  mode_ = mode;
  escaping_ = mode == Mode::pattern || mode == Mode::replacement;
}

/// Reads the argument next as if it stood where the part stands.
void Expander::read_in_place(const Part& part) {
  if (part.quoted) field_ = true;
  cursors_.emplace_back();
  cursors_.back().word = &part.argument;
}

void Expander::finish_word(ShellState& state, std::vector<std::string>& out) {
  Cursor cursor = std::move(cursors_.back());
  cursors_.pop_back();
  if (cursor.use == Cursor::Use::in_place) return;
  const Part& owner = *cursor.owner;
  std::string text = std::move(text_);
  text_ = std::move(cursor.outer);
  mode_ = cursor.outer_mode;
  escaping_ = cursor.outer_escaping;
  field_ = cursor.outer_field;
  if (owner.kind == Part::Kind::arithmetic)
    return add(std::to_string(evaluate(text, state)), owner.quoted, state, out);
  Operands& operands = cursor.operands;
  if (cursor.use == Cursor::Use::subscript) {
    operands.subscript = std::move(text);
    operands.have_subscript = true;
  } else if (cursor.use == Cursor::Use::argument) {
    operands.argument = std::move(text);
    operands.have_argument = true;
  } else {
    operands.second = std::move(text);
    operands.have_second = true;
  }
  variable(owner, std::move(operands), state, out);
}

/// Text that came out of an expansion.
void Expander::add(std::string_view text, bool quoted, ShellState& state,
                   std::vector<std::string>& out) {
  if (quoted || mode_ != Mode::fields)
    keep(text, quoted, state);
  else
    split(text, state, out);
}

void Expander::split(std::string_view text, ShellState& state, std::vector<std::string>& out) {
  const Variable* separators = state.variables.find("IFS");
  const std::string ifs = separators ? separators->value : " \t\n";
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find_first_of(ifs, from), text.size());
    if (end > from) {
      keep(text.substr(from, end - from), false, state);
      after_space_ = false;
    }
    if (end == text.size()) return;
    const bool space = text[end] == ' ' || text[end] == '\t' || text[end] == '\n';
    if (field_ || !text_.empty()) {
      end_field(state, out);
      after_space_ = space;
    } else if (!space && !after_space_) {
      field_ = true;
      end_field(state, out);
    } else if (!space) {
      after_space_ = false;
    }
    from = end + 1;
  }
}

void Expander::keep(std::string_view text, bool quoted, ShellState& state) {
  if (quoted) field_ = true;
  const std::string_view marked =
      mode_ == Mode::replacement ? replacement_characters : pattern_characters;
  if (!escaping_ || (!quoted && text.find('\\') == std::string_view::npos) ||
      text.find_first_of(marked) == std::string_view::npos)
    return state.budget.append(text_, text);
  for (const char c : text) {
    const bool escape = quoted ? marked.find(c) != std::string_view::npos : c == '\\';
    if (escape && !(mode_ != Mode::fields && !quoted)) text_ += '\\';
    text_ += c;
  }
  state.budget.bytes(text.size());
}

void Expander::end_field(ShellState& state, std::vector<std::string>& out) {
  if (!field_ && text_.empty()) return;
  field_ = false;
  state.budget.items(1);
  if (mode_ != Mode::fields || !escaping_) {
    out.push_back(text_);
    text_.clear();
    return;
  }
  const std::string pattern = std::move(text_);
  text_.clear();
  const std::size_t before = out.size();
  const bool matches = !state.options.noglob && has_pattern(pattern) && unescaped_pattern(pattern);
  if (matches)
    for (const auto& [name, content] : state.files)
      if (glob_match(pattern, name, state.budget)) out.push_back(name);
  if (out.size() == before && !(matches && state.options.nullglob))
    out.push_back(without_escapes(pattern));
}

}  // namespace drdrill::shell
