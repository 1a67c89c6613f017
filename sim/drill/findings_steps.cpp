#include <string>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

std::string quoted(const Step& step) {
  return "step \"" + step.id + "\"";
}

/// ": its first line", or nothing.
std::string evidence(std::string_view output) {
  const auto begin = output.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  output = output.substr(begin);
  return ": " + std::string(output.substr(0, output.find_first_of("\r\n")));
}

struct Told {
  std::string_view rule;
  FindingLevel level;
  std::string text;
};

Told tell(const Step& step, const StepEnded& end, std::uint32_t attempts) {
  switch (end.why) {
    case StepEnded::Why::skipped:
      return {"step-skipped", FindingLevel::warning,
              quoted(step) + " was not run: a step that it needs had failed"};
    case StepEnded::Why::timed_out:
      return {"step-timed-out", FindingLevel::warning,
              quoted(step) + " was given up after its time limit of " +
                  format_duration(step.time_limit) + evidence(end.told().output)};
    case StepEnded::Why::cut_off:
      return {"step-cut-off", FindingLevel::warning,
              quoted(step) + (attempts > 0 ? " was still running when the drill ended"
                                           : " had not begun when the drill ended")};
    case StepEnded::Why::ended:
      break;
  }
  std::string text = end.verifying ? "the verification of " + quoted(step) : quoted(step);
  text += attempts > 0 ? " ended with status " + std::to_string(end.exit_status)
                       : " was not begun: nobody came";
  if (attempts > 1) text += " after " + std::to_string(attempts) + " attempts";
  return {"step-failed", FindingLevel::warning, text + evidence(end.told().output)};
}

bool is_worth_telling(const StepEnded& end) {
  return end.why != StepEnded::Why::ended || end.exit_status != 0;
}

}  // namespace

void find_step_failures(const Chronicle& chronicle, std::vector<Finding>& findings) {
  const auto& steps = chronicle.scenario().runbook.steps;
  for (const StepRun& run : chronicle.runs)
    if (run.result && !run.result->understood && run.result->why == StepEnded::Why::ended)
      findings.push_back(
          {.rule = "step-not-understood",
           .level = FindingLevel::warning,
           .text = quoted(steps[run.step]) +
                   " has a command of unknown effect; it was taken as a manual step" +
                   evidence(run.result->told().output),
           .at = run.ended,
           .component = {},
           .step = run.step,
           .place = steps[run.step].place});
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    const StepEnded* end = chronicle.last_end[i];
    if (!end || !is_worth_telling(*end)) continue;
    Told told = tell(steps[i], *end, chronicle.starts[i]);
    findings.push_back({.rule = std::string(told.rule),
                        .level = told.level,
                        .text = std::move(told.text),
                        .at = chronicle.last_end_at[i],
                        .component = {},
                        .step = i,
                        .place = steps[i].place});
  }
}

/// Told whatever became of the step: where it failed later, this is often why.
void find_hidden_errors(const Chronicle& chronicle, std::vector<Finding>& findings) {
  std::vector<bool> told(chronicle.last_end.size());
  for (const StepRun& run : chronicle.runs) {
    if (!run.result || run.result->told().hidden_error.empty() || told[run.step]) continue;
    told[run.step] = true;
    const Step& step = chronicle.scenario().runbook.steps[run.step];
    findings.push_back({.rule = "hidden-error",
                        .level = FindingLevel::note,
                        .text = (run.verifying ? "the verification of " : "") + quoted(step) +
                                " went on after an error that its exit status hides" +
                                evidence(run.result->told().hidden_error),
                        .at = run.ended,
                        .component = {},
                        .step = run.step,
                        .place = step.place});
  }
}

}  // namespace drdrill
