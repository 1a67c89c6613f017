#include <algorithm>
#include <array>
#include <cctype>

#include "sim/drill/shell_expand.hpp"
#include "sim/drill/shell_tools.hpp"

/// What ${ } does with a value once its operands are known, and how values come into variables.
namespace drdrill::shell {
namespace {

using Operation = Part::Operation;

/// How many characters a pattern without * stands for; nothing when it has one.
std::optional<std::size_t> fixed_size(std::string_view pattern) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < pattern.size(); ++size) {
    if (pattern[i] == '*') return std::nullopt;
    i = pattern_item_end(pattern, i);
  }
  return size;
}

std::string cut(std::string_view value, const std::string& pattern, bool front, bool longest,
                Budget& budget) {
  const std::size_t size = value.size();
  const auto only = fixed_size(pattern);
  for (std::size_t i = 0; i <= size; ++i) {
    const std::size_t length = longest ? size - i : i;  // what would be cut
    if (only && length != *only) continue;
    const auto candidate = front ? value.substr(0, length) : value.substr(size - length);
    if (!glob_match(pattern, candidate, budget)) continue;
    return std::string(front ? value.substr(length) : value.substr(0, size - length));
  }
  return std::string(value);
}

/// The replacement with & for what was matched; \& is an ampersand.
std::string replaced_by(const std::string& second, std::string_view match) {
  std::string out;
  for (std::size_t i = 0; i < second.size(); ++i) {
    if (second[i] == '\\' && i + 1 < second.size() &&
        (second[i + 1] == '&' || second[i + 1] == '\\'))
      out += second[++i];
    else if (second[i] == '&')
      out += match;
    else
      out += second[i];
  }
  return out;
}

/// The longest match of the pattern at the beginning of the text; npos: none.
std::size_t longest_match(std::string_view text, const std::string& pattern, Budget& budget) {
  if (const auto only = fixed_size(pattern)) {
    const bool fits = *only <= text.size() && glob_match(pattern, text.substr(0, *only), budget);
    return fits ? *only : std::string_view::npos;
  }
  for (std::size_t length = text.size() + 1; length-- > 0;)
    if (glob_match(pattern, text.substr(0, length), budget)) return length;
  return std::string_view::npos;
}

std::string replace(std::string_view value, const std::string& pattern, const std::string& second,
                    const Part& part, Budget& budget) {
  if (pattern.empty() && part.anchor == 0) return std::string(value);
  std::string out;
  if (part.anchor == '%') {
    for (std::size_t from = 0; from <= value.size(); ++from)
      if (glob_match(pattern, value.substr(from), budget))
        return std::string(value.substr(0, from)) + replaced_by(second, value.substr(from));
    return std::string(value);
  }
  std::size_t at = 0;
  while (at <= value.size()) {
    const std::size_t length = longest_match(value.substr(at), pattern, budget);
    if (length == std::string_view::npos || (length == 0 && part.anchor == 0)) {
      if (part.anchor == '#' || at == value.size()) break;
      out += value[at++];
      continue;
    }
    budget.append(out, replaced_by(second, value.substr(at, length)));
    at += length;
    if (!part.strong) break;
  }
  return out += value.substr(std::min(at, value.size()));
}

char in_case(char c, bool upper) {
  const auto byte = static_cast<unsigned char>(c);
  return static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
}

std::string cased(std::string_view value, const Part& part, const std::string& pattern,
                  Budget& budget) {
  std::string out(value);
  const bool upper = part.operation == Operation::upper;
  for (std::size_t i = 0; i < out.size() && (part.strong || i == 0); ++i)
    if (pattern.empty() || glob_match(pattern, value.substr(i, 1), budget))
      out[i] = in_case(out[i], upper);
  budget.bytes(out.size());
  return out;
}

std::string transformed(std::string_view value, char how) {
  std::string out(value);
  switch (how) {
    case 'Q': {
      out = "'";
      for (const char c : value) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
      return out + "'";
    }
    case 'E':
      return unescaped(value);
    case 'U':
    case 'L':
      std::transform(out.begin(), out.end(), out.begin(),
                     [&](char c) { return in_case(c, how == 'U'); });
      return out;
    default:
      if (!out.empty()) out[0] = in_case(out[0], true);
      return out;
  }
}

}  // namespace

std::string without_escapes(std::string_view pattern) {
  std::string out;
  out.reserve(pattern.size());
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    out += pattern[i];
  }
  return out;
}

std::string operated(const Part& part, std::string_view value, const std::string& argument,
                     const std::string& second, ShellState& state) {
  switch (part.operation) {
    case Operation::cut_front:
    case Operation::cut_back:
      return cut(value, argument, part.operation == Operation::cut_front, part.strong,
                 state.budget);
    case Operation::replace:
      return replace(value, argument, second, part, state.budget);
    case Operation::upper:
    case Operation::lower:
      return cased(value, part, argument, state.budget);
    case Operation::slice:
      return sliced(value, part, argument, second, state);
    case Operation::transform:
      return transformed(value, part.anchor);
    default:
      return std::string(value);
  }
}

