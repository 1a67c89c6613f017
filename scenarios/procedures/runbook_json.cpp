#include <algorithm>

#include <nlohmann/json.hpp>

#include "scenarios/procedures/import.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::procedures {
namespace {

using Json = nlohmann::ordered_json;

Json lines_of(const std::string& text) {
  if (text.find('\n') == std::string::npos) return text;
  Json lines = Json::array();
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// Does some model or shell know at least one of its programs?
bool can_run(const Step& step, const std::vector<std::string>& functions) {
  const shell::Parsed parsed = shell::parse(step.run);
  if (!parsed.list) return false;
  const auto called = programs_of(*parsed.list);
  return called.empty() || std::any_of(called.begin(), called.end(), [&](const Called& c) {
           return is_known_program(c.program) || c.program.find('$') != std::string::npos ||
                  std::find(functions.begin(), functions.end(), c.program) != functions.end();
         });
}

std::vector<std::string> all_functions(const Runbook& runbook) {
  std::vector<std::string> names;
  for (const Step& step : runbook.steps)
    if (const shell::Parsed parsed = shell::parse(step.run); parsed.list)
      for (const std::string& name : functions_of(*parsed.list)) names.push_back(name);
  return names;
}

}  // namespace

std::string runbook_json(const Procedure& procedure) {
  const Runbook& runbook = procedure.runbook;
  const auto functions = all_functions(runbook);
  Json root;
  root["name"] = runbook.name;
  root["title"] = runbook.title;
  root["source"] = runbook.source;
  root["steps"] = Json::array();
  for (const Step& step : runbook.steps) {
    Json made;
    made["id"] = step.id;
    const bool by_hand = !step.run.empty() && (step.by_hand || !can_run(step, functions));
    const bool untitled = step.title == step.run.substr(0, step.run.find('\n'));
    made["title"] = by_hand && untitled ? "By hand: " + step.title : step.title;
    if (step.phase != Phase::recover) made["phase"] = phase_name(step.phase);
    made["from"] = step.place.file + ":" + std::to_string(step.place.line);
    if (!step.run.empty()) made["run"] = lines_of(step.run);
    if (by_hand) made["by_hand"] = true;
    if (step.on_failure != OnFailure::proceed)
      made["on_failure"] = on_failure_name(step.on_failure);
    for (const std::uint32_t back : step.rollback)
      made["rollback"].push_back(runbook.steps[back].id);
    root["steps"].push_back(std::move(made));
  }
  return root.dump(2) + "\n";
}

}  // namespace drdrill::procedures
