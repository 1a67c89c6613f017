#include "scenarios/journal_scenario.hpp"

#include "scenarios/files.hpp"
#include "scenarios/row_reader.hpp"

namespace drdrill {
namespace {

constexpr std::int64_t most_int = 2'147'483'647;
constexpr double most_amount = 1e9;

Duration read_time(Reader& reader, std::string_view key) {
  return Duration(reader.integer(key, 0, INT64_MAX));
}

std::optional<Duration> read_time_if_any(Reader& reader, std::string_view key) {
  if (reader.has(key)) return read_time(reader, key);
  reader.skip(key);
  return std::nullopt;
}

ProbeKind read_probe(Reader& reader, std::string_view key) {
  return static_cast<ProbeKind>(reader.one_of(key, probe_names()));
}

FaultSpec read_fault(Reader& reader) {
  const auto primitives = enum_names<Primitive>(primitive_count, primitive_name);
  FaultSpec fault;
  fault.effect.id = reader.string("id");
  fault.catalog_id = reader.string("fault");
  fault.effect.primitive = static_cast<Primitive>(reader.one_of("primitive", primitives));
  const std::string target = reader.string("target");
  if (const auto parsed = parse_target(target))
    fault.effect.target = *parsed;
  else
    reader.problem("target", "\"" + target.substr(0, 60) + "\" is no target");
  fault.effect.target.count = static_cast<int>(reader.integer("count", 0, most_int));
  if (reader.has("from")) {
    fault.effect.other = parse_target(reader.string("from"));
    if (!fault.effect.other) reader.problem("from", "no target");
  }
  if (reader.has("amount")) fault.effect.amount = reader.number("amount", 0, most_amount);
  if (reader.has("direction"))
    fault.effect.direction = static_cast<Direction>(
        reader.one_of("direction", enum_names<Direction>(direction_count, direction_name)));
  fault.after = read_time(reader, "after");
  fault.lasts = read_time_if_any(reader, "lasts");
  fault.place = read_stored_place(reader);
  reader.finish();
  return fault;
}

std::vector<std::uint32_t> read_indexes(Reader& reader, std::string_view key, std::size_t count) {
  std::vector<std::uint32_t> out;
  RowReader row = row_of(reader, key);
  while (!row.done()) out.push_back(row.index(count));
  return out;
}

Step read_step(Reader& reader, std::size_t count) {
  const auto phases = enum_names<Phase>(4, phase_name);
  const auto failures = enum_names<OnFailure>(3, on_failure_name);
  Step step;
  step.id = reader.string("id");
  step.title = reader.string("title");
  step.phase = static_cast<Phase>(reader.one_of("phase", phases));
  step.actor = reader.string("actor");
  step.run = reader.string("run");
  step.by_hand = reader.boolean("by_hand", false);
  step.verify = reader.string("verify");
  step.needs = read_indexes(reader, "needs", count);
  if (reader.has("wait_for")) step.wait_for = read_probe(reader, "wait_for");
  reader.skip("wait_for");
  step.time_limit = read_time(reader, "time_limit");
  step.retries = static_cast<int>(reader.integer("retries", 0, most_int));
  step.on_failure = static_cast<OnFailure>(reader.one_of("on_failure", failures));
  step.rollback = read_indexes(reader, "rollback", count);
  step.only_as_rollback = reader.boolean("only_as_rollback", false);
  step.place = read_stored_place(reader);
  reader.finish();
  return step;
}

Runbook read_stored_runbook(Reader& reader) {
  Runbook runbook;
  runbook.name = reader.string("name");
  runbook.title = reader.string("title");
  runbook.source = reader.string("source");
  runbook.place = read_stored_place(reader);
  const Value* steps = reader.value().find("steps");
  const std::size_t count = steps ? steps->items.size() : 0;
  reader.each("steps", [&](Reader& r) { runbook.steps.push_back(read_step(r, count)); });
  if (runbook.steps.size() != count) reader.problem("steps", "every step is an object");
  reader.finish();
  return runbook;
}

Objective read_objective(Reader& reader) {
  Objective objective;
  objective.component = static_cast<ComponentId>(reader.one_of("component", component_names()));
  objective.rto = read_time_if_any(reader, "rto");
  objective.rpo = read_time_if_any(reader, "rpo");
  objective.place = read_stored_place(reader);
  reader.finish();
  return objective;
}

AbortCondition read_abort(Reader& reader) {
  AbortCondition condition;
  condition.probe = read_probe(reader, "probe");
  condition.failing_for = read_time(reader, "failing_for");
  condition.place = read_stored_place(reader);
  reader.finish();
  return condition;
}

}  // namespace

SourcePlace read_stored_place(Reader& reader) {
  SourcePlace place;
  RowReader row = row_of(reader, "place");
  place.file = row.string();
  place.line = static_cast<int>(row.integer(0, most_int));
  row.finish();
  return place;
}

Scenario read_stored_scenario(Reader& reader) {
  constexpr std::int64_t half_day_of_minutes = 1440;
  Scenario scenario;
  scenario.name = reader.string("name");
  scenario.title = reader.string("title");
  scenario.variant = reader.string("variant");
  scenario.file = reader.string("file");
  scenario.counterpart = reader.string("counterpart");
  scenario.platform = reader.string("platform");
  RowReader start = row_of(reader, "start");
  scenario.start.utc_ns = start.time().count();
  scenario.start.utc_offset_minutes =
      static_cast<int>(start.integer(-half_day_of_minutes, half_day_of_minutes));
  start.finish();
  scenario.steady_for = read_time(reader, "steady_for");
  scenario.stable_for = read_time(reader, "stable_for");
  scenario.horizon = read_time(reader, "horizon");
  reader.each("faults", [&](Reader& r) { scenario.faults.push_back(read_fault(r)); });
  if (auto runbook = reader.object("runbook", true))
    scenario.runbook = read_stored_runbook(*runbook);
  reader.each("objectives", [&](Reader& r) { scenario.objectives.push_back(read_objective(r)); });
  reader.each("abort", [&](Reader& r) { scenario.aborts.push_back(read_abort(r)); });
  for (const std::string& id : reader.strings("checklist")) {
    if (const auto item = checklist_item_of(id))
      scenario.checklist.push_back(*item);
    else
      reader.problem("checklist", "\"" + id.substr(0, 60) + "\" is no item of a checklist");
  }
  scenario.checklist_required = reader.boolean("checklist_required", false);
  reader.finish();
  return scenario;
}

}  // namespace drdrill
