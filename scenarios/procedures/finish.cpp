#include <algorithm>
#include <array>
#include <set>

#include "scenarios/procedures/script.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

/// What is known only when all steps of a procedure are there: their names, which of them make the
/// fault, and what a script's arguments stand for.
namespace drdrill::procedures {
namespace {

constexpr int most_arguments = 9;

/// The variable that is one positional parameter, and which: VAR=$1, VAR=${2:-x}.
int argument_of(const shell::Word& word) {
  if (word.size() != 1 || word[0].kind != shell::Part::Kind::variable) return 0;
  const std::string& name = word[0].text;
  return name.size() == 1 && name[0] >= '1' && name[0] <= '9' ? name[0] - '0' : 0;
}

struct Arguments {
  std::array<std::string, most_arguments + 1> names;  ///< of the variables that take them
  int count = 0;
  int chosen = 0;  ///< the one that a case looks at
  std::vector<std::string> choices;
};

void look(const shell::Word& word, Arguments& out) {
  for (const shell::Part& part : word)
    if (part.kind == shell::Part::Kind::variable && part.text.size() == 1 && part.text[0] >= '1' &&
        part.text[0] <= '9')
      out.count = std::max(out.count, part.text[0] - '0');
}

std::string literal(const shell::Word& word) {
  std::string text;
  for (const shell::Part& part : word) {
    if (part.kind != shell::Part::Kind::literal) return {};
    text += part.text;
  }
  return text;
}

void look_at_case(const shell::Case& what, Arguments& out) {
  if (what.subject.size() != 1 || what.subject[0].kind != shell::Part::Kind::variable) return;
  int number = argument_of(what.subject);
  for (int i = 1; number == 0 && i <= most_arguments; ++i)
    if (out.names[static_cast<std::size_t>(i)] == what.subject[0].text) number = i;
  if (number == 0 || out.chosen != 0) return;
  for (const auto& arm : what.arms) {
    const std::string pattern = arm.patterns.empty() ? "" : literal(arm.patterns.front());
    if (!pattern.empty() && pattern.find_first_of("*?[") == std::string::npos)
      out.choices.push_back(pattern);
  }
  out.chosen = out.choices.empty() ? 0 : number;
}

/// Functions have arguments of their own, so they are not looked into.
void look(const shell::List& list, Arguments& out) {
  for (const auto& item : list.items)
    for (const shell::Command& command : item.pipeline.commands) {
      if (command.kind == shell::Command::Kind::function) continue;
      for (const auto& assignment : command.simple.assignments) {
        look(assignment.value, out);
        if (const int number = argument_of(assignment.value))
          out.names[static_cast<std::size_t>(number)] = assignment.name;
      }
      for (const shell::Word& word : command.simple.words) look(word, out);
      look_at_case(command.case_of, out);
      for (const auto& inner : {command.if_then.condition, command.if_then.then,
                                command.if_then.otherwise, command.for_loop.body, command.group})
        if (inner) look(*inner, out);
    }
}

Arguments arguments_of(const Runbook& runbook) {
  Arguments out;
  for (const Step& step : runbook.steps)
    if (const shell::Parsed parsed = shell::parse(step.run); parsed.list) look(*parsed.list, out);
  return out;
}

void name_steps(Runbook& runbook) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < runbook.steps.size(); ++i) {
    Step& step = runbook.steps[i];
    std::string id = slug(step.title);
    if (id.empty()) id = "step";
    if (!taken.insert(id).second) {
      id += "-" + std::to_string(i + 1);
      taken.insert(id);
    }
    step.id = id;
    step.needs.clear();
    if (i > 0 && !step.only_as_rollback) step.needs.push_back(static_cast<std::uint32_t>(i - 1));
  }
}

/// A procedure that practises makes its fault itself, until it waits for what comes of it.
void mark_injections(const Procedure& procedure, Runbook& runbook) {
  std::string about = procedure.script + " " + runbook.name + " " + runbook.title;
  for (const Step& step : runbook.steps) about += " " + step.run.substr(0, step.run.find('\n'));
  if (!is_drill(about)) return;
  for (Step& step : runbook.steps) {
    if (step.run.find("sleep ") != std::string::npos &&
        step.run.find("kubectl") == std::string::npos)
      return;
    if (step.phase == Phase::recover) step.phase = Phase::inject;
  }
}

