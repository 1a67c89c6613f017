#include "sim/drill/shell_expand.hpp"

#include <algorithm>
#include <cctype>

namespace drdrill::shell {
namespace {

constexpr std::string_view pattern_characters = "*?[]\\";

bool has_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

/// Without the backslashes of a pattern.
std::string plain_text(std::string_view escaped) {
  std::string out;
  out.reserve(escaped.size());
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '\\' && i + 1 < escaped.size()) ++i;
    out += escaped[i];
  }
  return out;
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

std::string cut(const std::string& value, const std::string& pattern, const Part& part,
                Budget& budget) {
  const bool front = part.operation == Part::Operation::cut_front;
  const std::size_t size = value.size();
  for (std::size_t i = 0; i <= size; ++i) {
    const std::size_t length = part.strong ? size - i : i;  // what would be cut
    const auto candidate = front ? std::string_view(value).substr(0, length)
                                 : std::string_view(value).substr(size - length);
    if (!glob_match(pattern, candidate, budget)) continue;
    return front ? value.substr(length) : value.substr(0, size - length);
  }
  return value;
}

bool is_special(std::string_view name) {
  return name.size() == 1 && std::isalpha(static_cast<unsigned char>(name[0])) == 0 &&
         name[0] != '_';
}

}  // namespace

const std::string* value_of(std::string_view name, const ShellState& state, std::string& buffer) {
  const auto& arguments = state.variables.arguments();
  if (!name.empty() && name[0] >= '1' && name[0] <= '9') {
    const std::size_t number = name.size() > 6 ? 0 : std::stoul(std::string(name));
    if (number == 0 || number > arguments.size()) return nullptr;
    buffer = arguments[number - 1];
    return &buffer;
  }
  if (name == "0") {
    buffer = "bash";
  } else if (is_special(name)) {
    switch (name[0]) {
      case '?':
        buffer = std::to_string(state.status);
        break;
      case '#':
        buffer = std::to_string(arguments.size());
        break;
      case '!':
        buffer = std::to_string(state.jobs.size());
        break;
      case '$':
        buffer = "1000";
        break;  // Any number does: only names of temporary files use it.
      default:
        buffer.clear();
    }
  } else {
    const Variable* variable = state.variables.find(name);
    if (!variable) {
      if (name == "RANDOM" || name == "SECONDS" || name == "EPOCHSECONDS" || name == "LINENO")
        throw BadExpansion{"$" + std::string(name) + " is not known here"};
      return nullptr;
    }
    if (!variable->array) return &variable->value;
    if (variable->items.empty()) return nullptr;
    return &variable->items[0];
  }
  return &buffer;
}

void Expander::begin(const Word& word, Mode mode) {
  mode_ = mode;
  cursors_.clear();
  cursors_.push_back({&word, 0, nullptr, {}, mode});
  text_.clear();
  escaping_ = mode == Mode::pattern;
  field_ = mode != Mode::fields;
  after_space_ = false;
  substituted_.reset();
}