std::string sliced(std::string_view value, const Part& part, const std::string& offset,
                   const std::string& length, ShellState& state) {
  const auto size = static_cast<long long>(value.size());
  long long from = evaluate(offset, state);
  if (from < 0) from += size;
  if (from < 0 || from > size) return {};
  long long to = size;
  if (part.has_second) {
    const long long count = evaluate(length, state);
    to = count < 0 ? size + count : std::min(size, from + std::min(count, size));
    if (to < from) throw BadExpansion{length + ": substring expression < 0"};
  }
  return std::string(
      value.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
}

std::string quoted_for_shell(std::string_view text) {
  if (text.empty()) return "''";
  const bool control =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 32; });
  std::string out;
  if (control) {
    out = "$'";
    for (const char c : text) {
      if (c == '\n')
        out += "\\n";
      else if (c == '\t')
        out += "\\t";
      else if (c == '\'' || c == '\\')
        (out += '\\') += c;
      else
        out += c;
    }
    return out + "'";
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && byte < 0x80 &&
        std::string_view("_-./:=@%+").find(c) == std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

std::string quoted_for_trap(std::string_view text) {
  return transformed(text, 'Q');
}

namespace {

struct Signal {
  std::string_view name;
  std::string_view number;
  bool real = true;  ///< one that processes send
};
constexpr std::array<Signal, 12> signals{{{"EXIT", "0", false},
                                          {"HUP", "1"},
                                          {"INT", "2"},
                                          {"QUIT", "3"},
                                          {"USR1", "10"},
                                          {"USR2", "12"},
                                          {"PIPE", "13"},
                                          {"ALRM", "14"},
                                          {"TERM", "15"},
                                          {"DEBUG", "DEBUG", false},
                                          {"ERR", "ERR", false},
                                          {"RETURN", "RETURN", false}}};

}  // namespace

std::string signal_name(std::string_view given) {
  std::string name(given);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (const Signal& signal : signals)
    if (name == signal.name || name == signal.number) return std::string(signal.name);
  return {};
}

std::string long_signal_name(std::string_view name) {
  for (const Signal& signal : signals)
    if (signal.name == name && signal.real) return "SIG" + std::string(name);
  return std::string(name);
}

std::vector<std::string> signals_in_order() {
  std::vector<std::string> names;
  for (const Signal& signal : signals) names.emplace_back(signal.name);
  return names;
}

// ---- assigning ------------------------------------------------------------------------------

Variable changeable(const ShellState& state, std::string_view name) {
  const Variable* before = state.variables.find(name);
  if (!before) return {};
  if (before->readonly) throw BadExpansion{std::string(name) + ": readonly variable"};
  return *before;
}

namespace {

/// As the variable's attributes want it.
std::string fitted(const Variable& variable, std::string value, ShellState& state) {
  if (variable.integer) return std::to_string(evaluate(value, state));
  if (variable.letters != Variable::Letters::as_given)
    for (char& c : value) c = in_case(c, variable.letters == Variable::Letters::upper);
  return value;
}

void put(std::string& to, const Variable& variable, std::string value, bool append,
         ShellState& state) {
  if (append && variable.integer)
    to = std::to_string(evaluate(to, state) + evaluate(value, state));
  else if (append)
    state.budget.append(to, fitted(variable, std::move(value), state));
  else
    to = fitted(variable, std::move(value), state);
}

}  // namespace

constexpr std::size_t assign_work = 40;

void assign(ShellState& state, std::string_view name, std::string value, bool append) {
  const std::string meant(state.variables.resolved(name));
  Variable made = changeable(state, meant);
  state.budget.bytes(made.value.size());
  state.budget.items(made.items.size());
  state.budget.work(assign_work);
  if (state.options.allexport) made.exported = true;
  std::string& slot = made.kind == Variable::Kind::plain         ? made.value
                      : made.kind == Variable::Kind::associative ? made.item(std::string_view("0"))
                                                                 : made.item(0LL);
  put(slot, made, std::move(value), append, state);
  state.variables.set(meant, std::move(made));
}

void assign_element(ShellState& state, std::string_view name, std::string_view subscript,
                    std::string value, bool append) {
  constexpr long long most = 1'000'000;
  constexpr std::size_t most_items = 20'000;
  const std::string meant(state.variables.resolved(name));
  const Variable* before = state.variables.find(meant);
  const bool keyed = before && before->kind == Variable::Kind::associative;
  const long long at = keyed ? 0 : evaluate(subscript, state);
  Variable made = changeable(state, meant);
  if (made.kind == Variable::Kind::plain) {
    made.kind = Variable::Kind::indexed;
    if (before) made.items.push_back(std::move(made.value));
    made.value.clear();
  }
  long long index = at;
  if (!keyed && index < 0 && !made.items.empty()) index += made.index_of(made.items.size() - 1) + 1;
  if (!keyed && (index < 0 || index > most))
    throw BadExpansion{std::string(name) + "[" + std::string(subscript.substr(0, 80)) +
                       "]: bad array subscript"};
  if (made.items.size() >= most_items) throw Exceeded{"an array grew beyond 20,000 items"};
  state.budget.items(made.items.size() / 4);
  state.budget.bytes(value.size());
  put(keyed ? made.item(subscript) : made.item(index), made, std::move(value), append, state);
  state.variables.set(meant, std::move(made));
}

}  // namespace drdrill::shell
