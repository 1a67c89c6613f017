#include <algorithm>
#include <cctype>

#include "sim/drill/shell_expand.hpp"

/// What a name stands for: parameters, variables, items of arrays, names of names.
namespace drdrill::shell {

using Operation = Part::Operation;

bool is_special(std::string_view name) {
  return name.size() == 1 && std::isalpha(static_cast<unsigned char>(name[0])) == 0 &&
         name[0] != '_';
}

std::string separator_of(const ShellState& state) {
  const Variable* separators = state.variables.find("IFS");
  return separators ? separators->value.substr(0, 1) : " ";
}

std::string joined(const std::vector<std::string>& items, const std::string& separator,
                   ShellState& state) {
  std::string all;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) all += separator;
    state.budget.append(all, items[i]);
  }
  return all;
}

const std::string* value_of(std::string_view name, const ShellState& state, std::string& buffer) {
  const auto& arguments = state.variables.arguments();
  if (!name.empty() && name[0] >= '1' && name[0] <= '9') {
    const std::size_t number = name.size() > 6 ? 0 : std::stoul(std::string(name));
    if (number == 0 || number > arguments.size()) return nullptr;
    buffer = arguments[number - 1];
    return &buffer;
  }
  if (name == "0") {
    const Variable* own = state.variables.find(name);
    buffer = own ? own->value : "bash";
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
    if (variable) return variable->scalar();
    if (name == "PIPESTATUS") {
      buffer = std::to_string(state.pipeline.empty() ? state.status : state.pipeline.front());
      return &buffer;
    }
    if (name == "RANDOM" || name == "SECONDS" || name == "EPOCHSECONDS" || name == "LINENO")
      throw BadExpansion{"$" + std::string(name) + " is not known here"};
    return nullptr;
  }
  return &buffer;
}

void slice_items(std::vector<std::string>& items, std::vector<long long>& indexes, long long offset,
                 std::optional<long long> length) {
  const long long end = indexes.empty() ? 0 : indexes.back() + 1;
  if (offset < 0) offset += end;
  std::size_t first = 0;
  while (first < indexes.size() && (offset < 0 || indexes[first] < offset)) ++first;
  std::size_t count = items.size() - first;
  if (length && *length < static_cast<long long>(count)) count = static_cast<std::size_t>(*length);
  const auto from = items.begin() + static_cast<std::ptrdiff_t>(first);
  items = {from, from + static_cast<std::ptrdiff_t>(count)};
}

Expander::Values Expander::values_of_part(const Part& part, const Operands& operands,
                                          ShellState& state) {
  Values values;
  values.star = part.index == "*";
  if (part.operation == Operation::names) {
    values.all = values.set = true;
    values.items = state.variables.names(part.text);
    return values;
  }
  if (part.operation == Operation::keys) {
    values.all = values.set = true;
    const Variable* variable = state.variables.find(part.text);
    if (variable && !variable->array()) values.items.emplace_back("0");
    if (variable && variable->array())
      for (const std::size_t place : variable->order())
        values.items.push_back(variable->kind == Variable::Kind::associative
                                   ? variable->keys[place]
                                   : std::to_string(variable->index_of(place)));
    return values;
  }
  const bool all = part.index == "@" || part.index == "*";
  return values_named(part.text, all ? part.index : operands.subscript, !part.index.empty(), state);
}

Expander::Values Expander::values_named(std::string_view name, std::string_view index,
                                        bool has_index, ShellState& state) {
  Values values;
  if (name == "@" || name == "*") {
    values.all = true;
    values.star = name == "*";
    values.items = state.variables.arguments();
    values.set = !values.items.empty();
    for (std::size_t i = 0; i < values.items.size(); ++i)
      values.indexes.push_back(static_cast<long long>(i) + 1);
    return values;
  }
  const auto one = [&](const std::string* value) {
    values.set = value != nullptr;
    if (value) values.one = *value;
  };
  std::string buffer;
  if (!has_index) {
    one(value_of(name, state, buffer));
    return values;
  }
  Variable made;
  const Variable* variable = state.variables.find(name);
  values.declared = variable != nullptr;
  if (!variable && name == "PIPESTATUS") {
    made.kind = Variable::Kind::indexed;
    for (const int status : state.pipeline) made.items.push_back(std::to_string(status));
    variable = &made;
  }
  if (index == "@" || index == "*") {
    values.all = true;
    values.star = index == "*";
    if (variable && !variable->array()) {
      values.items.push_back(variable->value);
      values.indexes.push_back(0);
    }
    if (variable && variable->array())
      for (const std::size_t place : variable->order()) {
        values.items.push_back(variable->items[place]);
        values.indexes.push_back(variable->kind == Variable::Kind::associative
                                     ? static_cast<long long>(values.indexes.size())
                                     : variable->index_of(place));
      }
    values.set = !values.items.empty();
    return values;
  }
  if (variable && variable->kind == Variable::Kind::associative) {
    const auto place = variable->find(index);
    one(place ? &variable->items[*place] : nullptr);
    return values;
  }
  long long at = evaluate(index, state);
  variable = variable == &made ? variable : state.variables.find(name);  // it may have assigned
  if (!variable) return values;
  if (!variable->array()) {
    if (at == 0 || at == -1) one(&variable->value);
    return values;
  }
  if (at < 0 && !variable->items.empty()) at += variable->index_of(variable->items.size() - 1) + 1;
  const auto place = variable->find(at);
  one(place ? &variable->items[*place] : nullptr);
  return values;
}

/// The variable that another one names: "name", "name[2]", "name[@]".
Expander::Values Expander::indirect(const Values& names, ShellState& state) {
  const std::string name = names.all ? joined(names.items, " ", state) : names.one;
  const std::size_t open = name.find('[');
  const bool indexed = open != std::string::npos && name.ends_with(']');
  const std::string base = name.substr(0, open);
  if (base.empty() || base.find_first_of(" \t\n") != std::string::npos)
    throw BadExpansion{"\"" + name.substr(0, 80) + "\": invalid indirect expansion"};
  return values_named(base, indexed ? name.substr(open + 1, name.size() - open - 2) : "", indexed,
                      state);
}

}  // namespace drdrill::shell