bool Expander::run(ShellState& state, std::vector<std::string>& out) {
  if (cursors_.size() == 1 && cursors_[0].part == 0 && mode_ == Mode::fields)
    escaping_ = !state.files.empty();
  while (!cursors_.empty()) {
    Cursor& cursor = cursors_.back();
    if (cursor.part == cursor.word->size()) {
      finish_argument(state, out);
      continue;
    }
    const Part& next = (*cursor.word)[cursor.part];
    if (next.kind == Part::Kind::substitute) {
      if (!substituted_) {
        wanted_ = next.list.get();
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
      return variable(part, state, out);
    case Part::Kind::arithmetic:
      return argument(part, Mode::whole);
    case Part::Kind::substitute:
      return;
  }
}

void Expander::variable(const Part& part, ShellState& state, std::vector<std::string>& out) {
  const bool all = part.index == "@" || part.index == "*" || part.text == "@" || part.text == "*";
  const std::string_view name = part.text == "*" ? std::string_view("@") : part.text;
  std::string buffer;
  const std::string* value = nullptr;
  if (all || !part.index.empty()) {
    const Variable* found = state.variables.find(name);
    static const std::vector<std::string> none;
    std::vector<std::string> single;
    if (found && !found->array) single.push_back(found->value);
    const std::vector<std::string>& items_of = !found ? none : found->array ? found->items : single;
    if (all && part.operation == Part::Operation::length)
      return add(std::to_string(items_of.size()), part.quoted, state, out);
    if (all && (part.operation == Part::Operation::none || !items_of.empty()) &&
        part.operation != Part::Operation::use_other) {
      if (part.operation == Part::Operation::cut_front ||
          part.operation == Part::Operation::cut_back)
        throw BadExpansion{"${" + part.text + "[@]} cannot be cut here"};
      return items(part, items_of, state, out);
    }
    if (all) {
      if (!items_of.empty()) buffer = items_of[0], value = &buffer;
    } else {
      long long at = evaluate(part.index, state);
      if (at < 0) at += static_cast<long long>(items_of.size());
      if (at >= 0 && at < static_cast<long long>(items_of.size())) {
        buffer = items_of[static_cast<std::size_t>(at)];
        value = &buffer;
      }
    }
  } else {
    value = value_of(name, state, buffer);
  }
  operate(part, value, state, out);
}

void Expander::operate(const Part& part, const std::string* value, ShellState& state,
                       std::vector<std::string>& out) {
  using Operation = Part::Operation;
  const bool there = value && !(part.strong && value->empty());
  const auto as_it_is = [&] {
    if (value) add(*value, part.quoted, state, out);
  };
  switch (part.operation) {
    case Operation::use_default:
    case Operation::assign_default:
    case Operation::require:
      if (there) return as_it_is();
      if (part.operation == Operation::use_default) return argument(part, mode_);
      return argument(part, Mode::whole);
    case Operation::use_other:
      if (there) argument(part, mode_);
      return;
    case Operation::cut_front:
    case Operation::cut_back:
      if (value) argument(part, Mode::pattern);
      return;
    case Operation::none:
    case Operation::length:
      break;
  }
  if (!value && state.options.nounset) throw BadExpansion{part.text + ": unbound variable"};
  if (part.operation == Operation::length)
    return add(std::to_string(value ? value->size() : 0), part.quoted, state, out);
  if (part.quoted) field_ = true;
  as_it_is();
}

/// Reads the argument of a part next: in place, or to use it as a whole.
void Expander::argument(const Part& part, Mode mode) {
  if (part.operation == Part::Operation::use_default ||
      part.operation == Part::Operation::use_other) {
    if (part.quoted) field_ = true;
    cursors_.push_back({&part.argument, 0, nullptr, {}, mode_});
    return;
  }
  cursors_.push_back({&part.argument, 0, &part, std::move(text_), mode_});
  cursors_.back().outer_escaping = escaping_;
  text_.clear();
  mode_ = mode;
  escaping_ = mode == Mode::pattern;
}

void Expander::finish_argument(ShellState& state, std::vector<std::string>& out) {
  const Cursor cursor = std::move(cursors_.back());
  cursors_.pop_back();
  if (!cursor.owner) return;
  const Part& owner = *cursor.owner;
  const std::string argument = std::move(text_);
  text_ = cursor.outer;
  mode_ = cursor.outer_mode;
  escaping_ = cursor.outer_escaping;
  if (owner.kind == Part::Kind::arithmetic)
    return add(std::to_string(evaluate(argument, state)), owner.quoted, state, out);
  if (owner.operation == Part::Operation::require)
    throw BadExpansion{owner.text + ": " +
                       (argument.empty() ? "parameter null or not set" : argument)};
  if (owner.operation == Part::Operation::assign_default) {
    if (is_special(owner.text) || !owner.index.empty())
      throw BadExpansion{"$" + owner.text + ": cannot assign in this way"};
    state.variables.set(owner.text, argument);
    return add(argument, owner.quoted, state, out);
  }
  std::string buffer;
  const std::string* value = nullptr;
  if (owner.index.empty()) {
    value = value_of(owner.text, state, buffer);
  } else if (const Variable* found = state.variables.find(owner.text)) {
    const auto at = evaluate(owner.index, state);
    if (at >= 0 && at < static_cast<long long>(found->items.size()))
      value = &found->items[static_cast<std::size_t>(at)];
  }
  if (value) add(cut(*value, argument, owner, state.budget), owner.quoted, state, out);
}

void Expander::items(const Part& part, const std::vector<std::string>& items, ShellState& state,
                     std::vector<std::string>& out) {
  const bool star = part.index == "*" || part.text == "*";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      if (mode_ != Mode::fields || (part.quoted && star))
        keep(" ", true, state);
      else if (part.quoted || field_ || !text_.empty())
        end_field(state, out);
    }
    if (part.quoted) field_ = true;
    add(items[i], part.quoted, state, out);
  }
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
  const std::string_view ifs = separators ? std::string_view(separators->value) : " \t\n";
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
  if (!escaping_ || (!quoted && text.find('\\') == std::string_view::npos) ||
      text.find_first_of(pattern_characters) == std::string_view::npos)
    return state.budget.append(text_, text);
  for (const char c : text) {
    const bool escape = quoted ? pattern_characters.find(c) != std::string_view::npos : c == '\\';
    if (escape && !(mode_ == Mode::pattern && !quoted)) text_ += '\\';
    text_ += c;
  }
  state.budget.bytes(text.size());
}

void Expander::end_field(ShellState& state, std::vector<std::string>& out) {
  if (!field_ && text_.empty()) return;
  field_ = false;
  state.budget.bytes(sizeof(std::string));
  if (mode_ != Mode::fields || !escaping_) {
    out.push_back(text_);
    text_.clear();
    return;
  }
  const std::string pattern = std::move(text_);
  text_.clear();
  const std::size_t before = out.size();
  if (has_pattern(pattern) && unescaped_pattern(pattern))
    for (const auto& [name, content] : state.files)
      if (glob_match(pattern, name, state.budget)) out.push_back(name);
  if (out.size() == before) out.push_back(plain_text(pattern));
}

}  // namespace drdrill::shell
