#include "sim/drill/shell_machine.hpp"

/// Assignments of a command, before it or among its words.
namespace drdrill::shell {

using Mode = Expander::Mode;

bool Run::State::step_assignments(Frame& frame) {
  if (!frame.command || frame.command->kind != Command::Kind::simple) return true;
  const Simple& simple = frame.command->simple;
  const bool temporary = !frame.fields.empty();
  const std::size_t before = simple.assignments.size();
  for (; frame.index < before; ++frame.index) {
    const Assignment& next = simple.assignments[frame.index];
    if (!(next.array ? expand_elements(frame, next) : expand_value(frame, next))) return false;
    frame.part = 0;
    assign_one(frame, next, temporary);
    frame.values.clear();
    frame.elements.clear();
  }
  for (; frame.index < before + simple.declared.size(); ++frame.index) {
    const Assignment& next = simple.declared[frame.index - before];
    if (!(next.array ? expand_elements(frame, next) : expand_value(frame, next))) return false;
    frame.part = 0;
    if (!next.array) {
      frame.values.resize(2);
      frame.elements.push_back({std::move(frame.values[0]), std::move(frame.values[1])});
    }
    frame.arrays.push_back(std::move(frame.elements));
    frame.values.clear();
    frame.elements.clear();
  }
  return true;
}

/// The subscript, if there is one, and the value: `values` has both in the end.
bool Run::State::expand_value(Frame& frame, const Assignment& assignment) {
  for (const Word* word : {&assignment.subscript, &assignment.value}) {
    const std::size_t number = word == &assignment.value ? 1 : 0;
    if (frame.part > number) continue;
    if (word->empty())
      frame.values.emplace_back();
    else if (!expand(frame, *word, Mode::whole, frame.values))
      return false;
    frame.part = number + 1;
  }
  return true;
}

/// Two parts for each element: its subscript and its value.
bool Run::State::expand_elements(Frame& frame, const Assignment& assignment) {
  for (; frame.part < assignment.elements.size() * 2; ++frame.part) {
    const std::size_t at = frame.part / 2;
    const Word& subscript = assignment.subscripts[at];
    if (frame.part % 2 == 0) {
      if (!subscript.empty() && !expand(frame, subscript, Mode::whole, frame.values)) return false;
      continue;
    }
    const bool keyed = !subscript.empty();
    if (keyed && assignment.elements[at].empty())
      frame.values.emplace_back();
    else if (!expand(frame, assignment.elements[at], keyed ? Mode::whole : Mode::fields,
                     frame.values))
      return false;
    if (keyed)
      frame.elements.push_back({std::move(frame.values[0]), std::move(frame.values[1])});
    else
      for (std::string& value : frame.values)
        frame.elements.push_back({std::nullopt, std::move(value)});
    frame.values.clear();
  }
  return true;
}

void Run::State::assign_one(Frame& frame, const Assignment& assignment, bool temporary) {
  if (temporary) frame.saved.push_back(shell.variables.save(assignment.name));
  if (assignment.array) return assign_array(assignment, std::move(frame.elements));
  frame.values.resize(2);
  if (!assignment.index.empty())
    return assign_element(shell, assignment.name, frame.values[0], std::move(frame.values[1]),
                          assignment.append);
  assign(shell, assignment.name, std::move(frame.values[1]), assignment.append);
  if (!temporary) return;
  // The command sees it in its environment.
  Variable seen = *shell.variables.find(assignment.name);
  seen.exported = true;
  shell.variables.set(assignment.name, std::move(seen));
}

void Run::State::assign_array(const Assignment& assignment, std::vector<Element> elements) {
  const std::string name(shell.variables.resolved(assignment.name));
  Variable made = changeable(shell, name);
  shell.budget.items(made.items.size());
  const bool keyed = made.kind == Variable::Kind::associative;
  if (!assignment.append) {
    made.items.clear();
    made.indexes.clear();
    made.keys.clear();
    made.value.clear();
  } else if (made.kind == Variable::Kind::plain && shell.variables.find(name)) {
    made.items.push_back(std::move(made.value));
  }
  if (!keyed) made.kind = Variable::Kind::indexed;
  constexpr std::size_t most = 20'000;
  if (made.items.size() + elements.size() > most)
    throw Exceeded{"an array grew beyond 20,000 items"};
  long long next = made.items.empty() ? 0 : made.index_of(made.items.size() - 1) + 1;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    Element& element = elements[i];
    if (keyed && element.subscript) {
      made.item(std::string_view(*element.subscript)) = std::move(element.value);
    } else if (keyed) {
      // declare -A pairs=(key value …)
      std::string& slot = made.item(std::string_view(element.value));
      slot = i + 1 < elements.size() ? elements[i + 1].value : std::string();
      ++i;
    } else {
      if (element.subscript) next = evaluate(*element.subscript, shell);
      constexpr long long furthest = 1'000'000;
      if (next < 0 || next > furthest)
        throw BadExpansion{name + "[" + std::to_string(next) + "]: bad array subscript"};
      made.item(next++) = std::move(element.value);
    }
  }
  if (shell.options.allexport) made.exported = true;
  shell.variables.set(name, std::move(made));
}

}  // namespace drdrill::shell
