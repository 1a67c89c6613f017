#include "scenarios/runbook_file.hpp"

#include <algorithm>
#include <charconv>

#include "scenarios/files.hpp"
#include "scenarios/step_graph.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill {
namespace {

constexpr std::size_t most_steps = 1000;

/// A syntax error of a script, at the line of the file where it stands.
void report_syntax(Reader& reader, std::string_view key, const shell::SyntaxError& error) {
  const Value* found = reader.value().find(key);
  const auto line = static_cast<std::size_t>(std::max(error.line, 1));
  if (found && found->kind == Value::Kind::array && line <= found->items.size()) {
    reader.problems().add(
        {reader.file(), found->items[line - 1].at,
         reader.pointer() + "/" + std::string(key) + "/" + std::to_string(line - 1),
         error.message});
    return;
  }
  reader.problem(
      key, (line > 1 ? "line " + std::to_string(line) + ": " : std::string()) + error.message);
}

/// A string or an array of lines. Empty when absent.
std::string read_lines(Reader& reader, std::string_view key) {
  const Value* found = reader.value().find(key);
  if (!found || found->kind != Value::Kind::array) return reader.string(key, std::string());
  std::string text;
  for (const std::string& line : reader.strings(key)) text += (text.empty() ? "" : "\n") + line;
  return text;
}

/// The same, which must be shell.
std::string read_script(Reader& reader, std::string_view key) {
  std::string text = read_lines(reader, key);
  if (const auto parsed = shell::parse(text); parsed.error)
    report_syntax(reader, key, *parsed.error);
  return text;
}

void read_actor(Reader& reader, const PlatformSpec* platform, Step& step) {
  step.actor = reader.string("actor", std::string("automation"));
  if (!platform || step.actor == "automation") return;
  std::vector<std::string_view> roles{"automation"};
  for (const PersonSpec& person : platform->people)
    if (std::find(roles.begin(), roles.end(), person.role) == roles.end())
      roles.push_back(person.role);
  if (std::find(roles.begin(), roles.end(), step.actor) == roles.end())
    reader.unknown("actor", "role", step.actor, roles);
}

void read_wait_for(Reader& reader, Step& step) {
  if (!reader.has("wait_for")) return reader.skip("wait_for");
  const std::size_t before = reader.problems().count();
  const std::size_t found = reader.one_of("wait_for", probe_names());
  if (reader.problems().count() == before) step.wait_for = static_cast<ProbeKind>(found);
}

/// "procedures.md:42": the line that people wrote, where an importer made the step.
void read_from(Reader& reader, Step& step) {
  const std::string from = reader.string("from", std::string());
  if (from.empty()) return;
  const std::size_t colon = from.rfind(':');
  int line = 0;
  if (colon != std::string::npos)
    std::from_chars(from.data() + colon + 1, from.data() + from.size(), line);
  if (line < 1) return reader.problem("from", "expected \"FILE:LINE\"");
  step.place = {from.substr(0, colon), line};
}

Step read_step(Reader& reader, const PlatformSpec* platform) {
  const auto phases = enum_names<Phase>(4, phase_name);
  const auto failures = enum_names<OnFailure>(3, on_failure_name);
  constexpr std::int64_t most_retries = 100;
  Step step;
  step.id = read_name(reader, "id");
  step.phase =
      static_cast<Phase>(reader.one_of("phase", phases, static_cast<std::size_t>(Phase::recover)));
  read_actor(reader, platform, step);
  step.by_hand = reader.boolean("by_hand", false);
  step.run = step.by_hand ? read_lines(reader, "run") : read_script(reader, "run");
  step.verify = read_script(reader, "verify");
  step.title = reader.string("title", step.run.substr(0, step.run.find('\n')));
  if (step.title.empty())
    reader.problem("expected \"run\", or a \"title\" that says what to do by hand");
  read_wait_for(reader, step);
  step.time_limit = reader.duration("time_limit", Duration::zero());
  step.retries = static_cast<int>(reader.integer("retries", 0, most_retries, 0));
  step.on_failure = static_cast<OnFailure>(reader.one_of("on_failure", failures, 0));
  step.place = place_of(reader);
  if (const auto run = reader.member("run"); run && run->at().line > 0) step.place = place_of(*run);
  read_from(reader, step);
  return step;
}

}  // namespace

Runbook read_runbook(Reader& root, const PlatformSpec* platform) {
  Runbook runbook;
  runbook.name = read_name(root, "name");
  runbook.title = root.string("title", std::string());
  runbook.source = root.string("source", std::string());
  runbook.place = place_of(root);

  StepGraph graph;
  std::vector<std::string> ids;
  root.each("steps", [&](Reader& reader) {
    if (runbook.steps.size() == most_steps) return;
    runbook.steps.push_back(read_step(reader, platform));
    claim_name(reader, "id", runbook.steps.back().id, ids);
    graph.add(reader);
    reader.finish();
  });
  const Value* steps = root.value().find("steps");
  if (!steps || (steps->kind == Value::Kind::array && steps->items.empty()))
    root.problem("steps", "a runbook has at least one step");
  if (steps && steps->items.size() > most_steps)
    root.problem("steps", "more than " + std::to_string(most_steps) + " steps");
  graph.resolve(runbook.steps);
  root.finish();
  return runbook;
}

}  // namespace drdrill