/// Is there a `trap … EXIT` that is set whatever happens?
bool sets_exit_trap(const shell::List& list) {
  for (const auto& item : list.items)
    for (const shell::Command& command : item.pipeline.commands) {
      const auto& words = command.simple.words;
      if (words.size() < 3 || literal(words[0]) != "trap" || literal(words[1]) == "-") continue;
      if (std::any_of(words.begin() + 2, words.end(), [](const shell::Word& word) {
            return literal(word) == "EXIT" || literal(word) == "0";
          }))
        return true;
    }
  return false;
}

/// A script ends, and its trap on EXIT runs: at the last step, or where a failure is the end.
void end_with_trap(Procedure& procedure) {
  auto& steps = procedure.runbook.steps;
  const auto sets = std::find_if(steps.begin(), steps.end(), [](const Step& step) {
    const shell::Parsed parsed = step.by_hand ? shell::Parsed{} : shell::parse(step.run);
    return parsed.list && sets_exit_trap(*parsed.list);
  });
  if (procedure.script.empty() || sets == steps.end()) return;
  Step last;
  last.title = "The script ends: its trap on EXIT runs";
  last.run = "exit";
  last.place = sets->place;
  Step failed = last;
  failed.title = "The script ends with an error: its trap on EXIT runs";
  failed.only_as_rollback = true;
  const auto place = static_cast<std::uint32_t>(steps.size()) + 1;
  for (Step& step : steps)
    if (step.on_failure == OnFailure::stop) step.rollback.push_back(place);
  steps.push_back(std::move(last));
  steps.push_back(std::move(failed));
}

/// The arguments of the script, set as `bash SCRIPT a b` would set them.
void give_arguments(Runbook& runbook, const Arguments& arguments, const std::string& choice) {
  if (arguments.count == 0) return;
  Step step;
  step.run = "set --";
  for (int i = 1; i <= arguments.count; ++i) {
    const std::string& name = arguments.names[static_cast<std::size_t>(i)];
    std::string word = i == arguments.chosen ? choice : slug(name);
    if (word.empty()) word = "argument-" + std::to_string(i);
    step.run += " " + word;
  }
  step.title = "The script's arguments";
  step.phase = Phase::watch;
  step.place = runbook.steps.front().place;
  for (Step& other : runbook.steps)
    for (std::uint32_t& index : other.rollback) ++index;
  runbook.steps.insert(runbook.steps.begin(), std::move(step));
}

}  // namespace

void note_unknown(const Procedure& procedure, std::vector<ImportNotice>& notices) {
  std::set<std::string> functions;
  for (const Step& step : procedure.runbook.steps) {
    if (step.by_hand) continue;
    const auto note = [&](std::string text, int line) {
      notices.push_back({ImportNotice::Kind::unknown_command,
                         std::move(text),
                         {step.place.file, step.place.line + line - 1}});
    };
    const shell::Parsed parsed = shell::parse(step.run);
    if (!parsed.list) {
      note("this shell is not known here (" + parsed.error->message + ")", parsed.error->line);
      continue;
    }
    for (const std::string& name : functions_of(*parsed.list)) functions.insert(name);
    for (const Called& called : programs_of(*parsed.list))
      if (!is_known_program(called.program) && called.program.find('$') == std::string::npos &&
          functions.count(called.program) == 0)
        note(called.program, called.line);
  }
}

std::vector<Procedure> finished(Procedure procedure, std::vector<ImportNotice>& notices) {
  const Arguments arguments = arguments_of(procedure.runbook);
  for (int i = 1; i <= arguments.count && !procedure.script.empty(); ++i)
    if (i != arguments.chosen)
      notices.push_back({ImportNotice::Kind::argument,
                         "$" + std::to_string(i) + " of " + procedure.script + " (" +
                             arguments.names[static_cast<std::size_t>(i)] + ")",
                         procedure.runbook.place});
  std::vector<std::string> choices = arguments.choices;
  if (choices.empty()) choices.emplace_back();
  std::vector<Procedure> out;
  for (const std::string& choice : choices) {
    Procedure made = procedure;
    if (!choice.empty()) {
      made.runbook.name += "-" + slug(choice);
      made.runbook.title += " (" + choice + ")";
    }
    end_with_trap(made);
    mark_injections(made, made.runbook);
    give_arguments(made.runbook, arguments, choice);
    name_steps(made.runbook);
    out.push_back(std::move(made));
  }
  return out;
}

}  // namespace drdrill::procedures
